package org.infrafabric.server;

import java.util.List;
import java.util.Optional;
import org.infrafabric.witness.Checkpoint;
import org.infrafabric.witness.CosignPolicy;
import org.infrafabric.witness.Cosigning;
import org.infrafabric.witness.WitnessLog;

/** What the log can prove of itself. Any thread; calls may block for the disk. */
public interface LogProofs {
    /** The newest checkpoint with what cosignatures it has; signed now where nobody has to cosign. */
    Checkpoint checkpoint();

    /** The newest one that has all cosignatures it needs; empty while there is none. */
    Optional<Checkpoint> cosignedCheckpoint();

    /** Who has to cosign. */
    CosignPolicy policy();

    /** Entries that are durable. */
    long size();

    /** Root of the tree over the first {@code size} entries. */
    byte[] root(long size);

    /** RFC 6962 §2.1.1; {@code seq} from 1 to {@code size}. */
    List<byte[]> inclusion(long seq, long size);

    /** RFC 6962 §2.1.2; 1 ≤ {@code from} ≤ {@code to}. */
    List<byte[]> consistency(long from, long to);

    /** That of this node's log. */
    static LogProofs of(WitnessLog log, Cosigning cosigning) {
        return new LogProofs() {
            @Override
            public Checkpoint checkpoint() { return cosigning.newest(); }

            @Override
            public Optional<Checkpoint> cosignedCheckpoint() { return cosigning.newestCosigned(); }

            @Override
            public CosignPolicy policy() { return cosigning.policy(); }

            @Override
            public long size() { return log.checkpoint().size(); }

            @Override
            public byte[] root(long size) { return log.reader().root(size); }

            @Override
            public List<byte[]> inclusion(long seq, long size) { return log.reader().inclusionProof(seq, size); }

            @Override
            public List<byte[]> consistency(long from, long to) { return log.reader().consistencyProof(from, to); }
        };
    }
}
