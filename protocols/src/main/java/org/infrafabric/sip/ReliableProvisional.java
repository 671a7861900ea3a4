package org.infrafabric.sip;

import static org.infrafabric.sip.TimerValues.T1_NANOS;
import static org.infrafabric.sip.TimerValues.TIMEOUT_NANOS;

/**
 * A provisional response that is repeated until its PRACK is there, RFC 3262 §3. Owns no clock, socket or thread. One owner calls it.
 */
final class ReliableProvisional {
    /** What it asks of the world. */
    interface Out {
        /** Sends the response, the same bytes each time. */
        void sendProvisional();

        void wakeAt(long dueNanos);

        /** 64*T1 have passed without a PRACK: the INVITE is to be refused, §3. */
        void unacknowledged();
    }

    private final Out out;
    private final long sequence;
    private final long inviteNumber;
    private long deadlineNanos;
    private long intervalNanos = T1_NANOS;
    private boolean acknowledged;
    private boolean stopped;

    /**
     * @param sequence its RSeq, 1 to 2^31 - 1
     * @param inviteNumber of the INVITE that it answers
     */
    ReliableProvisional(long sequence, long inviteNumber, Out out) {
        this.sequence = sequence;
        this.inviteNumber = inviteNumber;
        this.out = out;
    }

    long sequence() { return sequence; }

    void start(long nowNanos) {
        deadlineNanos = nowNanos + TIMEOUT_NANOS;
        out.sendProvisional();
        out.wakeAt(nowNanos + intervalNanos);
    }

    /** Whether the PRACK was for this response; a repeated one is too. */
    boolean onPrack(SipMessage prack) {
        String[] parts = prack.text(HeaderName.RACK).trim().split("[ \t]+");
        boolean ours = parts.length == 3 && parts[2].equals("INVITE") && Ascii.number(parts[0], 0x7fff_ffffL) == sequence
                && Ascii.number(parts[1], 0xffff_ffffL) == inviteNumber;
        acknowledged |= ours;
        return ours;
    }

    /** The final answer is out: the response is not repeated any more, but a PRACK may still come. */
    void stop() { stopped = true; }

    void onWake(long nowNanos) {
        if (acknowledged || stopped) return;
        if (nowNanos - deadlineNanos >= 0) {
            stopped = true;
            out.unacknowledged();
            return;
        }
        out.sendProvisional();
        intervalNanos *= 2; // §3: no ceiling, unlike a 2xx
        out.wakeAt(Math.min(nowNanos + intervalNanos, deadlineNanos));
    }
}
