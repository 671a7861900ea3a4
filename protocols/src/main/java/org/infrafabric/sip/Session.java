package org.infrafabric.sip;

import java.util.Optional;
import java.util.function.Consumer;
import org.infrafabric.call.CallFailure;
import org.infrafabric.call.Leg;
import org.infrafabric.call.LegEnd;
import org.infrafabric.call.Provenance;
import org.infrafabric.sdp.MalformedSdp;
import org.infrafabric.media.NoCommonCodec;

/** An answered call: one dialog, its audio, and whoever listens to the leg (RFC 3261 §14, §15). Owner's thread only. */
final class Session implements Core.InDialog {
    private static final int GLARE_SECONDS = 5;

    private final Core core;
    private final Leg leg;
    private final Leg.Listener listener;
    private final Dialog dialog;
    private final Descriptions descriptions;
    private final Optional<Provenance> provenance;
    private final Hop seen;
    private Optional<AnswerRetransmission> unconfirmed = Optional.empty();
    private Optional<String> byeWhenConfirmed = Optional.empty();
    private long answeredNumber = -1;
    private boolean announced;
    private boolean over;

    /** @param seen where the peer's messages came from when the dialog was made */
    Session(Core core, Leg leg, Leg.Listener listener, Dialog dialog, Descriptions descriptions, Optional<Provenance> provenance, Hop seen) {
        this.core = core;
        this.leg = leg;
        this.listener = listener;
        this.dialog = dialog;
        this.descriptions = descriptions;
        this.provenance = provenance;
        this.seen = seen;
        core.register(dialog.callId(), dialog.localTag(), this);
    }

    Dialog dialog() { return dialog; }

    boolean over() { return over; }

    /** The listener is told that the leg stands. */
    void announce() {
        if (announced || over) return;
        announced = true;
        listener.onAnswered(leg);
    }

    /**
     * Answers an INVITE, the first or a later one, with 200, and repeats it until the ACK is there.
     *
     * @throws NoCommonCodec nothing was sent, and what was agreed before stands
     * @throws MalformedSdp likewise
     */
    byte[] accept(ServerTransaction invite) throws NoCommonCodec, MalformedSdp {
        SipMessage request = invite.request();
        byte[] description = request.hasBody() ? descriptions.answer(request.body()) : descriptions.offer(); // §13.3.1: no offer, so 200 makes one
        byte[] answer = invite.answer(200, "OK", dialog.localTag()).header(HeaderName.CONTACT, core.contact(invite.from()))
                .header(HeaderName.ALLOW, Validator.ALLOW).header(HeaderName.SERVER, core.settings().product()).end(Descriptions.TYPE, description);
        answeredNumber = invite.number();
        Repeating repeating = new Repeating(invite, answer);
        AnswerRetransmission retransmission = new AnswerRetransmission(repeating, core.timers().nowNanos());
        repeating.machine = Optional.of(retransmission);
        unconfirmed = Optional.of(retransmission);
        return answer;
    }

    @Override
    public void onRequest(ServerTransaction transaction) {
        if (over || !transaction.request().fromTag().equals(dialog.remoteTag())) {
            core.refuse(transaction, 481, "");
            return;
        }
        if (!dialog.accept(transaction.number())) { // §12.2.2
            core.refuse(transaction, 500, "CSeq out of order");
            return;
        }
        switch (transaction.method()) {
            case "BYE" -> onBye(transaction);
            case "INVITE" -> onReinvite(transaction);
            case "OPTIONS" -> core.answerOptions(transaction);
            default -> transaction.respond(200, transaction.answer(200, "OK", "").header(HeaderName.SERVER, core.settings().product()).end()); // INFO
        }
    }

    /** Peers hold, resume and move by it; the answer's direction mirrors theirs. */
    private void onReinvite(ServerTransaction transaction) {
        if (unconfirmed.filter(answer -> !answer.confirmed()).isPresent()) { // §14.2: the one before is not over
            transaction.respond(500,
                    transaction.answer(500, "Previous INVITE pending", "").header(HeaderName.RETRY_AFTER, Integer.toString(GLARE_SECONDS)).end());
            return;
        }
        if (transaction.request().hasBody() && !Validator.isSdp(transaction.request())) {
            core.refuse(transaction, 415, "");
            return;
        }
        try {
            accept(transaction);
            dialog.refreshTarget(transaction.request());
        } catch (NoCommonCodec e) {
            core.refuse(transaction, 488, ""); // §14.2: the session stays as it was
        } catch (MalformedSdp e) {
            core.refuse(transaction, 400, "Malformed session description");
        }
    }

