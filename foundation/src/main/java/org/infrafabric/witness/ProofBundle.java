package org.infrafabric.witness;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.infrafabric.message.VerifyKey;

/**
 * One entry with all that proves it to be in the log, in the form of C2SP tlog-proof: {@code extra} holds the entry's line of JSON, so whoever has this and
 * the log's public key needs nothing else, and no network.
 *
 * @param index of the entry in the tree, from 0: its seq − 1
 * @param entry the entry's line, as an export has it
 * @param path from the leaf's sibling upwards
 */
public record ProofBundle(long index, byte[] entry, List<byte[]> path, Checkpoint checkpoint) {
    /** Bytes of a proof that is read. */
    public static final int MAX_BYTES = 8 << 20;
    private static final String FIRST = "c2sp.org/tlog-proof@v1";
    private static final Pattern INDEX = Pattern.compile("index (0|[1-9][0-9]{0,17})");

    /**
     * What a proof proves.
     *
     * @param seq of the entry; 0 when that cannot be told
     * @param fault what is wrong; empty if it holds
     * @param proven true if the checkpoint is signed by a key that the caller gave
     * @param cosignatures of the witnesses that the policy names
     */
    public record Finding(long seq, Optional<String> fault, boolean proven, int cosignatures) {
        public boolean holds() { return fault.isEmpty(); }
    }

    /**
     * Reads a proof; whether it holds is another question ({@link #check}).
     *
     * @throws IllegalArgumentException with a sentence for people when it is none
     */
    public static ProofBundle parse(byte[] bytes) {
        if (bytes.length > MAX_BYTES) throw new IllegalArgumentException("a proof has at most " + MAX_BYTES + " bytes");
        String text = new String(bytes, UTF_8);
        int end = text.indexOf("\n\n");
        String[] lines = (end < 0 ? text : text.substring(0, end)).split("\n", -1);
        if (end < 0 || lines.length < 3 || !lines[0].equals(FIRST) || !lines[1].startsWith("extra ") || !INDEX.matcher(lines[2]).matches())
            throw new IllegalArgumentException("a proof of an entry begins with " + FIRST + ", extra (the entry) and index, a line each");
        try {
            List<byte[]> path = new ArrayList<>();
            for (String line : Arrays.asList(lines).subList(3, lines.length)) path.add(SignedNote.decode(line));
            return new ProofBundle(Long.parseLong(lines[2].substring("index ".length())), SignedNote.decode(lines[1].substring("extra ".length())),
                    path,
                    Checkpoint.parse(text.substring(end + 2)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the proof cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Whether entry, path and checkpoint belong together.
     *
     * @param trusted keys of the log that the caller vouches for; empty: nothing is proven, only that the parts agree
     * @param policy whose cosignatures the checkpoint has to carry
     */
    public Finding check(Collection<VerifyKey> trusted, CosignPolicy policy) {
        ParsedEntry read = ParsedEntry.read(entry);
        if (read.fault() != null) return wrong(0, "its entry: " + read.fault());
        if (read.seq() != index + 1) return wrong(read.seq(), "it is about entry " + (index + 1) + ", and holds entry " + read.seq());
        if (!MerkleTree.isIncluded(read.leaf(), index, checkpoint.size(), path, checkpoint.root()))
            return wrong(read.seq(), "the entry is not in the log of which the checkpoint tells");
        boolean proven;
        int cosigned;
        try {
            proven = trusted.stream().anyMatch(key -> checkpoint.isSignedBy(NoteKey.log(checkpoint.origin(), key)));
            cosigned = policy.count(checkpoint);
        } catch (IllegalArgumentException forged) {
            return wrong(read.seq(), String.valueOf(forged.getMessage()));
        }
        if (!trusted.isEmpty() && !proven) return wrong(read.seq(), "its checkpoint is not signed by the key given");
        for (VerifyKey key : trusted) {
            if (key.keyId().equals(read.keyId()) && !key.verify(EntryForm.signedBytes(read.hash()), read.sig()))
                return wrong(read.seq(), "the entry's own signature does not hold");
        }
        if (cosigned < policy.need())
            return new Finding(read.seq(),
                    Optional.of("its checkpoint has " + cosigned + " of the " + policy.need() + " cosignatures that are needed"), false, cosigned);
        return new Finding(read.seq(), Optional.empty(), proven, cosigned);
    }

    private static Finding wrong(long seq, String what) { return new Finding(seq, Optional.of(what), false, 0); }

    /** The path's hashes as hex. */
    public List<String> pathHex() { return path.stream().map(HexFormat.of()::formatHex).toList(); }

    /** The form that {@link #parse} reads. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(FIRST).append("\nextra ").append(Base64.getEncoder().encodeToString(entry)).append("\nindex ")
                .append(index)
                .append('\n');
        for (byte[] hash : path) text.append(Base64.getEncoder().encodeToString(hash)).append('\n');
        return text.append('\n').append(checkpoint.note()).toString();
    }
}
