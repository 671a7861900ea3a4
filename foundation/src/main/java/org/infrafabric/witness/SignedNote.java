package org.infrafabric.witness;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.infrafabric.message.SigningKey;

/**
 * C2SP signed-note: a text that ends in LF, and lines of those who signed it. What has been read is hostile until a signature by a known key was verified.
 *
 * @param text with its last LF, without the blank line after it
 */
public record SignedNote(String text, List<Signature> signatures) {
    /** Bytes of a note that is read. */
    public static final int MAX_BYTES = 64 << 10;
    private static final int MAX_SIGNATURES = 64;
    private static final String DASH = "\u2014 ";
    private static final int ID_BYTES = 4;
    private static final int ED25519_BYTES = 64;

    /**
     * One signature line.
     *
     * @param name of the key
     * @param id of the key, four bytes
     * @param bytes the signature itself; what is in it depends on the key's kind
     */
    public record Signature(String name, byte[] id, byte[] bytes) {
        /** As it stands in the note, LF included. */
        public String line() {
            byte[] all = ByteBuffer.allocate(id.length + bytes.length).put(id).put(bytes).array();
            return DASH + name + " " + Base64.getEncoder().encodeToString(all) + "\n";
        }

        /** @throws IllegalArgumentException with the rest of a sentence that begins with "a signature line" */
        static Signature parse(String line) {
            int space = line.lastIndexOf(' ');
            if (!line.startsWith(DASH) || space < DASH.length()) throw new IllegalArgumentException("is not written — NAME BASE64");
            String name = line.substring(DASH.length(), space);
            if (!NoteKey.isName(name)) throw new IllegalArgumentException("names no key");
            byte[] all = decode(line.substring(space + 1));
            if (all.length <= ID_BYTES) throw new IllegalArgumentException("is too short");
            return new Signature(name, Arrays.copyOf(all, ID_BYTES), Arrays.copyOfRange(all, ID_BYTES, all.length));
        }

        boolean isOf(NoteKey key) { return name.equals(key.name()) && Arrays.equals(id, key.id()); }

        /** Whether the key's holder signed {@code text}. Only for a signature that {@link #isOf} the key. */
        private boolean holds(NoteKey key, String text) {
            return switch (key.kind()) {
                case NOTE -> key.key().verify(text.getBytes(UTF_8), bytes);
                case COSIGNATURE -> bytes.length == Long.BYTES + ED25519_BYTES && time() >= 0
                        && key.key().verify(cosigned(time(), text), Arrays.copyOfRange(bytes, Long.BYTES, bytes.length));
            };
        }

        /** When a witness says that it signed, in seconds since 1970. */
        long time() { return ByteBuffer.wrap(bytes).getLong(); }
    }

    /**
     * Reads a note.
     *
     * @throws IllegalArgumentException with a sentence for people when it is none
     */
    public static SignedNote parse(byte[] bytes) {
        if (bytes.length > MAX_BYTES) throw new IllegalArgumentException("a note has at most " + MAX_BYTES + " bytes");
        String all;
        try {
            all = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("a note is text in UTF-8", e);
        }
        for (int i = 0; i < all.length(); i++)
            if (all.charAt(i) < ' ' && all.charAt(i) != '\n') throw new IllegalArgumentException("a note has no control characters but line feeds");
        int blank = all.lastIndexOf("\n\n");
        if (blank < 0 || !all.endsWith("\n")) throw new IllegalArgumentException("a note is a text, an empty line, and signature lines");
        return new SignedNote(all.substring(0, blank + 1), lines(all.substring(blank + 2)));
    }

    /** Reads signature lines that stand alone. Throws as {@link #parse}. */
    static List<Signature> lines(String text) {
        List<Signature> signatures = new ArrayList<>();
        if (text.isEmpty() || !text.endsWith("\n"))
            throw new IllegalArgumentException("signature lines end in a line feed, and there is at least one");
        for (String line : text.substring(0, text.length() - 1).split("\n", -1)) {
            if (signatures.size() == MAX_SIGNATURES) throw new IllegalArgumentException("over " + MAX_SIGNATURES + " signatures");
            try {
                signatures.add(Signature.parse(line));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("a signature line " + e.getMessage(), e);
            }
        }
        return List.copyOf(signatures);
    }

    /** A text signed by a log. */
    static SignedNote sign(String text, String name, SigningKey key) {
        NoteKey as = NoteKey.log(name, key.verifyKey());
        return new SignedNote(text, List.of(new Signature(name, as.id(), key.sign(text.getBytes(UTF_8)))));
    }

    /** tlog-cosignature: a witness's signature over this note's text. {@code time}: seconds since 1970. */
    Signature cosign(String name, SigningKey key, long time) {
        NoteKey as = NoteKey.witness(name, key.verifyKey());
        byte[] signature = key.sign(cosigned(time, text));
        return new Signature(name, as.id(), ByteBuffer.allocate(Long.BYTES + signature.length).putLong(time).put(signature).array());
    }

    /**
     * The signature that {@code key} made; empty when it made none.
     *
     * @throws IllegalArgumentException there is a line in this key's name that it did not sign: no part of the note is to be believed
     */
    public Optional<Signature> signedBy(NoteKey key) {
        Optional<Signature> claimed = signatures.stream().filter(signature -> signature.isOf(key)).findFirst();
        if (claimed.isPresent() && !claimed.get().holds(key, text))
            throw new IllegalArgumentException("the signature of " + key.name() + " does not hold: the note was forged or altered");
        return claimed;
    }

    /** The same note with one more signature; one of the same key gives way. */
    SignedNote with(Signature added) {
        List<Signature> all = new ArrayList<>(signatures);
        all.removeIf(one -> one.name().equals(added.name()) && Arrays.equals(one.id(), added.id()));
        all.add(added);
        return new SignedNote(text, List.copyOf(all));
    }

    /** The note as it is sent and kept. */
    @Override
    public String toString() {
        StringBuilder note = new StringBuilder(text).append('\n');
        for (Signature signature : signatures) note.append(signature.line());
        return note.toString();
    }

    private static byte[] cosigned(long time, String text) {
        return ("cosignature/v1\ntime " + time + "\n" + text).getBytes(UTF_8);
    }

    /** Standard base64 as it must be written; the decoder itself takes stray bits in the last character. */
    static byte[] decode(String base64) {
        byte[] bytes = Base64.getDecoder().decode(base64);
        if (!Base64.getEncoder().encodeToString(bytes).equals(base64)) throw new IllegalArgumentException("is no base64");
        return bytes;
    }
}
