package org.infrafabric.witness;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.infrafabric.message.Sha256;

/**
 * The hash tree of RFC 6962 §2.1 over SHA-256, as functions of its leaves' hashes. A hash has 32 bytes; sizes and indexes count leaves, indexes from 0 (the
 * entry with seq n is leaf n − 1).
 */
public final class MerkleTree {
    private static final byte[] LEAF = {0};      // RFC 6962 §2.1: different prefixes, so that no node passes for a leaf
    private static final byte[] NODE = {1};
    private static final int HASH_BYTES = 32;
    private static final int MAX_PATH = 64;      // a longer path belongs to no tree that has fewer than 2^63 leaves

    private MerkleTree() {}

    /** Hash of a leaf that holds {@code data}; for an entry its canonical form without hash and sig. */
    public static byte[] leafHash(byte[] data) {
        return Sha256.of(LEAF, data);
    }

    /** Hash over two subtrees. */
    static byte[] nodeHash(byte[] left, byte[] right) { return Sha256.of(NODE, left, right); }

    /** The tree's root, RFC 6962 §2.1; of no leaves: the hash of nothing. */
    public static byte[] root(List<byte[]> leaves) {
        if (leaves.isEmpty()) return Sha256.of();
        if (leaves.size() == 1) return leaves.getFirst();
        int left = split(leaves.size());
        return nodeHash(root(leaves.subList(0, left)), root(leaves.subList(left, leaves.size())));
    }

    /**
     * The path that proves a leaf to be in the tree, RFC 6962 §2.1.1, from the leaf upwards.
     *
     * @throws IndexOutOfBoundsException {@code index} is no leaf of it
     */
    public static List<byte[]> inclusionProof(int index, List<byte[]> leaves) {
        if (index < 0 || index >= leaves.size()) throw new IndexOutOfBoundsException("leaf " + index + " of " + leaves.size());
        List<byte[]> path = new ArrayList<>();
        include(index, leaves, path);
        return path;
    }

    private static void include(int index, List<byte[]> leaves, List<byte[]> path) {
        if (leaves.size() == 1) return;
        int left = split(leaves.size());
        if (index < left) {
            include(index, leaves.subList(0, left), path);
            path.add(root(leaves.subList(left, leaves.size())));
        } else {
            include(index - left, leaves.subList(left, leaves.size()), path);
            path.add(root(leaves.subList(0, left)));
        }
    }

    /**
     * The path that proves the tree of the first {@code from} leaves to be the beginning of this one, RFC 6962 §2.1.2.
     *
     * @throws IndexOutOfBoundsException {@code from} is not between 1 and the number of leaves
     */
    public static List<byte[]> consistencyProof(int from, List<byte[]> leaves) {
        if (from < 1 || from > leaves.size()) throw new IndexOutOfBoundsException("size " + from + " of " + leaves.size());
        List<byte[]> path = new ArrayList<>();
        consist(from, leaves, true, path);
        return path;
    }

    private static void consist(int from, List<byte[]> leaves, boolean known, List<byte[]> path) {
        if (from == leaves.size()) {
            if (!known) path.add(root(leaves)); // the verifier knows the old root itself
            return;
        }
        int left = split(leaves.size());
        if (from <= left) {
            consist(from, leaves.subList(0, left), known, path);
            path.add(root(leaves.subList(left, leaves.size())));
        } else {
            consist(from - left, leaves.subList(left, leaves.size()), false, path);
            path.add(root(leaves.subList(0, left)));
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
    private static int split(int size) {
        return Integer.highestOneBit(size - 1);
    }

    private static boolean malformed(List<byte[]> path) {
        return path.size() > MAX_PATH || path.stream().anyMatch(hash -> hash.length != HASH_BYTES);
    }
}
