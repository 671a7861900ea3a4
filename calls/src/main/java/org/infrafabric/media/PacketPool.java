package org.infrafabric.media;

import java.util.Arrays;

/**
 * Memory for packets that wait to be played, shared by all streams of one media loop: a party that sends nothing holds none. Two sizes; what is given back is
 * taken again, up to a bound.
 */
final class PacketPool {
    /** Fits 20 ms of every codec at its usual rate. */
    static final int SMALL = 192;
    /** The longest payload that is taken: 120 ms of G.711, or Opus at its highest rate (RFC 7587 §3). */
    static final int LARGE = 1_276;
    private static final int KEPT = 1_024;

    private byte[][] small = new byte[16][];
    private byte[][] large = new byte[4][];
    private int smalls;
    private int larges;

    byte[] take(int length) {
        if (length <= SMALL) return smalls > 0 ? small[--smalls] : new byte[SMALL];
        return larges > 0 ? large[--larges] : new byte[LARGE];
    }

    void give(byte[] packet) {
        if (packet.length == SMALL && smalls < KEPT) {
            if (smalls == small.length) small = Arrays.copyOf(small, 2 * smalls);
            small[smalls++] = packet;
        } else if (packet.length == LARGE && larges < KEPT / 8) {
            if (larges == large.length) large = Arrays.copyOf(large, 2 * larges);
            large[larges++] = packet;
        }
    }
}
