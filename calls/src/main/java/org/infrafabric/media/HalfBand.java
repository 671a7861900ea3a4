package org.infrafabric.media;

/**
 * Doubles or halves a sampling rate between 8 and 16 kHz: a linear-phase half-band filter (windowed sinc) of which every other coefficient is zero and is not
 * computed. Flat to 3.3 kHz, 60 dB down from 4.7 kHz on; delays by 1.5 ms. One stream in one direction: it keeps what the next call needs.
 */
final class HalfBand {
    /** Low-rate samples after the last sound until nothing of it is left in the filter. */
    static final int TAIL = 24;

    private static final int SIDE = TAIL / 2;
    private static final double KAISER_BETA = 6;
    /** The coefficients at odd places, times two; the middle one is a half, those at other even places are zero. */
    private static final float[] ODD = odd();

    private final float[] odd = new float[TAIL + Frames.NARROW];
    private final float[] even = new float[SIDE + Frames.NARROW];

    /** {@code length} samples, at most {@link Frames#NARROW}, become twice as many. */
    void up(int[] in, int[] out, int length) {
        for (int i = 0; i < length; i++) odd[TAIL + i] = in[i];
        for (int i = 0; i < length; i++) {
            out[2 * i] = Math.round(odd[TAIL - SIDE + i]);
            out[2 * i + 1] = Math.round(filtered(i + 1));
        }
        System.arraycopy(odd, length, odd, 0, TAIL);
    }

    /** {@code length} samples, at most {@link Frames#NARROW}, out of twice as many. */
    void down(int[] in, int[] out, int length) {
        for (int i = 0; i < length; i++) {
            even[SIDE + i] = in[2 * i];
            odd[TAIL + i] = in[2 * i + 1];
        }
        for (int i = 0; i < length; i++) out[i] = Math.round(0.5f * (even[i + 1] + filtered(i + 1)));
        System.arraycopy(odd, length, odd, 0, TAIL);
        System.arraycopy(even, length, even, 0, SIDE);
    }

    private float filtered(int from) {
        float sum = 0;
        for (int k = 0; k < TAIL; k++) sum += ODD[k] * odd[from + k];
        return sum;
    }

    private static float[] odd() {
        float[] coefficients = new float[TAIL];
        for (int k = 0; k < TAIL; k++) {
            int n = 2 * (SIDE - k) - 1;
            double x = n / (2.0 * SIDE);
            double window = bessel(KAISER_BETA * Math.sqrt(1 - x * x)) / bessel(KAISER_BETA);
            coefficients[k] = (float) (2 * Math.sin(Math.PI * n / 2) / (Math.PI * n) * window);
        }
        return coefficients;
    }

    /** The modified Bessel function of the first kind, order zero. */
    private static double bessel(double x) {
        double sum = 1;
        double term = 1;
        for (int k = 1; k < 30; k++) {
            term *= x / (2 * k) * (x / (2 * k));
            sum += term;
        }
        return sum;
    }
}
