package org.infrafabric.speech;

import java.util.SplittableRandom;
import org.infrafabric.media.Pcm;

/** Brings speech of any voice to one loudness, without clicks at its ends. */
final class Loudness {
    /** −6 dBFS: loud on a phone, with room for what is mixed to it. */
    static final int PEAK = 16_422;
    /** No more than 18 dB up, so that near-silence stays near-silence. */
    private static final double MOST_GAIN = 8;
    private static final int FADE_MILLIS = 5;
    /** About −62 dBFS. Speech recognisers fail on digital silence between words; nobody hears this. */
    private static final int NOISE = 45;

    private Loudness() {}

    /** Same sound, same result: the noise comes from a fixed seed. */
    static Pcm even(Pcm sound) {
        short[] in = sound.samples();
        int peak = 1;
        for (short sample : in)
            peak = Math.max(peak, Math.abs((int) sample));
        double gain = Math.min(MOST_GAIN, (double) PEAK / peak);
        int fade = Math.min(in.length / 2, sound.rate() * FADE_MILLIS / 1000);
        SplittableRandom noise = new SplittableRandom(0x1FB05);
        short[] out = new short[in.length];
        for (int i = 0; i < in.length; i++) {
            int fromEnd = Math.min(i, in.length - 1 - i);
            double shape = fromEnd < fade ? (double) fromEnd / fade : 1;
            out[i] = (short) Math.round((in[i] * gain + noise.nextInt(-NOISE, NOISE + 1)) * shape);
        }
        return new Pcm(out, sound.rate());
    }
}
