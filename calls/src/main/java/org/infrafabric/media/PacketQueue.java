package org.infrafabric.media;

import java.nio.ByteBuffer;

/** Packets that wait to be played, in the order of their sequence numbers whatever order they came in. Bounded; belongs to one stream. */
final class PacketQueue {
    /** The numbers that it spans: 1.28 s at 20 ms a packet. */
    static final int SPAN = 64;
    /** A packet without sound that keeps its place in the order: a telephone-event. */
    static final int EVENT = 100;
    /** A packet of comfort noise, RFC 3389. */
    static final int NOISE = 101;

    /** What became of a packet. */
    enum Taken {
        WAITS,
        /** One with its number is there. */
        DOUBLE,
        /** What follows it is played already. */
        LATE,
        /** So far ahead that those between could not be kept; it was not taken. */
        FAR
    }

    private static final byte[] NOTHING = {};

    private final PacketPool pool;
    private final byte[][] data = new byte[SPAN][];
    private final long[] times = new long[SPAN];
    private final short[] lengths = new short[SPAN];
    private final byte[] kinds = new byte[SPAN];
    private long there;                                                   // a bit a slot
    private boolean begun;
    private boolean played;
    private long next;                                                    // number of the packet that is due, extended over its wraps
    private long first;                                                   // the lowest that is there, as find left it

    PacketQueue(PacketPool pool) { this.pool = pool; }

    /** Forgets all; the next packet begins the order. */
    void restart() {
        while (there != 0) free(Long.numberOfTrailingZeros(there));
        begun = false;
        played = false;
    }

    boolean isEmpty() { return there == 0; }

    int size() { return Long.bitCount(there); }

    /**
     * Takes a copy.
     *
     * @param time of its first sample, in units
     * @param kind the encoding's ordinal, {@link #EVENT} or {@link #NOISE}
     */
    Taken put(int sequence, long time, int kind, ByteBuffer packet, int offset, int length) {
        long number = begun ? next + (short) (sequence - (int) next) : sequence + 0x10000L;
        if (!begun) {
            begun = true;
            next = number;
        }
        if (number < next) {
            if (played || number < next - SPAN / 2) return Taken.LATE;
            if (there != 0 && highest() >= number + SPAN) return Taken.LATE;
            next = number;                                                // earlier than the first, of which nothing has been played
        }
        if (number >= next + SPAN) return Taken.FAR;
        int slot = (int) number & SPAN - 1;
        if ((there & 1L << slot) != 0) return Taken.DOUBLE;
        byte[] copy = pool.take(length);
        packet.get(offset, copy, 0, length);
        data[slot] = copy;
        times[slot] = time;
        lengths[slot] = (short) length;
        kinds[slot] = (byte) kind;
        there |= 1L << slot;
        return Taken.WAITS;
    }

    /** Looks for the first that waits; the methods below are about it. False when none does. */
    boolean find() {
        if (there == 0) return false;
        int slot = (int) next & SPAN - 1;
        first = next + Long.numberOfTrailingZeros(Long.rotateRight(there, slot));
        return true;
    }

    long time() { return times[slot()]; }

    int kind() { return kinds[slot()]; }

    byte[] payload() { return data[slot()]; }

    int length() { return lengths[slot()]; }

    /** How many before it have not come. */
    int missing() { return (int) (first - next); }

    /** It has been played, or passed over; what comes before it from now on is late. */
    void remove() {
        free(slot());
        next = first + 1;
        played = true;
    }

    private int slot() { return (int) first & SPAN - 1; }

    private long highest() {
        int slot = (int) next & SPAN - 1;
        return next + SPAN - 1 - Long.numberOfLeadingZeros(Long.rotateRight(there, slot));
    }

    private void free(int slot) {
        pool.give(data[slot]);
        data[slot] = NOTHING;
        there &= ~(1L << slot);
    }
}
