package org.infrafabric.speech;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.infrafabric.media.Pcm;

/**
 * Changes the sample rate of sound in memory: polyphase FIR, windowed sinc (Blackman), about 74 dB down in the stop band, pass band to 0.42 of
 * the lower rate. For speech and prompts, not for streams.
 */
public final class Resampler {
    private static final double PASS = 0.92;
    /** Zero crossings of the sinc on each side. */
    private static final int CROSSINGS = 24;
    /** Kernels are in fixed point. A kernel's values add up to less than two in all, signs aside, so that no sum of samples leaves an int. */
    private static final int BITS = 14;
    private static final int ONE = 1 << BITS;

    /** Rates come from outside, but a bus has few voices; {@code 25 | rate} bounds them anyway. */
    private static final Map<Ratio, Kernels> KERNELS = new ConcurrentHashMap<>();

    private record Ratio(int up, int down) {}

    /** One kernel for each position that an output sample can have between two input samples; each sums to {@link #ONE}. */
    private record Kernels(int half, int[][] phases) {}

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
        Kernels kernels = KERNELS.computeIfAbsent(new Ratio(up, down), Resampler::kernels);
        int[] in = widened(sound.samples());
        short[] out = new short[(int) ((long) in.length * up / down)];
        int taps = 2 * kernels.half;
        for (int i = 0; i < out.length; i++) {
            long position = (long) i * down;
            int first = (int) (position / up) - kernels.half + 1;
            int[] kernel = kernels.phases[(int) (position % up)];
            int sum = sum(in, first, kernel, Math.max(0, -first), Math.min(taps, in.length - first));
            out[i] = (short) Math.clamp((sum + ONE / 2) >> BITS, Short.MIN_VALUE, Short.MAX_VALUE);
        }
        return new Pcm(out, rate);
    }

    private static int[] widened(short[] samples) {
        int[] wide = new int[samples.length];
        for (int i = 0; i < wide.length; i++) wide[i] = samples[i];
        return wide;
    }

    /** Of ints, which may be added up in any order: so the compiler takes many at a time, as it does not with floats, nor with shorts. */
    private static int sum(int[] in, int first, int[] kernel, int from, int to) {
        int sum = 0;
        for (int k = from; k < to; k++) sum += in[first + k] * kernel[k];
        return sum;
    }

    private static Kernels kernels(Ratio ratio) {
        double cutoff = PASS * Math.min(1.0, (double) ratio.up / ratio.down); // of the input's half rate
        int half = (int) Math.ceil(CROSSINGS / cutoff);
        int[][] phases = new int[ratio.up][2 * half];
        for (int phase = 0; phase < ratio.up; phase++) {
            double[] kernel = new double[2 * half];
            double sum = 0;
            for (int k = 0; k < 2 * half; k++) {
                double x = k - half + 1 - (double) phase / ratio.up;
                double t = x / half;
                double window = Math.abs(t) >= 1 ? 0 : 0.42 + 0.5 * Math.cos(Math.PI * t) + 0.08 * Math.cos(2 * Math.PI * t);
                kernel[k] = window * sinc(x * cutoff);
                sum += kernel[k];
            }
            for (int k = 0; k < 2 * half; k++)
                phases[phase][k] = (int) Math.round(kernel[k] / sum * ONE);
        }
        return new Kernels(half, phases);
    }

    private static double sinc(double x) { return x == 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x); }

    private static int greatestCommonDivisor(int a, int b) { return b == 0 ? a : greatestCommonDivisor(b, a % b); }
}
