package org.infrafabric.sip;

import java.util.List;
import java.util.Optional;
import org.infrafabric.call.CallFailure;
import org.infrafabric.call.IncomingCall;
import org.infrafabric.call.Leg;
import org.infrafabric.call.LegEnd;
import org.infrafabric.call.Provenance;
import org.infrafabric.media.AudioPort;
import org.infrafabric.media.NoCommonCodec;
import org.infrafabric.sdp.MalformedSdp;
import org.infrafabric.time.Timers;

/** A call that comes in, RFC 3261 §13.3, with the early dialog that its ringing makes. Owner's thread only. */
final class IncomingInvite implements IncomingCall, Core.InDialog {
    /** Proxies forget a call that says nothing for three minutes; each minute the provisional is repeated, §13.3.1.1. */
    private static final long REPEAT_NANOS = 60_000_000_000L;
    private static final long MAX_FIRST_SEQUENCE = 1L << 31; // RFC 3262 §3

    private final Core core;
    private final ServerTransaction transaction;
    private final Optional<Provenance> provenance;
    private final boolean authenticated;
    private final boolean noted;
    private final Dialog dialog;
    private Optional<Runnable> cancelled = Optional.empty();
    private Optional<Timers.Timer> repeating = Optional.empty();
    private Optional<ReliableProvisional> reliable = Optional.empty();
    private boolean settled;

    /**
     * @param authenticated the caller has proven who it is by a password
     * @param noted whether it is written down though nothing comes of it
     * @throws IllegalArgumentException when no dialog can be made of the INVITE; the message may go to the peer
     */
    IncomingInvite(Core core, ServerTransaction transaction, Optional<Provenance> provenance, boolean authenticated, boolean noted) {
        this.core = core;
        this.transaction = transaction;
        this.provenance = provenance;
        this.authenticated = authenticated;
        this.noted = noted;
        dialog = Dialog.callee(transaction.request(), core.ids().tag());
        core.register(callId(), dialog.localTag(), this); // the 180 will make an early dialog, §12.1.1
    }

    String callId() { return dialog.callId(); }

    @Override
    public String from() { return dialog.party(); }

    @Override
    public String to() { return Core.party(dialog.local()); }

    @Override
    public String source() { return Addresses.text(transaction.from().remote()); }

    @Override
    public Optional<Provenance> provenance() { return provenance; }

    @Override
    public boolean authenticated() { return authenticated; }

    @Override
    public void ring() {
        if (settled) return;
        if (reliable.isPresent()) return;
        if (Validator.options(transaction.request(), HeaderName.REQUIRE).contains("100rel")) ringReliably();
        else ringPlainly();
    }

    private void ringPlainly() {
        transaction.respond(180, ringing().end());
        repeating.ifPresent(Timers.Timer::cancel);
        repeating = Optional.of(core.timers().at(core.timers().nowNanos() + REPEAT_NANOS, this::ring));
    }

    private SipWriter ringing() {
        return transaction.answer(180, Responses.phrase(180), dialog.localTag()).header(HeaderName.CONTACT, core.routes().contact(transaction.from()))
                .header(HeaderName.ALLOW, Validator.ALLOW).header(HeaderName.SERVER, core.settings().product());
    }

    /** RFC 3262 §3. Without an offer in the INVITE the first reliable response would have to make one (RFC 3261 §13.2.1): then only the 200 speaks. */
    private void ringReliably() {
        if (!transaction.request().hasBody()) return;
        long sequence = core.ids().between(1, MAX_FIRST_SEQUENCE);
        byte[] ringing = ringing().header(HeaderName.REQUIRE, "100rel").header(HeaderName.RSEQ, Long.toString(sequence)).end();
        ReliableProvisional provisional = new ReliableProvisional(sequence, transaction.number(), new Ringing(ringing));
        reliable = Optional.of(provisional);
        provisional.start(core.timers().nowNanos());
    }

    /** What {@link ReliableProvisional} asks of the world. */
    private final class Ringing implements ReliableProvisional.Out {
        private final byte[] ringing;

        Ringing(byte[] ringing) { this.ringing = ringing; }

        @Override
        public void sendProvisional() { transaction.respond(180, ringing); }

        @Override
        public void wakeAt(long dueNanos) {
            repeating = Optional.of(core.timers().at(dueNanos, () -> reliable.ifPresent(it -> it.onWake(core.timers().nowNanos()))));
        }

        @Override
        public void unacknowledged() { giveUp(504, "no PRACK"); }
    }

    @Override
    public Leg answer(AudioPort audio, Leg.Listener listener) {
        Answered leg = new Answered(audio, listener);
        if (settled) { // the caller gave up in the same moment
            leg.session.abandon(new LegEnd(Optional.of(CallFailure.CANCELLED), true, 487, "cancelled by the caller"));
            return leg;
        }
        settle();
        leg.accept();
        return leg;
    }

    @Override
    public void refuse(CallFailure why) {
        if (settled) return;
        close();
        boolean stranger = provenance.isEmpty() && (why == CallFailure.DENIED_BY_GUARD || why == CallFailure.OVERLOAD);
        if (stranger) core.replies().refuseOnce(transaction, why.sipStatus(), "");
        else core.replies().refuse(transaction, why.sipStatus(), "");
        journal(SipJournal.Kind.INVITE_REFUSED, why.sipStatus(), why.label(), DialogRequests.NO_BODY);
    }

