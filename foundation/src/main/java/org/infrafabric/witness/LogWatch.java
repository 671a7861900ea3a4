package org.infrafabric.witness;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.BiFunction;
import org.infrafabric.message.VerifyKey;

/** Holds a log to what it has said before: each checkpoint has to be consistent with the last. Keeps nothing itself. */
public final class LogWatch {
    /** What came of a look. */
    public enum Outcome {
        /** There is nothing to compare with yet. */
        FIRST,
        /** Nothing was added. */
        SAME,
        /** Entries were added, and those before are what they were. */
        GROWN,
        /** Entries that there were are there no more. */
        SHRUNK,
        /** It is not the log that it was. */
        FORKED,
        /** Nobody known signed it. */
        UNSIGNED;

        /** Whether the log has done what no log may. */
        public boolean alarming() { return this == SHRUNK || this == FORKED || this == UNSIGNED; }
    }

    private final Collection<VerifyKey> keys;

    /** @param keys of the log; one of them has to sign each checkpoint */
    public LogWatch(Collection<VerifyKey> keys) {
        this.keys = List.copyOf(keys);
    }

    /** The first look at a log. */
    public Outcome first(Checkpoint now) { return signed(now) ? Outcome.FIRST : Outcome.UNSIGNED; }

    /**
     * A later look.
     *
     * @param proof gives the log's own consistency proof from one size to another
     */
    public Outcome compare(Checkpoint last, Checkpoint now, BiFunction<Long, Long, List<byte[]>> proof) {
        if (!signed(now) || !now.origin().equals(last.origin())) return Outcome.UNSIGNED;
        if (now.size() < last.size()) return Outcome.SHRUNK;
        if (now.size() == last.size()) return Arrays.equals(now.root(), last.root()) ? Outcome.SAME : Outcome.FORKED;
        if (last.size() == 0) return Outcome.GROWN; // the empty tree is the beginning of every tree
        List<byte[]> path = proof.apply(last.size(), now.size());
        return MerkleTree.isConsistent(last.size(), last.root(), now.size(), now.root(), path) ? Outcome.GROWN : Outcome.FORKED;
    }

    private boolean signed(Checkpoint checkpoint) {
        try {
            return keys.stream().anyMatch(key -> checkpoint.isSignedBy(NoteKey.log(checkpoint.origin(), key)));
        } catch (IllegalArgumentException forged) {
            return false;
        }
    }
}
