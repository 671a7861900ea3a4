package org.infrafabric.media;

/** Turns the bridge down by 12 dB under a private prompt, and up again, over one tick each so that it does not click. */
final class Duck {
    private static final int FULL = 256;
    private static final int LOW = FULL / 4;

    private int gain = FULL;

    /** Nothing to do this tick. */
    boolean idle(boolean prompting) { return !prompting && gain == FULL; }

    void apply(boolean prompting, int[] sums) {
        int from = gain;
        gain = prompting ? LOW : FULL;
        int step = gain - from;
        for (int i = 0; i < sums.length; i++) sums[i] = sums[i] * (from + step * (i + 1) / sums.length) / FULL;
    }
}
