package org.infrafabric.sip;

import static org.infrafabric.sip.TimerValues.TIMEOUT_NANOS;

/** Server transaction of every request but INVITE and ACK, RFC 3261 §17.2.2. Passive like {@link InviteClientTransaction}. */
final class RequestServerTransaction implements ServerMachine {
    enum State {
        TRYING, PROCEEDING, COMPLETED, TERMINATED
    }

    private final boolean reliable;
    private final Out out;
    private State state = State.TRYING;

    RequestServerTransaction(boolean reliable, Out out) {
        this.reliable = reliable;
        this.out = out;
    }

    State state() { return state; }

    @Override
    public void start(long nowNanos) {}

    @Override
    public void onRespond(int status, long nowNanos) {
        if (state != State.TRYING && state != State.PROCEEDING) return;
        state = status < 200 ? State.PROCEEDING : State.COMPLETED;
        if (status >= 200) out.arm(Timer.J, reliable ? nowNanos : nowNanos + TIMEOUT_NANOS);
    }

    @Override
    public void onRetransmission() {
        if (state == State.PROCEEDING || state == State.COMPLETED) out.repeatResponse();
    }

    @Override
    public boolean onAck(long nowNanos) { return true; } // nobody acknowledges this

    @Override
    public void onTimer(Timer timer, long nowNanos) {
        if (timer != Timer.J || state == State.TERMINATED) return;
        state = State.TERMINATED;
        out.terminated();
    }

    @Override
    public void onTransportError() {} // timer J ends it all the same
}
