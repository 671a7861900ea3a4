package org.infrafabric.sip;

/**
 * Says which new requests are turned away because this node cannot keep up. It looks at how late things are done: how long the socket has not been
 * empty, how late a timer runs, and whether the transactions fill what is set aside for them. One late look may be a collector's pause; from the second
 * in a row on, the share of new requests that are taken is halved at each look; when it is well again the share grows by steps, and after a quiet second all is as before. Passive: it is told
 * the time. Owner's thread only.
 */
final class Overload {
    /** What came this late could as well be repeated by its sender: T1 is 500 ms. */
    static final long LATE_NANOS = 200_000_000L;
    /** So late is still well: between the two nothing changes. */
    static final long WELL_NANOS = 20_000_000L;
    /** How often it is to be told how things are. */
    static final long LOOK_NANOS = 50_000_000L;
    /** After all are taken again, this long without trouble ends it. */
    static final long QUIET_NANOS = 1_000_000_000L;
    /** Share of the room for transactions that may be taken up. */
    static final double FULL = 0.9;

    private static final double STEP = 0.05; // from nothing to all in a second

    enum State {
        CALM, SHEDDING
    }

    /** Who is told of it. */
    interface Listener {
        /** New requests are turned away from now on. */
        void began(long lateNanos, double fullness);

        /** All are taken again. */
        void ended(long turnedAway);
    }

    private final Listener listener;
    private State state = State.CALM;
    private double share = 1;
    private double credit;
    private long turnedAway;
    private boolean backlog;
    private boolean trouble;
    private long backlogSinceNanos;
    private long wellSinceNanos;

    Overload(Listener listener) { this.listener = listener; }

    State state() { return state; }

    /** Share of new requests that are taken, 0 to 1. */
    double share() { return share; }

    /** A batch from the network was worked off; {@code more}: others may be waiting. */
    void onBatch(boolean more, long nowNanos) {
        if (more && !backlog) backlogSinceNanos = nowNanos;
        backlog = more;
    }

    /**
     * How things are, each {@link #LOOK_NANOS}.
     *
     * @param lateNanos how late this look is
     * @param fullness share of the room for transactions that is taken up
     */
    void onLook(long lateNanos, double fullness, long nowNanos) {
        long late = Math.max(lateNanos, backlog ? nowNanos - backlogSinceNanos : 0);
        boolean before = trouble;
        trouble = late >= LATE_NANOS || fullness >= FULL;
        if (trouble) {
            if (!before) return;
            if (state == State.CALM) begin(late, fullness);
            share /= 2;
            return;
        }
        if (state == State.CALM || late > WELL_NANOS) return;
        if (share < 1) {
            share = Math.min(1, share + STEP);
            wellSinceNanos = nowNanos;
        } else if (nowNanos - wellSinceNanos >= QUIET_NANOS) {
            end();
        }
    }

    /** Whether a request that begins something is taken. */
    boolean admits() {
        if (state == State.CALM) return true;
        credit += share;
        if (credit < 1) {
            turnedAway++;
            return false;
        }
        credit -= 1;
        return true;
    }

    private void begin(long late, double fullness) {
        state = State.SHEDDING;
        share = 1;
        credit = 0;
        turnedAway = 0;
        listener.began(late, fullness);
    }

    private void end() {
        state = State.CALM;
        listener.ended(turnedAway);
    }
}
