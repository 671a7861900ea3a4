package org.infrafabric.sip;

import java.util.Optional;
import org.infrafabric.call.CallFailure;
import org.infrafabric.call.Leg;
import org.infrafabric.call.LegEnd;
import org.infrafabric.media.AudioPort;
import org.infrafabric.media.NoCommonCodec;
import org.infrafabric.sdp.MalformedSdp;
import org.infrafabric.time.Timers;

/** An answered call: one dialog, its audio, its session timer, and whoever listens to the leg (RFC 3261 §14, §15). Owner's thread only. */
final class Session implements Core.InDialog {
    private static final int MAX_WAIT_SECONDS = 10; // §14.2: Retry-After between 0 and 10

    private final Core core;
    private final Leg leg;
    private Leg.Listener listener;
    private final DialogRequests requests;
    private final Dialog dialog;
    private final Descriptions descriptions;
    private final String traceId;
    private final Modification modification;
    private final SessionTimer timer;
    private Optional<Timers.Timer> waking = Optional.empty();
    private Optional<AcceptedInvite> unconfirmed = Optional.empty();
    private Optional<String> byeWhenConfirmed = Optional.empty();
    private Optional<ReliableProvisional> reliable = Optional.empty();
    private SessionExpires interval;
    private boolean announced;
    private boolean over;

    /** @param ourCallId whether we made the call */
    Session(Core core, Leg leg, Leg.Listener listener, DialogRequests requests, Descriptions descriptions, String traceId,
            boolean ourCallId) {
        this.core = core;
        this.leg = leg;
        this.listener = listener;
        this.requests = requests;
        this.descriptions = descriptions;
        this.traceId = traceId;
        dialog = requests.dialog();
        interval = new SessionExpires(core.settings().sessionSeconds(), "");
        modification = new Modification(core, requests, descriptions, ourCallId, new Wishes());
        timer = new SessionTimer(new Clockwork());
        core.register(dialog.callId(), dialog.localTag(), this);
    }

    Dialog dialog() { return dialog; }

    boolean over() { return over; }

    /** A provisional of ours may still wait for its PRACK. */
    void expectPrack(ReliableProvisional provisional) {
        reliable = Optional.of(provisional);
    }

    /** The listener is told that the leg stands. */
    void announce() {
        if (announced || over) return;
        announced = true;
        listener.onAnswered(leg);
        modification.proceed();
    }

    /** The peer's 2xx to our INVITE or UPDATE: what it says of the session timer holds, RFC 4028 §7.2. */
    void answeredBy(SipMessage response) {
        learn(response);
        SessionExpires.of(response).ifPresentOrElse(agreed -> {
            interval = new SessionExpires(agreed.seconds(), "");
            timer.agreed(agreed.seconds(), !agreed.refresher().equals("uas"), core.timers().nowNanos());
        }, timer::off);
    }

    private void learn(SipMessage message) {
        if (message.count(HeaderName.ALLOW) > 0) modification.peerTakesUpdate(Validator.options(message, HeaderName.ALLOW).contains("update"));
    }

    /**
     * Answers an INVITE, the first or a later one, with 200, and repeats it until the ACK is there.
     *
     * @throws NoCommonCodec nothing was sent, and what was agreed before stands
     * @throws MalformedSdp likewise
     */
    byte[] accept(ServerTransaction invite) throws NoCommonCodec, MalformedSdp {
        SipMessage request = invite.request();
        byte[] description = !request.hasBody() ? descriptions.offer() // §13.3.1: no offer, so the 200 makes one
                : announced ? descriptions.answerAgain(request.description()) : descriptions.answer(request.description());
        SipWriter writer = invite.answer(200, Responses.phrase(200), dialog.localTag())
                .header(HeaderName.CONTACT, core.routes().contact(invite.from()))
                .header(HeaderName.ALLOW, Validator.ALLOW).header(HeaderName.SUPPORTED, Validator.SUPPORTED);
        grantTimer(request, writer);
        byte[] answer = writer.header(HeaderName.SERVER, core.settings().product()).end(Descriptions.TYPE, description);
        learn(request);
        unconfirmed = Optional.of(new AcceptedInvite(core.timers(), invite, answer, this::onUnconfirmed));
        return answer;
    }

    /** RFC 4028 §9: who refreshes, and how often. A caller that knows no timers is refreshed by us. */
    private void grantTimer(SipMessage request, SipWriter answer) {
        if (interval.seconds() == 0) return;
        Optional<SessionExpires> wanted = SessionExpires.of(request);
        boolean known = Validator.options(request, HeaderName.SUPPORTED).contains("timer");
        long seconds = Math.max(SessionExpires.MIN_SECONDS,
                wanted.map(SessionExpires::seconds).orElse(Math.max(interval.seconds(), SessionExpires.minimum(request))));
        String refresher = known ? wanted.map(SessionExpires::refresher).filter(who -> !who.isEmpty()).orElse("uac") : "uas";
        answer.header(HeaderName.SESSION_EXPIRES, new SessionExpires(seconds, refresher).text());
        if (refresher.equals("uac")) answer.header(HeaderName.REQUIRE, "timer");
        interval = new SessionExpires(seconds, "");
        timer.agreed(seconds, refresher.equals("uas"), core.timers().nowNanos());
    }

