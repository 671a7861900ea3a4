package org.infrafabric.sip;

import static org.infrafabric.sip.TimerValues.T1_NANOS;
import static org.infrafabric.sip.TimerValues.TIMEOUT_NANOS;
import static org.infrafabric.sip.TimerValues.WAIT_D_NANOS;

import org.infrafabric.call.CallFailure;

/**
 * INVITE client transaction, RFC 3261 §17.1.1 as amended by RFC 6026 §7.2.
 *
 * <p>Owns no clock, socket or thread: it is told what happened and when, and says what to do through {@link Out}. One owner calls it.
 */
final class InviteClientTransaction implements ClientMachine {
    enum State {
        CALLING, PROCEEDING, ACCEPTED, COMPLETED, TERMINATED
    }

    private final boolean reliable;
    private final Out out;
    private State state = State.CALLING;
    private long retransmitAfterNanos = T1_NANOS;

    InviteClientTransaction(boolean reliable, Out out) {
        this.reliable = reliable;
        this.out = out;
    }

    @Override
    public void start(long nowNanos) {
        out.sendRequest();
        if (!reliable) out.arm(Timer.A, nowNanos + T1_NANOS);
        out.arm(Timer.B, nowNanos + TIMEOUT_NANOS);
    }

    /** One that a former life of this process began: it only waits for what still comes. */
    void resume() { become(State.PROCEEDING); }

    State state() { return state; }

    @Override
    public void onResponse(int status, long nowNanos) {
        switch (state) {
            case CALLING, PROCEEDING -> {
                if (status < 200) become(State.PROCEEDING);
                else if (status < 300) accepted(nowNanos);
                else completed(nowNanos);
                out.response(status);
            }
            case ACCEPTED -> { if (status >= 200 && status < 300) out.response(status); } // a fork's 2xx or a repeated one, RFC 6026 §7.2
            case COMPLETED -> { if (status >= 300) out.sendAck(); }                       // our ACK was lost
            case TERMINATED -> {}
        }
    }

    @Override
    public void onTimer(Timer timer, long nowNanos) {
        switch (timer) {
            case A -> { if (state == State.CALLING) retransmit(nowNanos); }
            case B -> { if (state == State.CALLING) fail(CallFailure.UNREACHABLE); }
            case C -> { if (state == State.CALLING || state == State.PROCEEDING) fail(CallFailure.CANCELLED); }
            case D, M -> end();
            case E, F, K -> {} // of other requests
        }
    }

    /** A CANCEL was sent: a peer that never answers the INVITE again counts as having cancelled it, §9.1. */
    void onCancelled(long nowNanos) {
        out.arm(Timer.C, nowNanos + TIMEOUT_NANOS);
    }

    @Override
    public void onTransportError() {
        switch (state) {
            case CALLING, PROCEEDING -> fail(CallFailure.UNREACHABLE);
            case COMPLETED -> end(); // the ACK cannot be delivered, §17.1.1.2
            case ACCEPTED, TERMINATED -> {}
        }
    }

    private void retransmit(long nowNanos) {
        out.sendRequest();
        retransmitAfterNanos *= 2; // timer A doubles and has no ceiling, §17.1.1.2
        out.arm(Timer.A, nowNanos + retransmitAfterNanos);
    }

    private void accepted(long nowNanos) {
        become(State.ACCEPTED);
        out.arm(Timer.M, nowNanos + TIMEOUT_NANOS);
    }

    private void completed(long nowNanos) {
        become(State.COMPLETED);
        out.sendAck();
        out.arm(Timer.D, reliable ? nowNanos : nowNanos + WAIT_D_NANOS);
    }

    private void fail(CallFailure why) {
        become(State.TERMINATED);
        out.failed(why);
        out.terminated();
    }

    private void end() {
        if (state == State.TERMINATED) return;
        become(State.TERMINATED);
        out.terminated();
    }

    private void become(State next) { state = next; }
}
