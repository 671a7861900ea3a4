package org.infrafabric.witness;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a log sends to a witness, C2SP tlog-witness: a checkpoint, and the proof that the one of {@code old} entries was its beginning.
 *
 * @param old size of the checkpoint that the witness cosigned last; 0 for none
 */
public record AddCheckpoint(long old, List<byte[]> path, Checkpoint checkpoint) {
    /** Bytes of a request that is read. */
    public static final int MAX_BYTES = SignedNote.MAX_BYTES + 64 * 64;
    private static final int MAX_PATH = 63;
    private static final Pattern OLD = Pattern.compile("old (0|[1-9][0-9]{0,17})");

    /** @throws IllegalArgumentException with a sentence for people when it is no such request */
    static AddCheckpoint parse(byte[] bytes) {
        if (bytes.length > MAX_BYTES) throw new IllegalArgumentException("a request has at most " + MAX_BYTES + " bytes");
        String text = new String(bytes, UTF_8);
        int end = text.indexOf("\n\n");
        if (end < 0) throw new IllegalArgumentException("the proof ends in an empty line");
        String[] lines = text.substring(0, end).split("\n", -1);
        if (!OLD.matcher(lines[0]).matches()) throw new IllegalArgumentException("the first line is: old SIZE");
        if (lines.length - 1 > MAX_PATH) throw new IllegalArgumentException("a proof has at most " + MAX_PATH + " lines");
        List<byte[]> path = new ArrayList<>();
        for (String line : Arrays.asList(lines).subList(1, lines.length)) {
            byte[] hash = SignedNote.decode(line);
            if (hash.length != MerkleTree.HASH_BYTES) throw new IllegalArgumentException("each line of the proof is a hash of 32 bytes in base64");
            path.add(hash);
        }
        return new AddCheckpoint(Long.parseLong(lines[0].substring("old ".length())), path, Checkpoint.parse(text.substring(end + 2)));
    }

    /** The body of the request. */
    byte[] bytes() {
        StringBuilder text = new StringBuilder("old ").append(old).append('\n');
        for (byte[] hash : path) text.append(Base64.getEncoder().encodeToString(hash)).append('\n');
        return text.append('\n').append(checkpoint.note()).toString().getBytes(UTF_8);
    }
}
