package org.infrafabric.media;

import java.util.Arrays;
import org.infrafabric.media.AudioPort.Encoding;

/** The sum of one tick, in 32 bits so that nothing is cut off before it must be, and its codes for all who only listen. */
final class Mix {
    private final int[] sum = new int[JitterBuffer.FRAME];
    private final byte[][] codes = new byte[Encoding.values().length][JitterBuffer.FRAME];
    private final boolean[] coded = new boolean[Encoding.values().length];

    void clear() {
        Arrays.fill(sum, 0);
        Arrays.fill(coded, false);
    }

    void add(short[] samples) {
        for (int i = 0; i < sum.length; i++) sum[i] += samples[i];
    }

    void add(Playback playback) { playback.addTo(sum); }

    /** What a party hears that spoke itself: all but its own. */
    void without(short[] own, int[] out) {
        for (int i = 0; i < sum.length; i++) out[i] = sum[i] - own[i];
    }

    void whole(int[] out) { System.arraycopy(sum, 0, out, 0, sum.length); }

    /** The whole, cut off where it leaves 16 bits. */
    void whole(short[] out) {
        for (int i = 0; i < sum.length; i++) out[i] = (short) G711.clamp(sum[i]);
    }

    /** The whole, encoded once a tick however many hear it. */
    byte[] encoded(Encoding encoding) {
        int law = encoding.ordinal();
        if (!coded[law]) {
            G711.of(encoding).encode(sum, codes[law]);
            coded[law] = true;
        }
        return codes[law];
    }
}
