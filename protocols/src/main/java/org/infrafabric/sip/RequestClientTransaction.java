package org.infrafabric.sip;

import static org.infrafabric.sip.TimerValues.T1_NANOS;
import static org.infrafabric.sip.TimerValues.T2_NANOS;
import static org.infrafabric.sip.TimerValues.T4_NANOS;
import static org.infrafabric.sip.TimerValues.TIMEOUT_NANOS;

import org.infrafabric.call.CallFailure;

/** Client transaction of every request but INVITE and ACK, RFC 3261 §17.1.2. Passive like {@link InviteClientTransaction}. */
final class RequestClientTransaction implements ClientMachine {
    enum State {
        TRYING, PROCEEDING, COMPLETED, TERMINATED
    }

    private final boolean reliable;
    private final Out out;
    private State state = State.TRYING;
    private long retransmitAfterNanos = T1_NANOS;

    RequestClientTransaction(boolean reliable, Out out) {
        this.reliable = reliable;
        this.out = out;
    }

    @Override
    public void start(long nowNanos) {
        out.sendRequest();
        if (!reliable) out.arm(Timer.E, nowNanos + T1_NANOS);
        out.arm(Timer.F, nowNanos + TIMEOUT_NANOS);
    }

    State state() { return state; }

    @Override
    public void onResponse(int status, long nowNanos) {
        if (state != State.TRYING && state != State.PROCEEDING) return; // a repeated final response
        if (status < 200) state = State.PROCEEDING;
        else {
            state = State.COMPLETED;
            out.arm(Timer.K, reliable ? nowNanos : nowNanos + T4_NANOS);
        }
        out.response(status);
    }

    @Override
    public void onTimer(Timer timer, long nowNanos) {
        switch (timer) {
            case E -> { if (waiting()) retransmit(nowNanos); }
            case F -> { if (waiting()) fail(); }
            case K -> end();
            case A, B, C, D, M -> {} // of an INVITE
        }
    }

    @Override
    public void onTransportError() {
        if (waiting()) fail();
    }

    private boolean waiting() { return state == State.TRYING || state == State.PROCEEDING; }

    private void retransmit(long nowNanos) {
        out.sendRequest();
        retransmitAfterNanos = state == State.PROCEEDING ? T2_NANOS : Math.min(2 * retransmitAfterNanos, T2_NANOS); // §17.1.2.2
        out.arm(Timer.E, nowNanos + retransmitAfterNanos);
    }

    private void fail() {
        state = State.TERMINATED;
        out.failed(CallFailure.UNREACHABLE);
        out.terminated();
    }

    private void end() {
        if (state == State.TERMINATED) return;
        state = State.TERMINATED;
        out.terminated();
    }
}
