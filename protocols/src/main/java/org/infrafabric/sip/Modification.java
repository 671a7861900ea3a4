package org.infrafabric.sip;

import java.util.Optional;
import java.util.function.Consumer;
import org.infrafabric.call.CallFailure;
import org.infrafabric.media.NoCommonCodec;
import org.infrafabric.sdp.MalformedSdp;
import org.infrafabric.time.Timers;

/**
 * What we want changed or refreshed in a session that stands: one re-INVITE or UPDATE at a time, again after a glare (RFC 3261 §14.1, RFC 3311 §5.1, RFC 4028 §10).
 * Owner's thread only.
 */
final class Modification implements DialogRequests.Reply {
    /** What it needs of the session. */
    interface Out {
        /** Whether we may ask now: no INVITE of the peer waits for its ACK. */
        boolean free();

        /** Adds what a request of ours says of the session timer. */
        void timerHeaders(SipWriter request);

        /** The peer has agreed; this is its 2xx. */
        void agreed(SipMessage answer);

        /** The session timer's interval is too short for the peer. */
        void lengthen(long minimumSeconds);

        /** The peer knows nothing of the session any more, or is gone, §12.2.1.2. */
        void dead(CallFailure why, int status, String words);
    }

    private enum Wish {
        NOTHING, REFRESH, OFFER
    }

    private static final long MILLI = 1_000_000;
    private static final int MAX_WAIT_SECONDS = 60; // a wish that old is nobody's any more
    private static final int MAX_AGAIN = 5; // of one wish: a peer that always says 491 is not asked for ever

    private final Core core;
    private final DialogRequests requests;
    private final Descriptions descriptions;
    private final boolean ourCallId;
    private final Out out;
    private Wish wish = Wish.NOTHING;
    private Wish asked = Wish.NOTHING;
    private Optional<Timers.Timer> waiting = Optional.empty();
    private boolean update;
    private boolean over;
    private int again;
    private long acknowledgedNumber = -1;
    private Runnable acknowledge = () -> {};

    /** @param ourCallId whether we made the Call-ID: who waits how long after a glare hangs on it */
    Modification(Core core, DialogRequests requests, Descriptions descriptions, boolean ourCallId, Out out) {
        this.core = core;
        this.requests = requests;
        this.descriptions = descriptions;
        this.ourCallId = ourCallId;
        this.out = out;
    }

    /** The peer's Allow names UPDATE. */
    void peerTakesUpdate(boolean takes) { update = takes; }

    /** Whether an INVITE of ours is out: another of the peer's is a glare, §14.2. */
    boolean inviting() {
        return asked == Wish.OFFER || asked == Wish.REFRESH && !update;
    }

    /** Tells the peer what our description is now. */
    void offer() {
        wish = Wish.OFFER;
        again = 0;
        proceed();
    }

    /** Tells the peer that we are still there. */
    void refresh() {
        if (wish == Wish.NOTHING) {
            wish = Wish.REFRESH;
            again = 0;
        }
        proceed();
    }

    /** Asks, if there is something to ask for and nothing in the way. */
    void proceed() {
        if (over || wish == Wish.NOTHING || asked != Wish.NOTHING || waiting.isPresent() || !out.free()) return;
        asked = wish;
        wish = Wish.NOTHING;
        if (asked == Wish.REFRESH && update) requests.send("UPDATE", headers(), "", DialogRequests.NO_BODY, this);
        else requests.send("INVITE", headers(), Descriptions.TYPE, descriptions.offer(), this);
    }

    private Consumer<SipWriter> headers() {
        return writer -> {
            writer.header(HeaderName.ALLOW, Validator.ALLOW).header(HeaderName.SUPPORTED, "timer"); // no 100rel: nothing rings here
            out.timerHeaders(writer);
        };
    }

    /** The session is over; what still comes for our INVITE is only acknowledged. */
    void end() {
        over = true;
        waiting.ifPresent(Timers.Timer::cancel);
        waiting = Optional.empty();
    }

    @Override
    public boolean wanted() { return !over; }

    @Override
    public void answered(SipMessage response, Hop from) {
        CSeq cseq = CSeq.of(response).orElseThrow();
        int status = response.status();
        if (status < 300 && cseq.method().equals("INVITE")) {
            boolean repeated = acknowledgedNumber == cseq.number();
            if (!repeated) {
                acknowledgedNumber = cseq.number();
                acknowledge = requests.ack(cseq.number());
            }
            acknowledge.run(); // of a repeated one: our ACK was lost, §13.2.2.4
            if (repeated) return;
        }
        Wish was = asked;
        asked = Wish.NOTHING;
        if (over || was == Wish.NOTHING) return;
        if (status < 300) agreed(response);
        else refused(response, was);
    }

    private void agreed(SipMessage response) {
        if (descriptions.awaitsAnswer()) {
            try {
                descriptions.accept(response.description());
            } catch (NoCommonCodec | MalformedSdp e) {
                out.dead(CallFailure.NO_COMMON_CODEC, 488, String.valueOf(e.getMessage()));
                return;
            }
        }
        requests.dialog().refreshTarget(response);
        out.agreed(response);
        proceed();
    }

    private void refused(SipMessage response, Wish was) {
        descriptions.refused(); // §14.1: the session stays as it was
        switch (response.status()) {
            case 408, 481 -> out.dead(CallFailure.UNREACHABLE, response.status(), response.phrase());
            case 422 -> {
                out.lengthen(SessionExpires.minimum(response));
                askAgain(was, 0);
            }
            case 491 -> askAgain(was, core.ids().between(ourCallId ? 210 : 0, ourCallId ? 401 : 201) * 10L * MILLI); // §14.1: in steps of 10 ms
            case 500, 503 -> askAgain(was, Math.clamp(RetryAfter.of(response).toSeconds(), 1, MAX_WAIT_SECONDS) * 1_000 * MILLI);
            case 405, 501 -> {
                boolean byUpdate = update && was == Wish.REFRESH;
                update = false;
                if (byUpdate) askAgain(was, 0);
            }
            default -> proceed();
        }
    }

    private void askAgain(Wish was, long afterNanos) {
        if (wish == Wish.NOTHING) wish = was;
        if (++again > MAX_AGAIN) wish = Wish.NOTHING;
        waiting = Optional.of(core.timers().at(core.timers().nowNanos() + afterNanos, () -> {
            waiting = Optional.empty();
            proceed();
        }));
    }

    @Override
    public void failed(CallFailure why) {
        asked = Wish.NOTHING;
        if (!over) out.dead(why, 408, "no answer to a request within the call");
    }
}
