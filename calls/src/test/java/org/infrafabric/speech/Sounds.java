package org.infrafabric.speech;

import org.infrafabric.media.Pcm;

/** Sounds made and measured for tests. */
final class Sounds {
    private Sounds() {}

    static Pcm tone(int hertz, int rate, double seconds, int amplitude) {
        short[] samples = new short[(int) (rate * seconds)];
        for (int i = 0; i < samples.length; i++)
            samples[i] = (short) Math.round(amplitude * Math.sin(2 * Math.PI * hertz * i / rate));
        return new Pcm(samples, rate);
    }

    /** Amplitude of one frequency (Goertzel, middle part of the sound only). */
    static double amplitudeAt(double hertz, Pcm sound) {
        short[] s = sound.samples();
        int from = s.length / 10;
        int to = s.length - from;
        double re = 0;
        double im = 0;
        for (int i = from; i < to; i++) {
            double window = 1 - Math.cos(2 * Math.PI * (i - from) / (to - from));
            re += window * s[i] * Math.cos(2 * Math.PI * hertz * i / sound.rate());
            im += window * s[i] * Math.sin(2 * Math.PI * hertz * i / sound.rate());
        }
        return 2 * Math.hypot(re, im) / (to - from);
    }

    static int peak(Pcm sound) {
        int peak = 0;
        for (short sample : sound.samples())
            peak = Math.max(peak, Math.abs((int) sample));
        return peak;
    }

    static double rms(Pcm sound) {
        double sum = 0;
        for (short sample : sound.samples())
            sum += (double) sample * sample;
        return Math.sqrt(sum / sound.samples().length);
    }

    static double seconds(Pcm sound) { return (double) sound.samples().length / sound.rate(); }
}
