package org.infrafabric.witness;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;
import org.infrafabric.message.SigningKey;

/**
 * How a log stood at one moment, C2SP tlog-checkpoint: whoever has one can demand that each later one be consistent with it.
 *
 * @param origin names the log, wherever its checkpoints turn up: {@code DOMAIN/NODE}
 * @param size entries there were
 * @param root of the tree over them, 32 bytes
 * @param note the note that says so, with its signatures
 */
public record Checkpoint(String origin, long size, byte[] root, SignedNote note) {
    private static final Pattern SIZE = Pattern.compile("0|[1-9][0-9]{0,18}");

    /** Signs what a log has come to. */
    public static Checkpoint sign(String origin, long size, byte[] root, SigningKey key) {
        String text = origin + "\n" + size + "\n" + Base64.getEncoder().encodeToString(root) + "\n";
        return new Checkpoint(origin, size, root, SignedNote.sign(text, origin, key));
    }

    /**
     * Reads a checkpoint; who signed it is another question ({@link #isSignedBy}). Extension lines are taken and not looked at.
     *
     * @throws IllegalArgumentException with a sentence for people when it is none
     */
    public static Checkpoint parse(byte[] bytes) { return of(SignedNote.parse(bytes)); }

    static Checkpoint parse(String note) { return parse(note.getBytes(UTF_8)); }

    private static Checkpoint of(SignedNote note) {
        String[] lines = note.text().split("\n", -1); // the last is empty: the text ends in LF
        if (lines.length < 4) throw new IllegalArgumentException("a checkpoint has an origin, a size and a root, a line each");
        for (String line : Arrays.asList(lines).subList(0, lines.length - 1))
            if (line.isEmpty()) throw new IllegalArgumentException("a checkpoint has no empty lines");
        if (!SIZE.matcher(lines[1]).matches()) throw new IllegalArgumentException("a checkpoint's second line is a size");
        byte[] root;
        try {
            root = SignedNote.decode(lines[2]);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("a checkpoint's third line is a root hash in base64", e);
        }
        if (root.length != MerkleTree.HASH_BYTES) throw new IllegalArgumentException("a checkpoint's root has 32 bytes");
        try {
            return new Checkpoint(lines[0], Long.parseLong(lines[1]), root, note);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("a checkpoint's size is below 2^63", e);
        }
    }

    /**
     * Whether {@code key}'s holder signed it.
     *
     * @throws IllegalArgumentException a signature in its name does not hold
     */
    public boolean isSignedBy(NoteKey key) { return note.signedBy(key).isPresent(); }

    /** When that witness cosigned it, in seconds since 1970; empty when it did not. Throws as {@link #isSignedBy}. */
    public Optional<Long> cosignedBy(NoteKey witness) {
        return note.signedBy(witness).map(SignedNote.Signature::time);
    }

    Checkpoint with(SignedNote.Signature signature) { return new Checkpoint(origin, size, root, note.with(signature)); }

    /** Whether both say the same of the log. */
    boolean sameTree(Checkpoint other) {
        return origin.equals(other.origin) && size == other.size && Arrays.equals(root, other.root);
    }
}
