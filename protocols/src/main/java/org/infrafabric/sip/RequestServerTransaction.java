package org.infrafabric.sip;

import static org.infrafabric.sip.TimerValues.TIMEOUT_NANOS;

/** Server transaction of every request but INVITE and ACK, RFC 3261 §17.2.2. Passive like {@link InviteClientTransaction}. */
final class RequestServerTransaction {
    enum State {
        TRYING, PROCEEDING, COMPLETED, TERMINATED
    }

    /** What the transaction asks of the world. */
    interface Out {
        void repeatResponse();

        void armJ(long dueNanos);

        void terminated();
    }

    private final boolean reliable;
    private final Out out;
    private State state = State.TRYING;

    RequestServerTransaction(boolean reliable, Out out) {
        this.reliable = reliable;
        this.out = out;
    }

    State state() { return state; }

    /** The user's response has been sent by the owner. */
    void onRespond(int status, long nowNanos) {
        if (state != State.TRYING && state != State.PROCEEDING) return;
        state = status < 200 ? State.PROCEEDING : State.COMPLETED;
        if (status >= 200) out.armJ(reliable ? nowNanos : nowNanos + TIMEOUT_NANOS);
    }

    void onRetransmission() {
        if (state == State.PROCEEDING || state == State.COMPLETED) out.repeatResponse();
    }

    void onTimerJ() {
        if (state == State.TERMINATED) return;
        state = State.TERMINATED;
        out.terminated();
    }
}
