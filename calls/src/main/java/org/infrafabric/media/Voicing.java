package org.infrafabric.media;

/**
 * Tells who speaks from whose line is merely open, so that a silent line is neither added to the mix nor keeps its listener from sharing the others' packets. Only
 * what nobody would hear counts as silence: peaks under -60 dBFS for 200 ms.
 */
final class Voicing {
    private static final int HEARD = 32;
    private static final int HANGOVER = 10;                               // ticks

    private int left;

    void judge(short[] samples, boolean something) {
        if (something && peak(samples) > HEARD) left = HANGOVER;
        else if (left > 0) left--;
    }

    boolean audible() { return left > 0; }

    private static int peak(short[] samples) {
        int peak = 0;
        for (short sample : samples) peak = Math.max(peak, Math.abs((int) sample));
        return peak;
    }
}
