package org.infrafabric.media;

/**
 * The measures of sound here. Time within a stream is counted in <em>units</em> of 1/8000 s, whatever rate its samples or its RTP clock have, so that all
 * streams share one scale.
 */
final class Frames {
    /** Units of 20 ms, which is one tick; also its samples at 8 kHz. */
    static final int UNITS = 160;
    /** Samples of 20 ms at 8 kHz. */
    static final int NARROW = 160;
    /** Samples of 20 ms at 16 kHz. */
    static final int WIDE = 320;
    /** Longest packet that is taken, 120 ms. */
    static final int MAX_PACKET_UNITS = 6 * UNITS;

    private Frames() {}
}
