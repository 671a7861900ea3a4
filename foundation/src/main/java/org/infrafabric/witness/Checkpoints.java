package org.infrafabric.witness;

import java.util.Optional;
import org.infrafabric.store.Transaction;

/** The checkpoints that the log keeps: the newest, and those that enough witnesses have cosigned. */
final class Checkpoints {
    /** Cosigned ones that stay. Each is as good as the one before; some are kept for those who hold an older one. */
    private static final int COSIGNED_KEPT = 1_000;

    private Checkpoints() {}

    /** Keeps a new one that nobody has cosigned yet. */
    static void keep(Transaction tx, Checkpoint checkpoint) { keep(tx, checkpoint, 0); }

    static void keep(Transaction tx, Checkpoint checkpoint, int cosignatures) {
        tx.execute(
                """
                INSERT INTO witness_checkpoints (size, note, cosignatures) VALUES (?, ?, ?)
                ON CONFLICT (size) DO UPDATE SET note = excluded.note, cosignatures = excluded.cosignatures WHERE excluded.cosignatures >= cosignatures""",
                checkpoint.size(), checkpoint.note().toString(), cosignatures);
        tx.execute("DELETE FROM witness_checkpoints WHERE size < ? AND cosignatures = 0", checkpoint.size());
        if (cosignatures > 0) {
            tx.execute("""
                    DELETE FROM witness_checkpoints WHERE size < (SELECT min(size) FROM
                    (SELECT size FROM witness_checkpoints WHERE cosignatures > 0 ORDER BY size DESC LIMIT ?))""", COSIGNED_KEPT);
        }
    }

    /** The one of the largest log. */
    static Optional<Checkpoint> newest(Transaction tx) { return newest(tx, 0); }

    /** As {@link #newest(Transaction)}, among those with so many cosignatures. */
    static Optional<Checkpoint> newest(Transaction tx, int cosignatures) {
        return tx.first("SELECT note FROM witness_checkpoints WHERE cosignatures >= ? ORDER BY size DESC LIMIT 1", row -> parsed(row.text(0)),
                cosignatures);
    }

    private static Checkpoint parsed(String note) {
        try {
            return Checkpoint.parse(note);
        } catch (IllegalArgumentException e) {
            throw new BrokenLog("a checkpoint in the database cannot be read: " + e.getMessage());
        }
    }
}
