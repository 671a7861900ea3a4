package org.infrafabric.record;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Frames on their way from the media loop to the writer, one thread at each end, no waiting at either. They travel in blocks, which are made as they are needed, up
 * to a bound, and come back to be filled again: a recording in which nobody has spoken yet holds nothing, a busy one makes no garbage.
 */
final class Handover {
    /** Samples in a block: half a second of one narrowband voice. */
    static final int BLOCK = 4_096;
    private static final int FRAMES = BLOCK / 160;

    /** Takes one frame; {@code samples} holds it from {@code offset} on, and only until the call returns. */
    interface Taker {
        void frame(int party, long tick, short[] samples, int offset, int length);
    }

    private static final class Block {
        final short[] samples;
        final int[] parties;
        final long[] ticks;
        final int[] ends;
        volatile int frames;
        volatile @Nullable Block next;

        Block(int capacity) {
            samples = new short[capacity == 0 ? 0 : BLOCK];
            parties = new int[capacity];
            ticks = new long[capacity];
            ends = new int[capacity];
        }
    }

    private final int most;
    private final AtomicInteger blocks = new AtomicInteger();
    private final AtomicReference<@Nullable Block> spare = new AtomicReference<>();
    private Block filling = new Block(0);                                 // the loop's; the first holds nothing
    private Block draining = filling;                                     // the writer's, as what follows
    private int drained;

    /** @param most blocks that may be on their way */
    Handover(int most) { this.most = most; }

    /** Copies a frame in; false when the writer is so far behind that there is no room. */
    boolean offer(int party, long tick, short[] frame) {
        Block block = filling;
        int at = block.frames;
        int from = at == 0 ? 0 : block.ends[at - 1];
        if (at == block.ends.length || from + frame.length > BLOCK) {
            Block another = another();
            if (another == null) return false;
            block.next = another;
            filling = block = another;
            at = 0;
            from = 0;
        }
        block.parties[at] = party;
        block.ticks[at] = tick;
        block.ends[at] = from + frame.length;
        System.arraycopy(frame, 0, block.samples, from, frame.length);
        block.frames = at + 1;
        return true;
    }

    /** Hands all that is there to {@code taker}, and says how many frames that were. */
    int drain(Taker taker) {
        int count = 0;
        while (true) {
            Block block = draining;
            Block next = block.next;                                      // looked at first: once there is one, no more frames come into this
            for (int frames = block.frames; drained < frames; drained++, count++) {
                int from = drained == 0 ? 0 : block.ends[drained - 1];
                taker.frame(block.parties[drained], block.ticks[drained], block.samples, from, block.ends[drained] - from);
            }
            if (next == null) return count;
            draining = next;
            drained = 0;
            if (block.ends.length > 0 && !spare.compareAndSet(null, block)) blocks.decrementAndGet();
        }
    }

    /** Whether {@link #drain} would find nothing. The writer's. */
    boolean isEmpty() { return draining.next == null && drained == draining.frames; }

    private @Nullable Block another() {
        Block block = spare.getAndSet(null);
        if (block == null) {
            if (blocks.get() >= most) return null;
            blocks.incrementAndGet();
            return new Block(FRAMES);
        }
        block.frames = 0;
        block.next = null;
        return block;
    }
}
