package org.infrafabric.witness;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.infrafabric.store.Transaction;

/** Builds the tree over entries as they are verified, and holds it against checkpoints and against the tiles that a database keeps of it. */
final class TreeCheck {
    private final TreeEdge edge = new TreeEdge();
    private final TreeMap<Long, Checkpoint> due = new TreeMap<>();
    private final Map<Long, Tile> full = new HashMap<>();
    private final boolean keepTiles;

    /**
     * @param checkpoints that the log must agree with
     * @param keepTiles full tiles of the lowest level are held until {@link #wrongTile} has compared them
     */
    TreeCheck(Collection<Checkpoint> checkpoints, boolean keepTiles) {
        for (Checkpoint checkpoint : checkpoints) due.put(checkpoint.size(), checkpoint);
        this.keepTiles = keepTiles;
    }

    /** Adds good entries; gives the first disagreement. */
    Optional<Verdict.Fault> add(List<ParsedEntry> entries) {
        for (ParsedEntry entry : entries) {
            edge.append(entry.leaf(), (level, number, tile) -> {
                if (keepTiles && level == 0) full.put(number, tile);
            });
            Checkpoint now = due.remove(edge.size());
            if (now != null && !Arrays.equals(now.root(), edge.root())) {
                return Optional.of(new Verdict.Fault(edge.size(),
                        "up to here this is not the log of which checkpoint " + now.size()
                                + " was signed: an entry was altered, removed or added, and all after it"
                                + " written anew"));
            }
        }
        return Optional.empty();
    }

    /** The tiles that were filled since the last call have to be those that are stored. */
    Optional<Verdict.Fault> wrongTile(Transaction tx) {
        for (Map.Entry<Long, Tile> tile : full.entrySet()) {
            boolean same = tx.first("SELECT hashes FROM witness_tiles WHERE level = 0 AND tile = ?", row -> row.bytes(0), tile.getKey())
                    .map(stored -> Arrays.equals(stored, tile.getValue().bytes())).orElse(false);
            if (!same)
                return Optional
                        .of(new Verdict.Fault((tile.getKey() << Tile.SPAN) + 1, "from here on the stored hash tree is not that of the entries"));
        }
        full.clear();
        return Optional.empty();
    }

    /** What is still due when the log has ended. */
    Optional<Verdict.Fault> missing() {
        return due.isEmpty() ? Optional.empty()
                : Optional.of(new Verdict.Fault(edge.size() + 1,
                        "the log ends at seq " + edge.size() + ", and a checkpoint says that it had " + due.lastKey()
                                + " entries: they are missing at the end"));
    }

    /** Root of the tree over what was added, as hex. */
    String root() { return HexFormat.of().formatHex(edge.root()); }
}
