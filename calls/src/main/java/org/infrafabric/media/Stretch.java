package org.infrafabric.media;

/**
 * Makes sound a little shorter or longer without changing its pitch: one period of the voice is taken out or put in, faded into its neighbour, where two periods
 * are alike (waveform similarity overlap-add). Where sound is not like itself nothing is done, and the caller tries again later.
 */
final class Stretch {
    private static final int ALIKE = 80;                                  // correlation, in hundredths
    private static final int ROUGHLY_ALIKE = 40;
    private static final int HUSHED = 64;                                 // RMS under which a cut is not heard, about -54 dBFS

    private Stretch() {}

    /**
     * Takes a period out of the beginning of {@code sound}.
     *
     * @param length samples there are
     * @param keep samples that must be left
     * @param hurry also where it may be heard
     * @return samples taken out
     */
    static int shorten(short[] sound, int length, int keep, int rate, boolean hurry) {
        int lag = period(sound, Math.min(length / 2, length - keep), length, rate, hurry);
        if (lag == 0) return 0;
        for (int i = 0; i < lag; i++) sound[i] = fade(sound[i], sound[lag + i], i, lag);
        System.arraycopy(sound, 2 * lag, sound, lag, length - 2 * lag);
        return lag;
    }

    /** Puts a period in after the first; the array must have room for it. Gives the samples put in. */
    static int lengthen(short[] sound, int length, int rate) {
        int lag = period(sound, Math.min(length / 2, sound.length - length), length, rate, false);
        if (lag == 0) return 0;
        System.arraycopy(sound, lag, sound, 2 * lag, length - lag);
        for (int i = 0; i < lag; i++) sound[lag + i] = fade(sound[2 * lag + i], sound[i], i, lag);
        return lag;
    }

    /** The lag, 2.5 to 12.5 ms, at which the sound is most like its beginning; 0 when at none it is like enough. */
    private static int period(short[] sound, int most, int length, int rate, boolean hurry) {
        int window = rate / 100;
        int last = Math.min(Math.min(most, rate / 80), length - window);
        int lowest = rate / 400;
        if (last < lowest) return 0;
        long energy = product(sound, 0, 0, window);
        if (energy < (long) HUSHED * HUSHED * window) return last;
        int best = 0;
        long bestProduct = 0;
        long bestEnergy = 1;
        for (int lag = lowest; lag <= last; lag += rate / 8_000) {
            long product = product(sound, 0, lag, window);
            if (product <= 0) continue;
            long there = Math.max(1, product(sound, lag, lag, window));
            if ((double) product * product * bestEnergy > (double) bestProduct * bestProduct * there) {
                best = lag;
                bestProduct = product;
                bestEnergy = there;
            }
        }
        double alike = bestProduct / Math.sqrt((double) energy * bestEnergy);
        return alike * 100 >= (hurry ? ROUGHLY_ALIKE : ALIKE) ? best : 0;
    }

    private static long product(short[] sound, int one, int other, int window) {
        long sum = 0;
        for (int i = 0; i < window; i++) sum += sound[one + i] * sound[other + i];
        return sum;
    }

    private static short fade(int from, int to, int step, int steps) { return (short) ((from * (steps - step) + to * step) / steps); }
}
