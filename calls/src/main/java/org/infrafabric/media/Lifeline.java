package org.infrafabric.media;

/** Whether a peer is still there: any packet that counts is a sign of life, for as long as some are to be expected. Tells of the loss once. */
final class Lifeline {
    private final long silenceNanos;
    private boolean expected;
    private boolean told;
    private boolean running;
    private long signNanos;

    /** @param silenceNanos without a sign after which it is taken for dead; 0: never */
    Lifeline(long silenceNanos) {
        this.silenceNanos = silenceNanos;
    }

    /** It is to send from now on, or not (we hold it). What was before counts no more. */
    void expect(boolean sending) {
        expected = sending;
        running = false;
        told = false;
    }

    void sign(long nowNanos) {
        signNanos = nowNanos;
        running = true;
        told = false;
    }

    /** True once when nothing came for too long. */
    boolean lost(long nowNanos) {
        if (silenceNanos == 0 || !expected || told) return false;
        if (!running) sign(nowNanos);                                     // the first look after it was expected
        told = nowNanos - signNanos >= silenceNanos;
        return told;
    }
}
