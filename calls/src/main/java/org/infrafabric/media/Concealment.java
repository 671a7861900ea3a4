package org.infrafabric.media;

import java.util.Arrays;

/**
 * Fills gaps with what the voice would probably have said, after ITU-T G.711 Appendix I: the last pitch period again, after 10 ms the last two, after 20 ms the last
 * three, so that it does not buzz; full for 10 ms, then fading by a fifth each 10 ms, silent after 60. Without the appendix's 3.75 ms of delay: the joint at the
 * beginning is smoothed forwards instead.
 */
final class Concealment {
    private static final int FULL_MILLIS = 10;
    private static final int FADED_MILLIS = 60;

    private final int rate;
    private final int milli;                                              // samples
    private final short[] history;                                        // what was said last, 50 ms
    private boolean active;
    private boolean byCodec;                                              // which joins by itself, too
    private int made;
    private int period;
    private int step;                                                     // between the last sample and the one that follows it now

    Concealment(int rate) {
        this.rate = rate;
        this.milli = rate / 1_000;
        this.history = new short[50 * milli];
        this.made = FADED_MILLIS * milli;
        this.active = true;
    }

    void restart() {
        Arrays.fill(history, (short) 0);
        silence();
    }

    /** What follows is not lost but meant to be silent. */
    void silence() {
        active = true;
        made = FADED_MILLIS * milli;
    }

    /** Nothing more comes of it until there was sound again. */
    boolean over() { return active && made >= FADED_MILLIS * milli; }

    boolean active() { return active; }

    /** These samples go out. */
    void heard(short[] sound, int from, int length) {
        active = false;
        remember(sound, from, length);
    }

    /** A codec that conceals by itself made these up. It is let do so for as long as we would. */
    void passed(short[] sound, int from, int length) {
        if (!active) begin();
        made = Math.min(made + length, FADED_MILLIS * milli);
        byCodec = true;
        remember(sound, from, length);
    }

    /** Whether the fade is not over yet. */
    boolean wanted() { return !active || !over(); }

    private void remember(short[] sound, int from, int length) {
        int size = history.length;
        if (length >= size) System.arraycopy(sound, from + length - size, history, 0, size);
        else {
            System.arraycopy(history, length, history, 0, size - length);
            System.arraycopy(sound, from, history, size - length, length);
        }
    }

    /** Makes up the next samples; false when they are silent. */
    boolean fill(short[] out, int from, int length) {
        if (!active) begin();
        if (over()) {
            Arrays.fill(out, from, from + length, (short) 0);
            return false;
        }
        for (int i = 0; i < length; i++) out[from + i] = next();
        return true;
    }

    /** Sound is back, at {@code from}: its first 5 ms are faded in over what would have been made up. */
    void join(short[] sound, int from, int length) {
        if (active && made > 0 && !byCodec && !over()) {
            int fade = Math.min(length, 5 * milli);
            for (int i = 0; i < fade; i++) sound[from + i] = (short) ((next() * (fade - i) + sound[from + i] * i) / fade);
        }
    }

    private void begin() {
        byCodec = false;
        active = true;
        made = 0;
        period = pitch();
        step = history[history.length - 1] - history[history.length - 1 - period];
    }

    private short next() {
        int cycles = made < 10 * milli ? 1 : made < 20 * milli ? 2 : 3;
        int cycle = Math.min(cycles * period, history.length - period / 4);
        int start = history.length - cycle;
        int at = made % cycle;
        int overlap = period / 4;
        int value = history[start + at];
        int near = at - (cycle - overlap);
        if (near >= 0) value = (value * (overlap - near) + history[start - overlap + near] * near) / overlap; // into what comes before the cycle's beginning
        if (made < overlap) value += step * (overlap - made) / overlap;
        int gain = made <= FULL_MILLIS * milli ? 256
                : Math.max(0, 256 * (FADED_MILLIS * milli - made) / ((FADED_MILLIS - FULL_MILLIS) * milli));
        made++;
        return (short) G711.clamp(value * gain >> 8);
    }

    /** The period at which the last 20 ms are most like what was before them: 5 to 15 ms. */
    private int pitch() {
        int window = 20 * milli;
        int end = history.length - window;
        int stride = rate / 4_000;                                        // coarsely first, Appendix I clause I.2.3
        int best = search(end, window, 5 * milli, 15 * milli, stride);
        return stride == 1 ? best : search(end, window, Math.max(5 * milli, best - stride), Math.min(15 * milli, best + stride), 1);
    }

    private int search(int end, int window, int from, int to, int stride) {
        int best = from;
        double bestScore = -1;
        for (int lag = from; lag <= to; lag += stride) {
            long product = 0;
            long energy = 1;
            for (int i = 0; i < window; i += stride) {
                int there = history[end + i - lag];
                product += history[end + i] * there;
                energy += there * there;
            }
            double score = product <= 0 ? 0 : (double) product * product / energy;
            if (score > bestScore) {
                bestScore = score;
                best = lag;
            }
        }
        return best;
    }
}