    @Override
    public void onCancelled(Runnable action) { cancelled = Optional.of(action); }

    void onCancel(SipMessage cancel) {
        if (settled) return;
        close();
        core.replies().refuse(transaction, 487, "");
        journal(SipJournal.Kind.CANCEL_RECEIVED, 487, "", cancel.bytes());
        cancelled.ifPresent(Runnable::run);
    }

    private void giveUp(int status, String words) {
        if (settled) return;
        close();
        refuse(status, words);
        cancelled.ifPresent(Runnable::run);
    }

    private void refuse(int status, String words) {
        core.replies().refuse(transaction, status, "");
        journal(SipJournal.Kind.INVITE_REFUSED, status, words, DialogRequests.NO_BODY);
    }

    /** Nothing comes of it. */
    private void close() {
        settle();
        core.forget(callId(), dialog.localTag());
    }

    private void settle() {
        settled = true;
        reliable.ifPresent(ReliableProvisional::stop);
        repeating.ifPresent(Timers.Timer::cancel);
        core.settled(transaction);
    }

    // --- the early dialog --------------------------------------------------------------------------------------------------------------

    @Override
    public void onRequest(ServerTransaction request) {
        if (!request.request().fromTag().equals(dialog.remoteTag())) {
            core.replies().refuse(request, 481, "");
        } else if (!dialog.accept(request.number())) { // §12.2.2
            core.replies().refuse(request, 500, "CSeq out of order");
        } else {
            switch (request.method()) {
                case "BYE" -> onBye(request);
                case "PRACK" -> {
                    if (reliable.filter(provisional -> provisional.onPrack(request.request())).isPresent()) core.replies().confirm(request);
                    else core.replies().refuse(request, 481, "");
                }
                case "UPDATE" -> {
                    if (request.request().hasBody())
                        core.replies().refuseForNow(request, 500, "The first offer is not answered", Intake.RETRY_SECONDS);
                    else
                        core.replies().confirm(request); // RFC 3311 §5.2
                }
                case "INVITE" -> core.replies().refuseForNow(request, 500, "Previous INVITE pending", Intake.RETRY_SECONDS); // §14.2
                case "OPTIONS" -> core.replies().options(request);
                default -> core.replies().confirm(request); // INFO
            }
        }
    }

    /** §15: a caller may hang up on what still rings; the INVITE gets its own answer. */
    private void onBye(ServerTransaction bye) {
        core.replies().confirm(bye);
        close();
        core.replies().refuse(transaction, 487, "");
        journal(SipJournal.Kind.BYE_RECEIVED, 0, "while it rang", bye.request().bytes());
        cancelled.ifPresent(Runnable::run);
    }

    @Override
    public void onAck(SipMessage ack) {}

    private void journal(SipJournal.Kind kind, int status, String detail, byte[] message) {
        if (noted || kind == SipJournal.Kind.INVITE_ACCEPTED)
            core.journal(kind, provenance, callId(), from(), transaction.from(), status, detail, message);
    }

    /** The leg that it becomes. */
    private final class Answered implements Leg {
        private AudioPort audio;
        private final Session session;

        Answered(AudioPort audio, Listener listener) {
            this.audio = audio;
            DialogRequests requests = new DialogRequests(core, dialog, transaction.from(), new DigestClient(core.access().credentials(), core.ids()));
            session = new Session(core, this, listener, requests, new Descriptions(audio, core.ids().sessionId()),
                    provenance.map(Provenance::traceId).orElse(""), false);
            reliable.ifPresent(session::expectPrack);
        }

        private void accept() {
            try {
                byte[] answer = session.accept(transaction);
                journal(SipJournal.Kind.INVITE_ACCEPTED, 200, "", answer);
            } catch (NoCommonCodec e) {
                core.replies().refuseMedia(transaction);
                abandon(488);
            } catch (MalformedSdp e) {
                core.replies().refuse(transaction, 400, "Malformed session description");
                abandon(400);
            }
        }

        private void abandon(int status) {
            journal(SipJournal.Kind.INVITE_REFUSED, status, "no common codec", DialogRequests.NO_BODY);
            session.abandon(new LegEnd(Optional.of(CallFailure.NO_COMMON_CODEC), false, status, "no common codec"));
        }

        @Override
        public String id() { return callId(); }

        @Override
        public String resumeToken() {
            Endpoint.Protocol protocol = transaction.from().protocol();
            return new ResumeToken(provenance.map(Provenance::traceId).orElse(""), true, protocol, "", "", callId(), dialog.localTag(),
                    dialog.remoteTag(), dialog.local(), dialog.remote(), dialog.target(), List.copyOf(dialog.routes()), dialog.localNumber()).json();
        }

        @Override
        public AudioPort audio() { return audio; }

        /** Already answered. */
        @Override
        public void dial() { throw new IllegalStateException("a leg that came in is not dialled"); }

        @Override
        public void hangUp(String reason) { session.hangUp(reason); }

        @Override
        public boolean hold() { return session.hold(true); }

        @Override
        public boolean resume() { return session.hold(false); }

        @Override
        public boolean move(AudioPort to, Leg.Listener next) {
            if (!session.move(to, next)) return false;
            audio = to;
            return true;
        }
    }
}