    private void onBye(ServerTransaction transaction) {
        transaction.respond(200, transaction.answer(200, "OK", "").header(HeaderName.SERVER, core.settings().product()).end());
        core.journal(SipJournal.Kind.BYE_RECEIVED, provenance, dialog.callId(), Core.party(dialog.remote()), transaction.from(), 0, "",
                transaction.request().bytes());
        end(new LegEnd(Optional.empty(), true, 200, words(transaction.request())));
    }

    @Override
    public void onAck(SipMessage ack) {
        if (CSeq.of(ack).map(CSeq::number).orElse(-1L) != answeredNumber) return; // of an INVITE before
        boolean first = unconfirmed.filter(answer -> !answer.confirmed()).isPresent();
        unconfirmed.ifPresent(AnswerRetransmission::onAck);
        if (!first || over && byeWhenConfirmed.isEmpty()) return;
        if (byeWhenConfirmed.isPresent()) {
            sendBye(byeWhenConfirmed.get());
            byeWhenConfirmed = Optional.empty();
            core.forget(dialog.callId(), dialog.localTag());
            return;
        }
        if (descriptions.awaitsAnswer() && !settle(ack)) return;
        announce();
    }

    /** Our offer went out in the 200; the ACK has the answer, §13.2.1. */
    private boolean settle(SipMessage ack) {
        try {
            descriptions.accept(ack.body());
            return true;
        } catch (NoCommonCodec | MalformedSdp e) {
            fail(CallFailure.NO_COMMON_CODEC, 488, "no common codec");
            return false;
        }
    }

    /** Ends it from our side. A callee may not send BYE before its 2xx is acknowledged, §15: then it waits for that. */
    void hangUp(String reason) {
        if (over) return;
        String value = Core.reason("Q.850", 16, reason);
        if (unconfirmed.filter(answer -> !answer.confirmed()).isPresent()) byeWhenConfirmed = Optional.of(value);
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

    private void sendBye(String reason) {
        toPeer(hop -> {
            byte[] bye = core.bye(dialog, hop, reason);
            core.journal(SipJournal.Kind.BYE_SENT, provenance, dialog.callId(), Core.party(dialog.remote()), hop, 0, reason, bye);
        });
    }

    /** Where requests in this dialog go. */
    void toPeer(Consumer<Hop> action) { core.route(dialog.nextHop(), seen, action); }

    private void end(LegEnd how) {
        over = true;
        if (byeWhenConfirmed.isEmpty()) {
            unconfirmed.ifPresent(AnswerRetransmission::onAck);
            core.forget(dialog.callId(), dialog.localTag());
        }
        core.later(() -> listener.onEnded(leg, how));
    }

    private static String words(SipMessage bye) { return bye.text(HeaderName.REASON); }

    /** What {@link AnswerRetransmission} asks of the world. */
    private final class Repeating implements AnswerRetransmission.Out {
        private final ServerTransaction invite;
        private final byte[] answer;
        private Optional<AnswerRetransmission> machine = Optional.empty();

        Repeating(ServerTransaction invite, byte[] answer) {
            this.invite = invite;
            this.answer = answer;
        }

        @Override
        public void sendAnswer() { invite.respond(200, answer); }

        @Override
        public void wakeAt(long dueNanos) {
            core.timers().at(dueNanos, () -> machine.ifPresent(m -> m.onWake(core.timers().nowNanos())));
        }

        /** §13.3.1.4: the dialog stands, but should be ended. */
        @Override
        public void unconfirmed() {
            if (byeWhenConfirmed.isPresent()) {
                sendBye(byeWhenConfirmed.get());
                core.forget(dialog.callId(), dialog.localTag());
            } else {
                fail(CallFailure.UNREACHABLE, 408, "no ACK");
            }
        }
    }
}
