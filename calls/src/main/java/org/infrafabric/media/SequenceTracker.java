package org.infrafabric.media;

/** What a source's sequence numbers tell: which packets to believe and how many are missing, RFC 3550 §A.1 and §A.3, and jitter, §A.8. */
final class SequenceTracker {
    private static final int MAX_DROPOUT = 3_000;
    private static final int MAX_MISORDER = 100;
    private static final int NONE = -1;

    /** What a packet's number says of it. */
    enum Order {
        /** Next, or late, or double. */
        USUAL,
        /** The first of a source, or of one that began its numbers anew: what was known of the stream before is void. */
        BEGUN,
        /** Out of all order, and not to be believed. */
        STRAY
    }

    private int highest = NONE;
    private int cycles;
    private int base;
    private int restartAt = NONE;
    private long received;
    private long earlierLost;
    private long expectedAtReport;
    private long receivedAtReport;
    private int lastTransit;
    private boolean transitKnown;
    private int jitter16;                                                 // §A.8: jitter in timestamp units, times 16

    /** Forgets the source but not what it lost. */
    void restart() {
        earlierLost = lost();
        highest = NONE;
        restartAt = NONE;
    }

    /** A number out of all order is a stray, unless the next one follows it, which means that the source began anew. */
    Order accept(int sequence) {
        if (highest == NONE) return begin(sequence);
        int ahead = (sequence - highest) & 0xffff;
        if (ahead < MAX_DROPOUT) {
            if (sequence < highest) cycles += 0x10000;
            highest = sequence;
        } else if (ahead <= 0x10000 - MAX_MISORDER) {
            if (sequence != restartAt) {
                restartAt = (sequence + 1) & 0xffff;
                return Order.STRAY;
            }
            earlierLost = lost();
            return begin(sequence);
        }                                                                 // else late or double: it counts, as §A.1 has it
        restartAt = NONE;
        received++;
        return Order.USUAL;
    }

    /** A packet came; both in timestamp units. */
    void arrived(int arrival, int timestamp) {
        int transit = arrival - timestamp;
        if (transitKnown) jitter16 += Math.min(Math.abs(transit - lastTransit), 80_000) - ((jitter16 + 8) >> 4);
        lastTransit = transit;
        transitKnown = true;
    }

    /** Packets that never came, since the port was opened. */
    long lost() { return earlierLost + Math.max(0, expected() - received); }

    int extendedHighest() { return cycles + Math.max(0, highest); }

    int jitter() { return jitter16 >> 4; }

    /** Share of packets lost since the last call, in 256ths. */
    int fractionLost() {
        long expected = expected() - expectedAtReport;
        long missing = expected - (received - receivedAtReport);
        expectedAtReport = expected();
        receivedAtReport = received;
        return expected <= 0 || missing <= 0 ? 0 : (int) Math.min(255, (missing << 8) / expected);
    }

    private long expected() { return highest == NONE ? 0 : (long) cycles + highest - base + 1; }

    private Order begin(int sequence) {
        base = sequence;
        highest = sequence;
        cycles = 0;
        received = 1;
        restartAt = NONE;
        expectedAtReport = 0;
        receivedAtReport = 0;
        transitKnown = false;
        jitter16 = 0;
        return Order.BEGUN;
    }
}
