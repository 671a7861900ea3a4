package org.infrafabric.speech;

import java.io.IOException;
import org.infrafabric.media.Pcm;

/**
 * Changes the sample rate of sound in memory: polyphase FIR, windowed sinc (Blackman), about 74 dB down in the stop band, pass band to 0.42 of
 * the lower rate. For speech and prompts, not for streams.
 */
public final class Resampler {
    private static final double PASS = 0.92;
    /** Zero crossings of the sinc on each side. */
    private static final int CROSSINGS = 24;

    private Resampler() {}

    /**
     * @param rate samples a second wanted
     * @throws IOException when the rates are outside 4000–192,000, or too odd (no common divisor of 25)
     */
    public static Pcm to(int rate, Pcm sound) throws IOException {
        if (sound.rate() == rate) return sound;
        if (sound.rate() < 4000 || sound.rate() > 192_000 || sound.rate() % 25 != 0)
            throw new IOException("sample rate " + sound.rate() + " is not supported");
        int divisor = greatestCommonDivisor(rate, sound.rate());
        int up = rate / divisor;
        int down = sound.rate() / divisor;
        double cutoff = PASS * Math.min(1.0, (double) rate / sound.rate()); // of the input's half rate
        int half = (int) Math.ceil(CROSSINGS / cutoff);
        double[][] phases = phases(up, half, cutoff);
        short[] in = sound.samples();
        short[] out = new short[(int) ((long) in.length * up / down)];
        for (int i = 0; i < out.length; i++) {
            long position = (long) i * down;
            int centre = (int) (position / up);
            double[] kernel = phases[(int) (position % up)];
            double sum = 0;
            int from = Math.max(0, half - 1 - centre);
            int to = Math.min(kernel.length, in.length - centre + half - 1);
            for (int k = from; k < to; k++)
                sum += in[centre - half + 1 + k] * kernel[k];
            out[i] = (short) Math.clamp(Math.round(sum), Short.MIN_VALUE, Short.MAX_VALUE);
        }
        return new Pcm(out, rate);
    }

    /** One kernel for each position that an output sample can have between two input samples; each sums to one. */
    private static double[][] phases(int up, int half, double cutoff) {
        double[][] phases = new double[up][2 * half];
        for (int phase = 0; phase < up; phase++) {
            double sum = 0;
            for (int k = 0; k < 2 * half; k++) {
                double x = k - half + 1 - (double) phase / up;
                double t = x / half;
                double window = Math.abs(t) >= 1 ? 0 : 0.42 + 0.5 * Math.cos(Math.PI * t) + 0.08 * Math.cos(2 * Math.PI * t);
                phases[phase][k] = window * sinc(x * cutoff);
                sum += phases[phase][k];
            }
            for (int k = 0; k < 2 * half; k++)
                phases[phase][k] /= sum;
        }
        return phases;
    }

    private static double sinc(double x) { return x == 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x); }

    private static int greatestCommonDivisor(int a, int b) { return b == 0 ? a : greatestCommonDivisor(b, a % b); }
}
