package org.infrafabric.witness;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.infrafabric.message.Sha256;

/**
 * The hash tree of RFC 6962 §2.1 over SHA-256, as functions of its complete subtrees' hashes: the roots and paths of a tree need no others. A hash has 32
 * bytes; sizes and indexes count leaves, indexes from 0 (the entry with seq n is leaf n − 1).
 */
public final class MerkleTree {
    static final int HASH_BYTES = 32;

    private static final byte[] LEAF = {0};      // RFC 6962 §2.1: different prefixes, so that no node passes for a leaf
    private static final byte[] NODE = {1};
    private static final int MAX_PATH = 64;      // a longer path belongs to no tree that has fewer than 2^63 leaves

    /** Where the hashes of complete subtrees are found. */
    @FunctionalInterface
    public interface Nodes {
        /** Root of the {@code index}-th subtree of 2^{@code level} leaves, all of which the tree has; level 0: the leaf's hash. */
        byte[] node(int level, long index);
    }

    private MerkleTree() {}

    /** Hash of a leaf that holds {@code data}; for an entry its canonical form without hash and sig. */
    public static byte[] leafHash(byte[] data) {
        return Sha256.of(LEAF, data);
    }

    /** Hash over two subtrees. */
    static byte[] nodeHash(byte[] left, byte[] right) { return Sha256.of(NODE, left, right); }

    /** Root of the tree of the first {@code size} leaves, RFC 6962 §2.1; of none: the hash of nothing. */
    public static byte[] root(long size, Nodes nodes) {
        return size == 0 ? Sha256.of() : root(0, size, nodes);
    }

    /** Root of the tree over leaves {@code from} (a multiple of the largest power of two in the range) to {@code to}, not included. */
    private static byte[] root(long from, long to, Nodes nodes) {
        long size = to - from;
        if (Long.bitCount(size) == 1) {
            int level = Long.numberOfTrailingZeros(size);
            return nodes.node(level, from >> level);
        }
        long middle = from + split(size);
        return nodeHash(root(from, middle, nodes), root(middle, to, nodes));
    }

    /**
     * The path that proves leaf {@code index} to be in the tree of {@code size} leaves, RFC 6962 §2.1.1, from the leaf upwards.
     *
     * @throws IndexOutOfBoundsException {@code index} is no leaf of it
     */
    public static List<byte[]> inclusionProof(long index, long size, Nodes nodes) {
        if (index < 0 || index >= size) throw new IndexOutOfBoundsException("leaf " + index + " of " + size);
        List<byte[]> path = new ArrayList<>();
        include(index, 0, size, nodes, path);
        return path;
    }

    private static void include(long index, long from, long to, Nodes nodes, List<byte[]> path) {
        if (to - from == 1) return;
        long middle = from + split(to - from);
        if (index < middle) {
            include(index, from, middle, nodes, path);
            path.add(root(middle, to, nodes));
        } else {
            include(index, middle, to, nodes, path);
            path.add(root(from, middle, nodes));
        }
    }

    /**
     * The path that proves the tree of the first {@code old} leaves to be the beginning of that of {@code size}, RFC 6962 §2.1.2.
     *
     * @throws IndexOutOfBoundsException {@code old} is not between 1 and {@code size}
     */
    public static List<byte[]> consistencyProof(long old, long size, Nodes nodes) {
        if (old < 1 || old > size) throw new IndexOutOfBoundsException("size " + old + " of " + size);
        List<byte[]> path = new ArrayList<>();
        consist(old, 0, size, true, nodes, path);
        return path;
    }

    /** @param known the verifier knows the root of what is asked for itself */
    private static void consist(long old, long from, long to, boolean known, Nodes nodes, List<byte[]> path) {
        if (old == to) {
            if (!known) path.add(root(from, to, nodes));
            return;
        }
        long middle = from + split(to - from);
        if (old <= middle) {
            consist(old, from, middle, known, nodes, path);
            path.add(root(middle, to, nodes));
        } else {
            consist(old, middle, to, false, nodes, path);
            path.add(root(from, middle, nodes));
        }
    }

    /** Whether {@code path} proves {@code leaf} to be leaf {@code index} of the tree of {@code size} leaves with that root; RFC 9162 §2.1.3.2. */
    public static boolean isIncluded(byte[] leaf, long index, long size, List<byte[]> path, byte[] root) {
        if (index < 0 || index >= size || malformed(path) || leaf.length != HASH_BYTES) return false;
        long at = index;
        long last = size - 1;
        byte[] hash = leaf;
        for (byte[] sibling : path) {
            if (last == 0) return false;
            if ((at & 1) == 1 || at == last) {
                hash = nodeHash(sibling, hash);
                while ((at & 1) == 0 && at != 0) {
                    at >>= 1;
                    last >>= 1;
                }
            } else {
                hash = nodeHash(hash, sibling);
            }
            at >>= 1;
            last >>= 1;
        }
        return last == 0 && Arrays.equals(hash, root);
    }

    /** Whether {@code path} proves the tree of {@code to} leaves to begin with that of {@code from}; RFC 9162 §2.1.4.2. */
    public static boolean isConsistent(long from, byte[] fromRoot, long to, byte[] toRoot, List<byte[]> path) {
        if (from < 1 || from > to || malformed(path)) return false;
        if (from == to) return path.isEmpty() && Arrays.equals(fromRoot, toRoot);
        List<byte[]> hashes = new ArrayList<>(path);
        if (Long.bitCount(from) == 1) hashes.addFirst(fromRoot); // a whole subtree: its root is the proof's first node
        if (hashes.isEmpty()) return false;
        long at = from - 1;
        long last = to - 1;
        while ((at & 1) == 1) {
            at >>= 1;
            last >>= 1;
        }
        byte[] old = hashes.getFirst();
        byte[] now = old;
        for (byte[] hash : hashes.subList(1, hashes.size())) {
            if (last == 0) return false;
            if ((at & 1) == 1 || at == last) {
                old = nodeHash(hash, old);
                now = nodeHash(hash, now);
                while ((at & 1) == 0 && at != 0) {
                    at >>= 1;
                    last >>= 1;
                }
            } else {
                now = nodeHash(now, hash);
            }
            at >>= 1;
            last >>= 1;
        }
        return last == 0 && Arrays.equals(old, fromRoot) && Arrays.equals(now, toRoot);
    }

    /** The largest power of two below {@code size}: how many leaves the left subtree has. */
    private static long split(long size) {
        return Long.highestOneBit(size - 1);
    }

    private static boolean malformed(List<byte[]> path) {
        return path.size() > MAX_PATH || path.stream().anyMatch(hash -> hash.length != HASH_BYTES);
    }
}
