package org.infrafabric.witness;

import java.util.Arrays;

/**
 * A stretch of up to 256 neighbouring hashes of one level of the tree, as C2SP {@code tlog-tiles} cuts it: a tile of level L holds roots of subtrees of
 * 256^L leaves. Full tiles never change.
 */
final class Tile {
    /** Hashes in a full tile, and levels of the tree that one tile spans. */
    static final int WIDTH = 256;
    static final int SPAN = 8;

    private byte[] hashes;
    private int count;

    Tile() { this(new byte[0]); }

    /** @param hashes as they are stored: 1 to 256 of them, one after the other */
    Tile(byte[] hashes) {
        if (hashes.length % MerkleTree.HASH_BYTES != 0 || hashes.length > WIDTH * MerkleTree.HASH_BYTES)
            throw new BrokenLog("a tile of the stored tree has " + hashes.length + " bytes");
        this.hashes = hashes;
        this.count = hashes.length / MerkleTree.HASH_BYTES;
    }

    Tile copy() { return new Tile(bytes()); }

    int count() { return count; }

    boolean full() { return count == WIDTH; }

    void add(byte[] hash) {
        int at = count * MerkleTree.HASH_BYTES;
        if (hashes.length < at + MerkleTree.HASH_BYTES)
            hashes = Arrays.copyOf(hashes, Math.min(WIDTH * MerkleTree.HASH_BYTES, Math.max(256, 2 * at)));
        System.arraycopy(hash, 0, hashes, at, MerkleTree.HASH_BYTES);
        count++;
    }

    /** The hashes, one after the other. */
    byte[] bytes() { return Arrays.copyOf(hashes, count * MerkleTree.HASH_BYTES); }

    /** Root over 2^{@code height} of its hashes, the {@code index}-th such group. */
    byte[] node(int height, int index) {
        int first = index << height;
        if (first + (1 << height) > count) throw new BrokenLog("the stored tree is shorter than the log");
        byte[][] row = new byte[1 << height][];
        for (int i = 0; i < row.length; i++) {
            int at = (first + i) * MerkleTree.HASH_BYTES;
            row[i] = Arrays.copyOfRange(hashes, at, at + MerkleTree.HASH_BYTES);
        }
        for (int width = row.length; width > 1; width >>= 1)
            for (int i = 0; i < width / 2; i++) row[i] = MerkleTree.nodeHash(row[2 * i], row[2 * i + 1]);
        return row[0];
    }

    byte[] root() { return node(SPAN, 0); }
}