    /** RFC 4028 §9. */
    static boolean tooShort(SipMessage request) {
        return SessionExpires.of(request).filter(wanted -> wanted.seconds() < SessionExpires.MIN_SECONDS).isPresent()
                && Validator.options(request, HeaderName.SUPPORTED).contains("timer");
    }

    // --- what the peer asks ------------------------------------------------------------------------------------------------------------

    @Override
    public void onRequest(ServerTransaction transaction) {
        if (over || !transaction.request().fromTag().equals(dialog.remoteTag())) {
            core.replies().refuse(transaction, 481, "");
            return;
        }
        if (!dialog.accept(transaction.number())) { // §12.2.2
            core.replies().refuse(transaction, 500, "CSeq out of order");
            return;
        }
        switch (transaction.method()) {
            case "BYE" -> onBye(transaction);
            case "INVITE" -> onReinvite(transaction);
            case "UPDATE" -> onUpdate(transaction);
            case "PRACK" -> {
                if (reliable.filter(provisional -> provisional.onPrack(transaction.request())).isPresent()) core.replies().confirm(transaction);
                else core.replies().refuse(transaction, 481, "");
            }
            case "OPTIONS" -> core.replies().options(transaction);
            default -> core.replies().confirm(transaction); // INFO
        }
    }

    /** Peers hold, resume and move by it; the answer's direction mirrors theirs. */
    private void onReinvite(ServerTransaction transaction) {
        if (confirming()) { // §14.2: the one before is not over
            core.replies().refuseForNow(transaction, 500, "Previous INVITE pending", (int) core.ids().between(0, MAX_WAIT_SECONDS + 1));
        } else if (modification.inviting() || descriptions.awaitsAnswer()) {
            core.replies().refuse(transaction, 491, "");
        } else if (tooShort(transaction.request())) {
            core.replies().tooShort(transaction);
        } else if (transaction.request().hasBody() && !Validator.isSdp(transaction.request())) {
            core.replies().refuse(transaction, 415, "");
        } else {
            try {
                accept(transaction);
                dialog.refreshTarget(transaction.request());
            } catch (NoCommonCodec e) {
                core.replies().refuseMedia(transaction); // §14.2: the session stays as it was
            } catch (MalformedSdp e) {
                core.replies().refuse(transaction, 400, "Malformed session description");
            }
        }
    }

    /** RFC 3311 §5.2; most are refreshes. */
    private void onUpdate(ServerTransaction transaction) {
        SipMessage request = transaction.request();
        if (tooShort(request)) {
            core.replies().tooShort(transaction);
            return;
        }
        if (request.hasBody() && (modification.inviting() || descriptions.awaitsAnswer())) {
            core.replies().refuse(transaction, 491, "");
            return;
        }
        try {
            byte[] description = request.hasBody() ? descriptions.answerAgain(request.description()) : DialogRequests.NO_BODY;
            dialog.refreshTarget(request);
            core.replies().confirm(transaction, answer -> {
                answer.header(HeaderName.CONTACT, core.routes().contact(transaction.from()));
                grantTimer(request, answer);
            }, Descriptions.TYPE, description);
        } catch (NoCommonCodec e) {
            core.replies().refuseMedia(transaction);
        } catch (MalformedSdp e) {
            core.replies().refuse(transaction, 400, "Malformed session description");
        }
    }

    private void onBye(ServerTransaction transaction) {
        core.replies().confirm(transaction);
        core.journal(SipJournal.Kind.BYE_RECEIVED, traceId, dialog.callId(), dialog.party(), transaction.from(), 0, "",
                transaction.request().bytes());
        end(new LegEnd(Optional.empty(), true, 200, transaction.request().text(HeaderName.REASON)));
    }

    @Override
    public void onAck(SipMessage ack) {
        AcceptedInvite accepted = unconfirmed.orElse(null);
        if (accepted == null || CSeq.of(ack).map(CSeq::number).orElse(-1L) != accepted.number()) return; // of an INVITE before
        boolean first = !accepted.confirmed();
        accepted.onAck();
        if (!first || over && byeWhenConfirmed.isEmpty()) return;
        if (byeWhenConfirmed.isPresent()) {
            sendByeNow();
            return;
        }
        if (descriptions.awaitsAnswer() && !settle(ack)) return;
        announce();
        modification.proceed();
    }

