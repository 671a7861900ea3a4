package org.infrafabric.phones;

import org.infrafabric.media.Pcm;

/** A plain tone, by which a party can be told from others in a recording. */
public final class Tone {
    private static final int RATE = 8000;
    /** −10 dBFS. */
    private static final int AMPLITUDE = 10_362;

    private Tone() {}

    /**
     * One second that can be repeated without a click.
     *
     * @param hertz whole, 100–3400
     */
    public static Pcm of(int hertz) {
        if (hertz < 100 || hertz > 3400) throw new IllegalArgumentException("a telephone carries 100–3400 Hz, not " + hertz);
        short[] samples = new short[RATE];
        for (int i = 0; i < RATE; i++)
            samples[i] = (short) Math.round(AMPLITUDE * Math.sin(2 * Math.PI * hertz * i / RATE));
        return new Pcm(samples, RATE);
    }
}
