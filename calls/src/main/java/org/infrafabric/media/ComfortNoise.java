package org.infrafabric.media;

/** Noise of the kind that a peer describes while its people are silent, RFC 3389: a level, and reflection coefficients of an all-pole filter. */
final class ComfortNoise {
    /** Static payload type, at a clock of 8 kHz. */
    static final int PAYLOAD_TYPE = 13;
    /** What we send ourselves: a quiet line, -70 dBov, white. */
    static final byte QUIET_LINE = 70;

    private static final int MAX_ORDER = 10;

    private final double[] reflections = new double[MAX_ORDER];
    private final double[] backward = new double[MAX_ORDER + 1];
    private int order;
    private double amplitude;
    private int random = 0x2545f491;

    /** Takes a description; one without a level is passed over. */
    void describe(byte[] payload, int length) {
        if (length < 1) return;
        order = Math.min(MAX_ORDER, length - 1);
        double rms = 32_768 * Math.pow(10, -(payload[0] & 0x7f) / 20.0);  // §3.1
        double gain = 1;
        for (int i = 0; i < order; i++) {
            double k = Math.clamp(((payload[i + 1] & 0xff) - 127) / 128.0, -0.99, 0.99); // §3.2; within the circle the filter is stable
            reflections[i] = k;
            gain *= 1 - k * k;
        }
        amplitude = rms * Math.sqrt(3 * gain);                            // evenly spread noise has its RMS at 1/√3
    }

    void fill(short[] out, int from, int length) {
        for (int i = 0; i < length; i++) out[from + i] = (short) G711.clamp((int) Math.round(shaped(white() * amplitude)));
    }

    private double shaped(double excitation) {
        double forward = excitation;
        for (int m = order; m > 0; m--) {
            forward -= reflections[m - 1] * backward[m - 1];
            backward[m] = backward[m - 1] + reflections[m - 1] * forward;
        }
        backward[0] = forward;
        return forward;
    }

    /** From -1 to 1; Marsaglia's xorshift, since nothing hangs on it. */
    private double white() {
        random ^= random << 13;
        random ^= random >>> 17;
        random ^= random << 5;
        return random / 2_147_483_648.0;
    }
}
