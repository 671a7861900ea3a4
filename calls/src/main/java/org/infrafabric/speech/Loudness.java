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
    /** Gain is in fixed point; the loudest sample with it is at most {@link #PEAK}, so that no product leaves an int. */
    private static final int BITS = 14;
    /** About −62 dBFS. Speech recognisers fail on digital silence between words; nobody hears this, nor that it comes again each second. */
    private static final int NOISE = 45;
    private static final short[] FLOOR = floor();

    private Loudness() {}

    /** Same sound, same result. */
    static Pcm even(Pcm sound) {
        short[] in = sound.samples();
        int peak = 1;
        for (short sample : in) peak = Math.max(peak, Math.abs((int) sample));
        int gain = (int) (Math.min(MOST_GAIN, (double) PEAK / peak) * (1 << BITS));
        short[] out = new short[in.length];
        for (int i = 0; i < in.length; i++) out[i] = (short) ((in[i] * gain >> BITS) + FLOOR[i & FLOOR.length - 1]);
        int fade = Math.min(in.length / 2, sound.rate() * FADE_MILLIS / 1000);
        for (int i = 0; i < fade; i++) {
            out[i] = (short) (out[i] * i / fade);
            out[out.length - 1 - i] = (short) (out[out.length - 1 - i] * i / fade);
        }
        return new Pcm(out, sound.rate());
    }

    private static short[] floor() {
        SplittableRandom random = new SplittableRandom(0x1FB05);
        short[] floor = new short[1 << 13];
        for (int i = 0; i < floor.length; i++) floor[i] = (short) random.nextInt(-NOISE, NOISE + 1);
        return floor;
    }
}
