package org.infrafabric.record;

import java.util.concurrent.atomic.AtomicLong;

/** Frames on their way from the media loop to the writer: a ring of fixed size, one thread at each end, no waiting at either. */
final class Handover {
    static final int FRAME = 160;                                         // 20 ms at 8 kHz

    /** Takes one frame; {@code samples} holds it from {@code offset} on, and only until the call returns. */
    interface Taker {
        void frame(int party, long tick, short[] samples, int offset);
    }

    private final int mask;
    private final int[] parties;
    private final long[] ticks;
    private final short[] samples;
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong taken = new AtomicLong();

    /** @param capacity in frames, a power of two */
    Handover(int capacity) {
        if (Integer.bitCount(capacity) != 1) throw new IllegalArgumentException("capacity must be a power of two");
        mask = capacity - 1;
        parties = new int[capacity];
        ticks = new long[capacity];
        samples = new short[capacity * FRAME];
    }

    /** Copies a frame in; false when the writer is so far behind that there is no room. */
    boolean offer(int party, long tick, short[] frame) {
        long at = written.getPlain();
        if (at - taken.getAcquire() > mask) return false;
        int slot = (int) at & mask;
        parties[slot] = party;
        ticks[slot] = tick;
        System.arraycopy(frame, 0, samples, slot * FRAME, FRAME);
        written.setRelease(at + 1);
        return true;
    }

    /** Hands all that is there to {@code taker}, and says how many frames that were. */
    int drain(Taker taker) {
        long from = taken.getPlain();
        long to = written.getAcquire();
        for (long at = from; at < to; at++) {
            int slot = (int) at & mask;
            taker.frame(parties[slot], ticks[slot], samples, slot * FRAME);
            taken.setRelease(at + 1);
        }
        return (int) (to - from);
    }
}
