package org.infrafabric.witness;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.infrafabric.message.Sha256;
import org.infrafabric.message.VerifyKey;

/**
 * Who signs notes, and how: C2SP signed-note's name and Ed25519 key, with the kind of signature that it makes.
 *
 * @param name no spaces, no plus; usually a host name and a path that need lead nowhere
 */
public record NoteKey(String name, Kind kind, VerifyKey key) {
    /** What is signed. */
    public enum Kind {
        /** The note's text, as signed-note says: a log's own signature. */
        NOTE(1),
        /** The text with a time before it, as tlog-cosignature says: a witness's. */
        COSIGNATURE(4);

        private final byte type;

        Kind(int type) { this.type = (byte) type; }
    }

    static final int MAX_NAME = 255;
    private static final Pattern NAME = Pattern.compile("[^\\p{IsWhite_Space}\\p{Zs}\\p{Cntrl}+]{1," + MAX_NAME + "}");
    private static final int ID_BYTES = 4;

    public NoteKey {
        if (!isName(name))
            throw new IllegalArgumentException("\"" + name + "\" is no key name: 1 to " + MAX_NAME + " characters without spaces and plus");
    }

    /** A log's own key. */
    public static NoteKey log(String origin, VerifyKey key) { return new NoteKey(origin, Kind.NOTE, key); }

    /** A witness's key. */
    public static NoteKey witness(String name, VerifyKey key) { return new NoteKey(name, Kind.COSIGNATURE, key); }

    /**
     * Reads signed-note's verifier key: {@code NAME+HEX+BASE64}.
     *
     * @throws IllegalArgumentException with a sentence for people
     */
    public static NoteKey parse(String vkey) {
        String[] parts = vkey.split("\\+", 3); // the base64 may hold further ones
        if (parts.length != 3) throw new IllegalArgumentException("a verifier key is written NAME+ID+KEY");
        byte[] material;
        try {
            material = Base64.getDecoder().decode(parts[2]);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the verifier key of " + parts[0] + " is not base64", e);
        }
        Kind kind = Arrays.stream(Kind.values()).filter(one -> material.length > 0 && one.type == material[0]).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "the verifier key of " + parts[0] + " is neither a log's (1) nor a witness's (4) Ed25519 key"));
        NoteKey key = new NoteKey(parts[0], kind, VerifyKey.of(Arrays.copyOfRange(material, 1, material.length)));
        if (!HexFormat.of().formatHex(key.id()).equals(parts[1]))
            throw new IllegalArgumentException("the verifier key of " + parts[0] + " does not have the id " + parts[1]);
        return key;
    }

    static boolean isName(String text) { return NAME.matcher(text).matches(); }

    /** signed-note: the first four bytes of SHA-256(name, LF, kind, key). */
    byte[] id() {
        return Arrays.copyOf(Sha256.of((name + "\n").getBytes(UTF_8), material()), ID_BYTES);
    }

    private byte[] material() {
        return ByteBuffer.allocate(33).put(kind.type).put(key.raw()).array();
    }

    /** The form that {@link #parse} reads. */
    public String vkey() {
        return name + "+" + HexFormat.of().formatHex(id()) + "+" + Base64.getEncoder().encodeToString(material());
    }
}
