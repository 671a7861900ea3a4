package org.infrafabric.sip;

/**
 * Session timer, RFC 4028 §7.2, §9, §10: one side refreshes the session at half its time, the other hangs up when no refresh has come, so that a phone that died
 * in the middle of a call is noticed.
 *
 * <p>Owns no clock, socket or thread: it is told what was agreed and what time it is. One owner calls it.
 */
final class SessionTimer {
    enum State {
        OFF, REFRESHING, WATCHING
    }

    /** What the timer asks of the world. */
    interface Out {
        /** Wakes it then, and not at any time that it asked for before. */
        void wakeAt(long dueNanos);

        void sleep();

        /** A refresh is due. */
        void refresh();

        /** Nobody has refreshed the session: BYE. */
        void expired();
    }

    private static final long SECOND = 1_000_000_000L;
    private static final long MAX_GRACE_NANOS = 32 * SECOND; // §10: BYE goes out the lesser of 32 s and a third before the end

    private final Out out;
    private State state = State.OFF;
    private long endNanos;
    private boolean asked;

    SessionTimer(Out out) { this.out = out; }

    State state() { return state; }

    /** An INVITE or UPDATE was answered, and this was agreed. */
    void agreed(long seconds, boolean weRefresh, long nowNanos) {
        long length = seconds * SECOND;
        state = weRefresh ? State.REFRESHING : State.WATCHING;
        endNanos = nowNanos + length - Math.min(MAX_GRACE_NANOS, length / 3);
        asked = false;
        out.wakeAt(weRefresh ? nowNanos + length / 2 : endNanos);
    }

    /** An INVITE or UPDATE was answered without a word of it, or the session is over. */
    void off() {
        if (state == State.OFF) return;
        state = State.OFF;
        out.sleep();
    }

    void onWake(long nowNanos) {
        if (state == State.OFF) return;
        if (nowNanos - endNanos >= 0) {
            state = State.OFF;
            out.expired();
        } else if (state == State.REFRESHING && !asked) {
            asked = true;
            out.wakeAt(endNanos);
            out.refresh();
        }
    }
}
