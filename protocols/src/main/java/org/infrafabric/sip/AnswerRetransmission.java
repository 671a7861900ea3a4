package org.infrafabric.sip;

import static org.infrafabric.sip.TimerValues.T1_NANOS;
import static org.infrafabric.sip.TimerValues.T2_NANOS;
import static org.infrafabric.sip.TimerValues.TIMEOUT_NANOS;

/** A user agent server repeats its 2xx until the ACK is there, whatever the transport, RFC 3261 §13.3.1.4. Passive. */
final class AnswerRetransmission {
    /** What it asks of the world. */
    interface Out {
        void sendAnswer();

        void wakeAt(long dueNanos);

        /** 64*T1 have passed without an ACK: the dialog is to be ended. */
        void unconfirmed();
    }

    private final Out out;
    private long deadlineNanos;
    private long intervalNanos = T1_NANOS;
    private boolean over;

    AnswerRetransmission(Out out) { this.out = out; }

    /** Sends it for the first time. */
    void start(long nowNanos) {
        deadlineNanos = nowNanos + TIMEOUT_NANOS;
        out.sendAnswer();
        out.wakeAt(nowNanos + intervalNanos);
    }

    boolean confirmed() { return over; }

    void onAck() { over = true; }

    void onWake(long nowNanos) {
        if (over) return;
        if (nowNanos - deadlineNanos >= 0) {
            over = true;
            out.unconfirmed();
            return;
        }
        out.sendAnswer();
        intervalNanos = Math.min(2 * intervalNanos, T2_NANOS);
        out.wakeAt(Math.min(nowNanos + intervalNanos, deadlineNanos));
    }
}
