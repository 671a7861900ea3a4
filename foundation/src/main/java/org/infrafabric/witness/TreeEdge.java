package org.infrafabric.witness;

import java.util.ArrayList;
import java.util.List;

/** The right edge of the tree: of each level the tile that is not full yet. All that is needed to add leaves and to know the root. One owner. */
final class TreeEdge implements MerkleTree.Nodes {
    /** Takes tiles as they change. */
    @FunctionalInterface
    interface Sink {
        /** @param number of the tile in its level, from 0; a full one comes once, one of a level above 0 that is not full comes again as it grows */
        void tile(int level, long number, Tile tile);
    }

    private final List<Tile> tiles = new ArrayList<>();
    private long size;

    TreeEdge() {}

    /** @param tiles the unfinished tile of each level, the lowest first */
    TreeEdge(long size, List<Tile> tiles) {
        this.size = size;
        this.tiles.addAll(tiles);
    }

    TreeEdge copy() { return new TreeEdge(size, tiles.stream().map(Tile::copy).toList()); }

    /** Leaves there are. */
    long size() { return size; }

    void append(byte[] leaf, Sink sink) {
        size++;
        add(0, leaf, sink);
    }

    private void add(int level, byte[] hash, Sink sink) {
        if (tiles.size() == level) tiles.add(new Tile());
        Tile tile = tiles.get(level);
        tile.add(hash);
        if (!tile.full()) {
            if (level > 0) sink.tile(level, number(level), tile);
            return;
        }
        sink.tile(level, (size >> Tile.SPAN * (level + 1)) - 1, tile);
        tiles.set(level, new Tile());
        add(level + 1, tile.root(), sink);
    }

    byte[] root() { return MerkleTree.root(size, this); }

    /** Which tile of its level the unfinished one is. */
    private long number(int level) { return size >> Tile.SPAN * (level + 1); }

    boolean holds(int level, long number) { return level < tiles.size() && number == number(level); }

    Tile tile(int level) { return tiles.get(level); }

    @Override
    public byte[] node(int level, long index) {
        int tileLevel = level / Tile.SPAN, height = level % Tile.SPAN;
        long number = index >> (Tile.SPAN - height);
        if (!holds(tileLevel, number)) throw new IllegalArgumentException("level " + level + " node " + index + " is not on the edge");
        return tile(tileLevel).node(height, (int) (index & ((1L << (Tile.SPAN - height)) - 1)));
    }
}
