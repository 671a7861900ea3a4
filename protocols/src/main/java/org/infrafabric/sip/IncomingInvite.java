package org.infrafabric.sip;

import java.util.List;
import java.util.Optional;
import org.infrafabric.call.CallFailure;
import org.infrafabric.call.IncomingCall;
import org.infrafabric.call.Leg;
import org.infrafabric.call.LegEnd;
import org.infrafabric.call.Provenance;
import org.infrafabric.media.AudioPort;
import org.infrafabric.sdp.MalformedSdp;
import org.infrafabric.media.NoCommonCodec;
import org.infrafabric.time.Timers;

/** A call that comes in, RFC 3261 §13.3. Owner's thread only. */
final class IncomingInvite implements IncomingCall {
    /** Proxies forget a call that says nothing for three minutes; each minute the provisional is repeated, §13.3.1.1. */
    private static final long REPEAT_NANOS = 60_000_000_000L;

    private final Core core;
    private final ServerTransaction transaction;
    private final Optional<Provenance> provenance;
    private final boolean noted;
    private final Dialog dialog;
    private Optional<Runnable> cancelled = Optional.empty();
    private Optional<Timers.Timer> repeating = Optional.empty();
    private boolean settled;

    /**
     * @param noted whether it is written down though nothing comes of it
     * @throws IllegalArgumentException when no dialog can be made of the INVITE; the message may go to the peer
     */
    IncomingInvite(Core core, ServerTransaction transaction, Optional<Provenance> provenance, boolean noted) {
        this.core = core;
        this.transaction = transaction;
        this.provenance = provenance;
        this.noted = noted;
        dialog = Dialog.callee(transaction.request(), core.ids().tag());
    }

    String callId() { return dialog.callId(); }

    @Override
    public String from() { return Core.party(dialog.remote()); }

    @Override
    public String to() { return Core.party(dialog.local()); }

    @Override
    public String source() { return Addresses.text(transaction.from().remote()); }

    @Override
    public Optional<Provenance> provenance() { return provenance; }

    @Override
    public void ring() {
        if (settled) return;
        transaction.respond(180, transaction.answer(180, "Ringing", dialog.localTag()).header(HeaderName.CONTACT, core.contact(transaction.from()))
                .header(HeaderName.SERVER, core.settings().product()).end());
        repeating.ifPresent(Timers.Timer::cancel);
        repeating = Optional.of(core.timers().at(core.timers().nowNanos() + REPEAT_NANOS, this::ring));
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
        settle();
        refuse(why.sipStatus(), why.label());
    }

    @Override
    public void onCancelled(Runnable action) { cancelled = Optional.of(action); }

    void onCancel(SipMessage cancel) {
        if (settled) return;
        settle();
        core.refuse(transaction, 487, "");
        journal(SipJournal.Kind.CANCEL_RECEIVED, 487, "", cancel.bytes());
        cancelled.ifPresent(Runnable::run);
    }

    private void refuse(int status, String words) {
        core.refuse(transaction, status, "");
        journal(SipJournal.Kind.INVITE_REFUSED, status, words, new byte[0]);
    }

    private void settle() {
        settled = true;
        repeating.ifPresent(Timers.Timer::cancel);
        core.settled(transaction);
    }

    private void journal(SipJournal.Kind kind, int status, String detail, byte[] message) {
        if (noted || kind == SipJournal.Kind.INVITE_ACCEPTED)
            core.journal(kind, provenance, callId(), from(), transaction.from(), status, detail, message);
    }

    /** The leg that it becomes. */
    private final class Answered implements Leg {
        private final AudioPort audio;
        private final Session session;

        Answered(AudioPort audio, Listener listener) {
            this.audio = audio;
            session = new Session(core, this, listener, dialog, new Descriptions(audio, core.ids().sessionId()), provenance, transaction.from());
        }

        private void accept() {
            try {
                byte[] answer = session.accept(transaction);
                journal(SipJournal.Kind.INVITE_ACCEPTED, 200, "", answer);
            } catch (NoCommonCodec e) {
                abandon(488);
            } catch (MalformedSdp e) {
                abandon(400);
            }
        }

        private void abandon(int status) {
            IncomingInvite.this.refuse(status, "no common codec");
            session.abandon(new LegEnd(Optional.of(CallFailure.NO_COMMON_CODEC), false, status, "no common codec"));
        }

        @Override
        public String id() { return callId(); }

        @Override
        public String resumeToken() {
            Endpoint.Protocol protocol = transaction.from().protocol();
            return new ResumeToken(provenance.map(Provenance::traceId).orElse(""), true, protocol, "", "", callId(), dialog.localTag(),
                    dialog.remoteTag(), dialog.local(), dialog.remote(),
                    dialog.target(),
                    List.copyOf(dialog.routes()), dialog.localNumber()).json();
        }

        @Override
        public AudioPort audio() { return audio; }

        /** Already answered. */
        @Override
        public void dial() { throw new IllegalStateException("a leg that came in is not dialled"); }

        @Override
        public void hangUp(String reason) { session.hangUp(reason); }
    }
}
