package org.infrafabric.media;

import java.util.Arrays;

/**
 * The jitter buffer of the first version, kept to be compared with: it holds {@link #TARGET} back whatever the network does, and looks every five seconds whether that
 * is far off. Turns packets as they come into 20 ms as they are due. A ring of samples addressed by RTP timestamp, so that packets of any length, order and
 * repetition fall into place; a bit a sample says what is there.
 *
 * <p>It holds {@link #TARGET} samples back. If packets keep coming too late it waits a frame longer, if they keep coming too early it drops one; a
 * stream that jumps out of the window is followed once it is clear that it stays there. Gaps are filled with the last frame, fading.
 */
final class FixedDelayBuffer {
    static final int FRAME = 160;                                         // 20 ms at 8 kHz
    static final int TARGET = 2 * FRAME;
    /** Longest packet taken, 120 ms. */
    static final int MAX_PACKET = 6 * FRAME;

    private static final int CAPACITY = 8_192;                            // 1.024 s, a power of two
    private static final int MASK = CAPACITY - 1;
    private static final int MAX_AHEAD = 4_000;                           // 500 ms
    private static final int FOLLOW_AFTER = 3;                            // packets in a row outside the window
    private static final int DRY_FRAMES = 5;                              // 100 ms without a sample: nothing is lost by following at once
    private static final int WINDOW = 250;                                // frames over which delay is judged, 5 s
    private static final int TOO_EARLY = TARGET + FRAME + FRAME / 2;      // more reserve than 70 ms in a whole window is wasted
    private static final int TOO_LATE = FRAME / 2;                        // less than 10 ms is about to be too late
    private static final int MAX_DELAY = 10 * FRAME;

    private final short[] ring = new short[CAPACITY];
    private final long[] present = new long[CAPACITY / 64];
    private final short[] last = new short[FRAME];
    private final Concealment concealment = new Concealment();

    long concealed;
    long late;
    private boolean started;
    private int playAt;                                                   // timestamp of the next sample to play
    private int outside;
    private int dry;
    private int framesJudged;
    private int leastAhead = Integer.MAX_VALUE;

    /** Forgets the stream; the next packet begins another. */
    void restart() {
        started = false;
        outside = 0;
        Arrays.fill(present, 0);
    }

    /** Takes a packet's samples; those that are too late or too long are dropped. */
    void put(int timestamp, short[] samples, int length) {
        if (length == 0 || length > MAX_PACKET) return;
        if (!started) begin(timestamp);
        int ahead = timestamp - playAt;
        if (ahead + length <= 0 || ahead > MAX_AHEAD) {
            if (ahead <= 0 && ahead > -CAPACITY) leastAhead = Math.min(leastAhead, ahead);
            late++;
            if (++outside < FOLLOW_AFTER && dry < DRY_FRAMES) return;
            begin(timestamp);
            ahead = TARGET;
        }
        outside = 0;
        leastAhead = Math.min(leastAhead, ahead);
        int from = Math.max(0, -ahead);
        for (int i = from; i < length; i++) ring[(timestamp + i) & MASK] = samples[i];
        mark(timestamp + from, length - from, true);
    }

    /** Fills {@code out} with the next 20 ms; false when that is silence because nothing came. */
    boolean take(short[] out) {
        if (!started) {
            Arrays.fill(out, (short) 0);
            return false;
        }
        adapt();
        int there = count(playAt, FRAME);
        concealed += FRAME - there;
        boolean sounds = true;
        if (there == FRAME) {
            copyOut(out);
            concealment.stop();
        } else {
            sounds = concealment.fill(last, out) || there > 0;
            if (there > 0) overlay(out);
        }
        if (there > 0) System.arraycopy(out, 0, last, 0, FRAME);
        if (there > 0) concealment.arm();
        dry = there > 0 ? 0 : Math.min(dry + 1, DRY_FRAMES);
        mark(playAt, FRAME, false);
        playAt += FRAME;
        return sounds;
    }

    /** Timestamp of what is played next. */
    int playsAt() { return playAt; }

    private void begin(int timestamp) {
        Arrays.fill(present, 0);
        playAt = timestamp - TARGET;
        started = true;
        dry = 0;
        beginWindow();
    }

    private void beginWindow() {
        framesJudged = 0;
        leastAhead = Integer.MAX_VALUE;
    }

    private void adapt() {
        if (++framesJudged < WINDOW) return;
        if (leastAhead != Integer.MAX_VALUE) {
            if (leastAhead > TOO_EARLY) {
                mark(playAt, FRAME, false);
                playAt += FRAME;
            } else if (leastAhead < TOO_LATE && leastAhead > -MAX_DELAY) {
                playAt -= FRAME;                                          // one frame is made up by concealment
            }
        }
        beginWindow();
    }

    private void copyOut(short[] out) {
        int at = playAt & MASK;
        int head = Math.min(FRAME, CAPACITY - at);
        System.arraycopy(ring, at, out, 0, head);
        if (head < FRAME) System.arraycopy(ring, 0, out, head, FRAME - head);
    }

    private void overlay(short[] out) {
        for (int i = 0; i < FRAME; i++) {
            int at = (playAt + i) & MASK;
            if ((present[at >> 6] & 1L << at) != 0) out[i] = ring[at];
        }
    }

    private void mark(int timestamp, int length, boolean there) {
        int at = timestamp & MASK;
        int left = length;
        while (left > 0) {
            int bit = at & 63;
            int run = Math.min(left, 64 - bit);
            long bits = (run == 64 ? -1L : (1L << run) - 1) << bit;
            if (there) present[at >> 6] |= bits;
            else present[at >> 6] &= ~bits;
            at = (at + run) & MASK;
            left -= run;
        }
    }

    private int count(int timestamp, int length) {
        int at = timestamp & MASK;
        int left = length;
        int found = 0;
        while (left > 0) {
            int bit = at & 63;
            int run = Math.min(left, 64 - bit);
            long bits = (run == 64 ? -1L : (1L << run) - 1) << bit;
            found += Long.bitCount(present[at >> 6] & bits);
            at = (at + run) & MASK;
            left -= run;
        }
        return found;
    }

    /** The last frame again, fading to nothing within 60 ms. */
    private static final class Concealment {
        private static final int FADE = 3 * FRAME;
        private int position = FADE;

        void arm() { position = 0; }

        void stop() { position = FADE; }

        /** False when the fade is over and {@code out} is silent. */
        boolean fill(short[] lastFrame, short[] out) {
            if (position >= FADE) {
                Arrays.fill(out, (short) 0);
                return false;
            }
            for (int i = 0; i < FRAME; i++) out[i] = (short) (lastFrame[i] * (FADE - position - i) / FADE);
            position += FRAME;
            return true;
        }
    }
}
