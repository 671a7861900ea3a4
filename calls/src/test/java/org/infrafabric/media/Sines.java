package org.infrafabric.media;

/** Tones made, and heard. */
final class Sines {
    static final int RATE = 8_000;

    private Sines() {}

    static short[] tone(double hertz, int amplitude, int samples) {
        short[] out = new short[samples];
        for (int i = 0; i < samples; i++) out[i] = (short) Math.round(amplitude * Math.sin(2 * Math.PI * hertz * i / RATE));
        return out;
    }

    static Pcm pcm(double hertz, double seconds) {
        return new Pcm(tone(hertz, 8_000, (int) (seconds * RATE)), RATE);
    }

    /** Level of a tone in dB of full scale (Goertzel); -120 where there is none. */
    static double level(short[] samples, double hertz) {
        double coefficient = 2 * Math.cos(2 * Math.PI * hertz / RATE);
        double one = 0;
        double two = 0;
        for (short sample : samples) {
            double next = sample / 32_768.0 + coefficient * one - two;
            two = one;
            one = next;
        }
        double power = one * one + two * two - coefficient * one * two;
        double amplitude = 2 * Math.sqrt(Math.max(0, power)) / Math.max(1, samples.length);
        return Math.max(-120, 20 * Math.log10(Math.max(1e-6, amplitude)));
    }

    /** The last {@code count} samples. */
    static short[] tail(short[] samples, int count) {
        return java.util.Arrays.copyOfRange(samples, samples.length - count, samples.length);
    }
}
