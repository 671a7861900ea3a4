package org.infrafabric.call;

import org.infrafabric.media.Pcm;

/** Sounds that need no voice. */
final class Tones {
    private static final int RATE = 8000;

    /** Two rising tones of 200 ms each: something was to be said here. */
    static final Pcm NOTICE = notice();

    /** What a caller hears while the other phone rings: 425 Hz, a second of four (ITU-T E.180, as in most of Europe). */
    static final Pcm RINGBACK = ringback();

    private Tones() {}

    private static Pcm ringback() {
        short[] samples = new short[RATE * 4];
        for (int i = 0; i < RATE; i++) {
            double fade = Math.min(1, Math.min(i, RATE - 1 - i) / 80.0);
            samples[i] = (short) (4000 * fade * Math.sin(2 * Math.PI * 425 * i / RATE));
        }
        return new Pcm(samples, RATE);
    }

    private static Pcm notice() {
        short[] samples = new short[RATE * 4 / 10];
        for (int i = 0; i < samples.length; i++) {
            double hertz = i < samples.length / 2 ? 660 : 880;
            double fade = Math.min(1, Math.min(i, samples.length - 1 - i) / 80.0); // 10 ms, against clicks
            samples[i] = (short) (8000 * fade * Math.sin(2 * Math.PI * hertz * i / RATE));
        }
        return new Pcm(samples, RATE);
    }
}
