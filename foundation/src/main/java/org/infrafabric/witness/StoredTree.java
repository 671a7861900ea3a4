package org.infrafabric.witness;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.infrafabric.store.Transaction;

/**
 * The tree as the database holds it, within one transaction: full tiles, the growing ones above the lowest level, and the lowest level's last hashes made
 * from the entries themselves. It is derived from the entries: what is missing is made again.
 */
final class StoredTree implements MerkleTree.Nodes {
    private final Transaction tx;
    private final TreeEdge edge;
    private final Map<String, Tile> read = new HashMap<>();

    /** @param edge that of the tree as it stands in {@code tx} */
    StoredTree(Transaction tx, TreeEdge edge) {
        this.tx = tx;
        this.edge = edge;
    }

    /** The tree over all entries that are there. Throws {@link BrokenLog} when the stored part does not reach as far as it should. */
    static StoredTree of(Transaction tx) {
        return new StoredTree(tx, edge(tx, tx.first("SELECT max(seq) FROM witness_entries", row -> row.isNull(0) ? 0L : row.number(0)).orElse(0L)));
    }

    /** Leaves there are. */
    long size() { return edge.size(); }

    byte[] root(long size) { return MerkleTree.root(size, this); }

    @Override
    public byte[] node(int level, long index) {
        int tileLevel = level / Tile.SPAN, height = level % Tile.SPAN;
        long number = index >> (Tile.SPAN - height);
        Tile tile = edge.holds(tileLevel, number) ? edge.tile(tileLevel)
                : read.computeIfAbsent(tileLevel + "/" + number, unread -> tile(tx, tileLevel, number).orElseThrow(() -> missing(tileLevel, number)));
        return tile.node(height, (int) (index & ((1L << (Tile.SPAN - height)) - 1)));
    }

    /** Tiles of the lowest level that are stored; the leaves of those after them are known from the entries alone. */
    static long fullTiles(Transaction tx) {
        return tx.first("SELECT max(tile) FROM witness_tiles WHERE level = 0", row -> row.isNull(0) ? 0L : row.number(0) + 1).orElse(0L);
    }

    /** The edge of a tree over {@code size} entries whose full tiles are stored. */
    static TreeEdge edge(Transaction tx, long size) {
        List<Tile> tiles = new ArrayList<>();
        long whole = size >> Tile.SPAN;
        tiles.add(new Tile());
        for (byte[] leaf : leaves(tx, whole << Tile.SPAN, size)) tiles.getFirst().add(leaf);
        for (int level = 1; whole > 0; level++) {
            int count = (int) (whole % Tile.WIDTH);
            long number = whole >> Tile.SPAN;
            Tile tile = count == 0 ? new Tile() : tile(tx, level, number).orElseThrow(() -> missing(1, number));
            if (tile.count() != count) throw new BrokenLog("the stored tree does not end where the log ends");
            tiles.add(tile);
            whole >>= Tile.SPAN;
        }
        return new TreeEdge(size, tiles);
    }

    /** Hashes of the leaves from {@code from} to {@code to}, not included, made from their entries. */
    static List<byte[]> leaves(Transaction tx, long from, long to) {
        List<byte[]> lines = tx.query("SELECT json FROM witness_entries WHERE seq > ? AND seq <= ? ORDER BY seq", row -> row.text(0).getBytes(UTF_8),
                from, to);
        if (lines.size() != to - from) throw new BrokenLog("the witness log has a hole between seq " + from + " and " + (to + 1));
        return ParsedEntry.readAll(lines).stream().map(entry -> {
            if (entry.fault() != null) throw new BrokenLog("the witness log holds an entry that is none: " + entry.fault());
            return entry.leaf();
        }).toList();
    }

    private static Optional<Tile> tile(Transaction tx, int level, long number) {
        return tx.first("SELECT hashes FROM witness_tiles WHERE level = ? AND tile = ?", row -> new Tile(row.bytes(0)), level, number);
    }

    static void put(Transaction tx, int level, long number, Tile tile) {
        tx.execute(
                "INSERT INTO witness_tiles (level, tile, hashes) VALUES (?, ?, ?) ON CONFLICT (level, tile) DO UPDATE SET hashes = excluded.hashes",
                level, number, tile.bytes());
    }

    private static BrokenLog missing(int level, long number) {
        return new BrokenLog("the stored tree lacks tile " + number + " of level " + level + "; the next start of the bus makes it again");
    }
}
