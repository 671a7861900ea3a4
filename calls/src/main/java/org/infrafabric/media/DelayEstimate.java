package org.infrafabric.media;

import java.util.Arrays;

/**
 * How long packets must be held back so that nearly all are there in time. Each packet's way is compared with the quickest of the last five to ten seconds, which
 * also follows a sender whose clock runs faster or slower than ours; of the last {@value #WINDOW} packets all but {@value #LATE_IN_A_HUNDRED} in a hundred shall
 * be in time. The thought is that of WebRTC's NetEq. All times in units.
 */
final class DelayEstimate {
    /** Least and most that is ever asked for: 20 ms and 400 ms. */
    static final int LEAST = Frames.UNITS;
    static final int MOST = 20 * Frames.UNITS;

    private static final int WINDOW = 512;                                // about ten seconds
    private static final int LATE_IN_A_HUNDRED = 1;
    private static final int BUCKETS = 64;
    private static final int BUCKET = Frames.UNITS / 2;                   // 10 ms
    private static final int UNTRIED = 25;                                // packets, half a second, until which the first guess stands
    private static final int FIRST_GUESS = 2 * Frames.UNITS;
    private static final int BLOCK = 5 * 8_000;

    private final byte[] recent = new byte[WINDOW];
    private final short[] counts = new short[BUCKETS];
    private int seen;
    private long base;
    private long blockBegan;
    private long quickest;
    private long quickestBefore;
    private int target = FIRST_GUESS;

    void restart() {
        seen = 0;
        target = FIRST_GUESS;
        Arrays.fill(counts, (short) 0);
    }

    /** A packet whose first sample is of {@code time}, by the sender's clock, came at {@code now}, by ours. */
    void arrived(long now, long time) {
        long way = now - time;
        if (seen == 0) {
            quickest = quickestBefore = way;
            blockBegan = now;
        } else if (now - blockBegan >= BLOCK) {
            quickestBefore = quickest;
            quickest = way;
            blockBegan = now;
        }
        quickest = Math.min(quickest, way);
        base = Math.min(quickest, quickestBefore);
        int bucket = (int) Math.min((way - base) / BUCKET, BUCKETS - 1);
        int at = seen % WINDOW;
        if (seen >= WINDOW) counts[recent[at]]--;
        recent[at] = (byte) bucket;
        counts[bucket]++;
        seen = seen == 2 * WINDOW - 1 ? WINDOW : seen + 1;
        target = quantile();
    }

    /** How far behind the quickest packet sound shall be played. */
    int target() { return target; }

    /** How far behind the quickest packet a sample of {@code time} is if it is played at {@code now}. */
    long behind(long now, long time) {
        return now - time - base;
    }

    private int quantile() {
        int known = Math.min(seen, WINDOW);
        int late = known * LATE_IN_A_HUNDRED / 100;
        int bucket = BUCKETS - 1;
        for (int beyond = counts[bucket]; bucket > 0 && beyond <= late; beyond += counts[bucket]) bucket--;
        int needed = Math.clamp((bucket + 1) * BUCKET, LEAST, MOST);
        return known < UNTRIED ? Math.max(needed, FIRST_GUESS) : needed;
    }
}