    /** Our offer went out in the 200; the ACK has the answer, §13.2.1. */
    private boolean settle(SipMessage ack) {
        try {
            descriptions.accept(ack.description());
            return true;
        } catch (NoCommonCodec | MalformedSdp e) {
            fail(CallFailure.NO_COMMON_CODEC, 488, "no common codec");
            return false;
        }
    }

    // --- what we do --------------------------------------------------------------------------------------------------------------------

    /** Tells the peer to wait, or to talk again, RFC 3264 §8.4. False when the call is over. */
    boolean hold(boolean held) {
        if (over) return false;
        if (descriptions.hold(held)) modification.offer();
        return true;
    }

    /** Goes on through another port, and tells somebody else. False when the call is over, or not confirmed yet. */
    boolean move(AudioPort to, Leg.Listener next) {
        if (over || !announced) return false;
        listener = next;
        descriptions.move(to);
        modification.offer();
        return true;
    }

    /** Ends it from our side. A callee may not send BYE before its 2xx is acknowledged, §15: then it waits for that. */
    void hangUp(String reason) {
        if (over) return;
        String value = Core.reason("Q.850", 16, reason);
        if (confirming() && !announced) byeWhenConfirmed = Optional.of(value);
        else sendBye(value);
        end(new LegEnd(Optional.empty(), false, 0, reason));
    }

    /** Ends it because it cannot go on. */
    void fail(CallFailure why, int cause, String words) {
        if (over) return;
        sendBye(Core.reason("SIP", cause, words));
        end(new LegEnd(Optional.of(why), false, cause, words));
    }

    /** Ends it before anything was agreed: the INVITE has been refused. */
    void abandon(LegEnd how) {
        if (!over) end(how);
    }

    private boolean confirming() { return unconfirmed.filter(accepted -> !accepted.confirmed()).isPresent(); }

    /** §13.3.1.4: the dialog stands, but should be ended. */
    private void onUnconfirmed() {
        if (byeWhenConfirmed.isPresent()) sendByeNow();
        else fail(CallFailure.UNREACHABLE, 408, "no ACK");
    }

    private void sendByeNow() {
        byeWhenConfirmed.ifPresent(this::sendBye);
        byeWhenConfirmed = Optional.empty();
        core.forget(dialog.callId(), dialog.localTag());
    }

    private void sendBye(String reason) {
        core.part(dialog.callId(), dialog.localTag());
        requests.bye(reason, new DialogRequests.Reply() {
            @Override
            public void sent(Hop hop, byte[] bye) {
                core.journal(SipJournal.Kind.BYE_SENT, traceId, dialog.callId(), dialog.party(), hop, 0, reason, bye);
            }

            @Override
            public void answered(SipMessage response, Hop from) { core.parted(dialog.callId(), dialog.localTag()); }

            @Override
            public void failed(CallFailure why) { core.parted(dialog.callId(), dialog.localTag()); }
        });
    }

    private void end(LegEnd how) {
        over = true;
        timer.off();
        modification.end();
        if (byeWhenConfirmed.isEmpty()) {
            unconfirmed.ifPresent(AcceptedInvite::onAck);
            core.forget(dialog.callId(), dialog.localTag());
        }
        core.later(() -> listener.onEnded(leg, how));
    }

    /** What {@link SessionTimer} asks of the world. */
    private final class Clockwork implements SessionTimer.Out {
        @Override
        public void wakeAt(long dueNanos) {
            sleep();
            waking = Optional.of(core.timers().at(dueNanos, () -> timer.onWake(core.timers().nowNanos())));
        }

        @Override
        public void sleep() {
            waking.ifPresent(Timers.Timer::cancel);
            waking = Optional.empty();
        }

        @Override
        public void refresh() { modification.refresh(); }

        @Override
        public void expired() { fail(CallFailure.UNREACHABLE, 408, "the session was not refreshed in time"); }
    }

    /** What {@link Modification} asks of the session. */
    private final class Wishes implements Modification.Out {
        @Override
        public boolean free() { return !over && announced && !confirming() && !descriptions.awaitsAnswer(); }

        @Override
        public void timerHeaders(SipWriter request) {
            if (interval.seconds() == 0) return;
            String refresher = switch (timer.state()) { // roles stay as they are, RFC 4028 §7.4
                case REFRESHING -> "uac";
                case WATCHING -> "uas";
                case OFF -> "";
            };
            request.header(HeaderName.SESSION_EXPIRES, new SessionExpires(interval.seconds(), refresher).text());
            if (interval.seconds() > core.settings().sessionSeconds()) request.header(HeaderName.MIN_SE, Long.toString(interval.seconds()));
        }

        @Override
        public void agreed(SipMessage answer) { answeredBy(answer); }

        @Override
        public void lengthen(long minimumSeconds) { interval = new SessionExpires(Math.max(interval.seconds(), minimumSeconds), ""); }

        @Override
        public void dead(CallFailure why, int status, String words) { fail(why, status, words); }
    }
}
