package org.infrafabric.sip;

import static org.infrafabric.sip.TimerValues.T1_NANOS;
import static org.infrafabric.sip.TimerValues.T2_NANOS;
import static org.infrafabric.sip.TimerValues.T4_NANOS;
import static org.infrafabric.sip.TimerValues.TIMEOUT_NANOS;
import static org.infrafabric.sip.TimerValues.TRYING_NANOS;

/** INVITE server transaction, RFC 3261 §17.2.1 as amended by RFC 6026 §7.1. Passive like {@link InviteClientTransaction}. */
final class InviteServerTransaction {
    enum State {
        PROCEEDING, ACCEPTED, COMPLETED, CONFIRMED, TERMINATED
    }

    /** RFC 3261's names; L is RFC 6026's; TRYING is the 200 ms after which 100 is due. */
    enum Timer {
        TRYING, G, H, I, L
    }

    /** What the transaction asks of the world. */
    interface Out {
        void sendTrying();

        /** Sends the last response again. */
        void repeatResponse();

        void arm(Timer timer, long dueNanos);

        /** No ACK came for a final response that is no 2xx. */
        void unacknowledged();

        void terminated();
    }

    private final boolean reliable;
    private final Out out;
    private State state = State.PROCEEDING;
    private boolean answered;
    private long retransmitAfterNanos = T1_NANOS;

    InviteServerTransaction(boolean reliable, Out out, long nowNanos) {
        this.reliable = reliable;
        this.out = out;
        out.arm(Timer.TRYING, nowNanos + TRYING_NANOS);
    }

    State state() { return state; }

    /** The user's response has been sent by the owner. 2xx may come several times: the user repeats them until the ACK. */
    void onRespond(int status, long nowNanos) {
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

    /** The INVITE came again. */
    void onRetransmission() {
        if (state == State.PROCEEDING && answered || state == State.COMPLETED) out.repeatResponse();
        // ACCEPTED: absorbed, the user repeats its 2xx by its own timer, RFC 6026 §7.1
    }

    void onAck(long nowNanos) {
        if (state != State.COMPLETED) return; // the ACK of a 2xx belongs to the dialog
        state = State.CONFIRMED;
        out.arm(Timer.I, reliable ? nowNanos : nowNanos + T4_NANOS);
    }

    void onTimer(Timer timer, long nowNanos) {
        switch (timer) {
            case TRYING -> { if (state == State.PROCEEDING && !answered) trying(); }
            case G -> { if (state == State.COMPLETED) repeat(nowNanos); }
            case H -> { if (state == State.COMPLETED) giveUp(); }
            case I, L -> end();
        }
    }

    void onTransportError() {
        if (state == State.COMPLETED) giveUp();
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

    private void giveUp() {
        state = State.TERMINATED;
        out.unacknowledged();
        out.terminated();
    }

    private void end() {
        if (state == State.TERMINATED) return;
        state = State.TERMINATED;
        out.terminated();
    }
}
