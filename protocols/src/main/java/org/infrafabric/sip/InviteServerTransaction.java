package org.infrafabric.sip;

import static org.infrafabric.sip.TimerValues.T1_NANOS;
import static org.infrafabric.sip.TimerValues.T2_NANOS;
import static org.infrafabric.sip.TimerValues.T4_NANOS;
import static org.infrafabric.sip.TimerValues.TIMEOUT_NANOS;
import static org.infrafabric.sip.TimerValues.TRYING_NANOS;

/** INVITE server transaction, RFC 3261 §17.2.1 as amended by RFC 6026 §7.1. Passive like {@link InviteClientTransaction}. */
final class InviteServerTransaction implements ServerMachine {
    enum State {
        PROCEEDING, ACCEPTED, COMPLETED, CONFIRMED, TERMINATED
    }

    private final boolean reliable;
    private final Out out;
    private State state = State.PROCEEDING;
    private boolean answered;
    private long retransmitAfterNanos = T1_NANOS;

    InviteServerTransaction(boolean reliable, Out out) {
        this.reliable = reliable;
        this.out = out;
    }

    @Override
    public void start(long nowNanos) { out.arm(Timer.TRYING, nowNanos + TRYING_NANOS); }

    State state() { return state; }

    /** 2xx may come several times: the user repeats them until the ACK. */
    @Override
    public void onRespond(int status, long nowNanos) {
        answered = true;
        if (state != State.PROCEEDING || status < 200) return;
        if (status < 300) {
            state = State.ACCEPTED;
            out.arm(Timer.L, nowNanos + TIMEOUT_NANOS);
            return;
        }
        state = State.COMPLETED;
        if (!reliable) out.arm(Timer.G, nowNanos + T1_NANOS);
        out.arm(Timer.H, nowNanos + TIMEOUT_NANOS);
    }

    @Override
    public void onRetransmission() {
        if (state == State.PROCEEDING && answered || state == State.COMPLETED) out.repeatResponse();
        // ACCEPTED: absorbed, the user repeats its 2xx by its own timer, RFC 6026 §7.1
    }

    @Override
    public boolean onAck(long nowNanos) {
        if (state == State.ACCEPTED) return false; // the ACK of a 2xx belongs to the dialog
        if (state != State.COMPLETED) return true;
        state = State.CONFIRMED;
        out.arm(Timer.I, reliable ? nowNanos : nowNanos + T4_NANOS);
        return true;
    }

    @Override
    public void onTimer(Timer timer, long nowNanos) {
        switch (timer) {
            case TRYING -> { if (state == State.PROCEEDING && !answered) trying(); }
            case G -> { if (state == State.COMPLETED) repeat(nowNanos); }
            case H -> { if (state == State.COMPLETED) end(); } // no ACK came
            case I, L -> end();
            case J -> {} // of other requests
        }
    }

    @Override
    public void onTransportError() {
        if (state == State.COMPLETED) end();
    }

    private void trying() {
        answered = true;
        out.sendTrying();
    }

    private void repeat(long nowNanos) {
        out.repeatResponse();
        retransmitAfterNanos = Math.min(2 * retransmitAfterNanos, T2_NANOS); // timer G, §17.2.1
        out.arm(Timer.G, nowNanos + retransmitAfterNanos);
    }

    private void end() {
        if (state == State.TERMINATED) return;
        state = State.TERMINATED;
        out.terminated();
    }
}
