package org.infrafabric.sip;

import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.infrafabric.call.CallFailure;
import org.infrafabric.call.CallOrder;
import org.infrafabric.call.Leg;
import org.infrafabric.call.LegEnd;
import org.infrafabric.media.AudioPort;
import org.infrafabric.media.NoCommonCodec;
import org.infrafabric.sdp.MalformedSdp;

/**
 * A call that we make, RFC 3261 §13.2: from the first INVITE through challenges, redirection, ringing and forks to the one dialog that stays. Owner's thread only.
 */
final class OutgoingLeg implements Leg, Core.InDialog {
    /** A proxy may fork; answers of more phones than these are not ended one by one. */
    private static final int MAX_FORKS = 16;
    /** INVITEs of one leg: challenges, a longer session, another transport, three other targets. */
    private static final int MAX_ATTEMPTS = 10;

    private enum State {
        PREPARED, CALLING, ANSWERED, ENDED
    }

    private final Core core;
    private final CallOrder order;
    private final Listener listener; // until the answer; the session has it then
    private final SipUri target;
    private final InviteForm form;
    private final DigestClient digest;
    private final Descriptions descriptions;
    private final Forks forks;
    private final Map<String, Runnable> acks = new HashMap<>();
    private final Deque<String> elsewhere = new ArrayDeque<>();
    private final Set<String> tried = new HashSet<>();
    private State state = State.PREPARED;
    private AudioPort audio;
    private InviteAttempt attempt;
    private SessionExpires wish;
    private Optional<Session> session = Optional.empty();
    private Optional<String> cancelReason = Optional.empty();
    private boolean redirected;
    private boolean denied;
    private boolean rung;

    /** @throws IllegalArgumentException when the target cannot be called from here */
    OutgoingLeg(Core core, CallOrder order, Listener listener) {
        this.core = core;
        this.order = order;
        this.listener = listener;
        try {
            target = SipUri.parse(order.target());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("\"" + order.target() + "\" cannot be called: " + e.getMessage(), e);
        }
        if (target.scheme().equals("sips")) throw new IllegalArgumentException("\"" + order.target() + "\" cannot be called: sips needs TLS");
        Endpoint.Protocol protocol = Routes.protocol(target);
        Optional<InetSocketAddress> remote = Routes.literal(target);
        form = new InviteForm(core, order, target, core.ids().callId(), core.ids().tag());
        digest = new DigestClient(core.access().credentials(), core.ids());
        audio = order.audio();
        descriptions = new Descriptions(audio, core.ids().sessionId());
        forks = new Forks(core, form.localTag(), digest, descriptions);
        InviteAttempt.Parts parts = new InviteAttempt.Parts(core, form, descriptions.offer(), digest, new Sending());
        wish = new SessionExpires(core.settings().sessionSeconds(), "");
        String uri = target.bare() + (protocol == Endpoint.Protocol.TCP ? ";transport=tcp" : "");
        Hop hop = new Hop(protocol, remote.orElse(InetSocketAddress.createUnresolved(target.host(), Math.max(0, target.port()))), 0);
        attempt = new InviteAttempt(parts, uri, hop, remote.isPresent(), wish);
        tried.add(target.bare());
    }

    @Override
    public String id() { return form.callId(); }

    @Override
    public AudioPort audio() { return audio; }

    @Override
    public String resumeToken() {
        String traceId = order.traceId();
        InviteAttempt last = attempt;
        if (session.isPresent()) {
            Dialog dialog = session.get().dialog();
            return new ResumeToken(traceId, true, last.hop().protocol(), last.via(), last.branch(), id(), form.localTag(), dialog.remoteTag(),
                    dialog.local(),
                    dialog.remote(), dialog.target(), dialog.routes(), dialog.localNumber()).json();
        }
        return new ResumeToken(traceId, false, last.hop().protocol(), last.via(), last.branch(), id(), form.localTag(), "", form.from(), form.to(),
                last.uri(),
                List.of(), last.number()).json();
    }

    @Override
    public void dial() {
        if (state != State.PREPARED) throw new IllegalStateException("a leg is dialled once");
        state = State.CALLING;
        core.register(id(), form.localTag(), this);
        InviteAttempt first = attempt;
        if (!first.hop().remote().isUnresolved()) {
            first.send();
            return;
        }
        core.routes().locate(first.uri(), hop -> {
            if (state != State.CALLING) return;
            if (hop.isPresent()) become(first.at(hop.get()));
            else finish(CallFailure.UNREACHABLE, false, 0, target.host() + " has no address");
        });
    }

    /** Another INVITE takes the place of the one before. What ends it after a restart is kept first, wherever that is other. */
    private void become(InviteAttempt next) {
        InviteAttempt before = attempt;
        attempt = next;
        if (next.via().equals(before.via()) && next.uri().equals(before.uri())) next.send();
        else listener.onTokenChanged(this, next::send);
    }

    @Override
    public void hangUp(String reason) {
        switch (state) {
            case PREPARED -> state = State.ENDED;
            case CALLING -> {
                cancelReason = Optional.of(reason);
                attempt.cancel(reason);
                end(new LegEnd(Optional.of(CallFailure.CANCELLED), false, 487, reason));
            }
            case ANSWERED -> {
                state = State.ENDED;
                session.ifPresent(answered -> answered.hangUp(reason));
            }
            case ENDED -> {}
        }
    }

    @Override
    public boolean hold() { return state == State.ANSWERED && session.filter(answered -> answered.hold(true)).isPresent(); }

    @Override
    public boolean resume() { return state == State.ANSWERED && session.filter(answered -> answered.hold(false)).isPresent(); }

    @Override
    public boolean move(AudioPort to, Listener next) {
        if (state != State.ANSWERED || session.filter(answered -> answered.move(to, next)).isEmpty()) return false;
        audio = to;
        return true;
    }

    // --- what comes back ---------------------------------------------------------------------------------------------------------------

    private void onRinging(SipMessage response, Hop from) {
        if (rung) return;
        rung = true;
        journal(SipJournal.Kind.RINGING, from, response.status(), response.phrase(), response.bytes());
        listener.onRinging(this, response.status());
    }

    private void onAnswer(SipMessage response, Hop from, InviteAttempt answered) {
        String tag = response.toTag();
        Runnable again = acks.get(tag);
        if (again != null) {
            again.run(); // our ACK was lost, §13.2.2.4
            return;
        }
        if (acks.size() >= MAX_FORKS) return;
        Dialog dialog;
        try {
            dialog = Dialog.caller(response, form.localTag(), forks.lastNumber(tag, answered.number()), answered.uri());
        } catch (IllegalArgumentException e) {
            refuseUnusable(response, from, tag, answered, String.valueOf(e.getMessage()));
            return;
        }
        DialogRequests requests = new DialogRequests(core, dialog, from, digest);
        if (state == State.CALLING) establish(requests, response, from, answered);
        else refuseFork(requests, answered, cancelReason.orElse("answered elsewhere"));
    }

    /** Its Contact or Record-Route lead nowhere. It is told so where we called it; another branch's call goes on. */
    private void refuseUnusable(SipMessage response, Hop from, String tag, InviteAttempt answered, String why) {
        Dialog dialog = new Dialog(id(), form.localTag(), tag, form.from(), form.to(), List.of(), answered.uri(), answered.number(), -1);
        refuseFork(new DialogRequests(core, dialog, from, digest), answered, "the answer cannot be followed");
        if (state == State.CALLING) finish(CallFailure.SERVER_ERROR, true, response.status(), "an answer that cannot be followed: " + why);
    }

    private void establish(DialogRequests requests, SipMessage response, Hop from, InviteAttempt answered) {
        state = State.ANSWERED;
        Session standing = new Session(core, this, listener, requests, descriptions, order.traceId(), true);
        session = Optional.of(standing);
        Runnable ack = requests.ack(answered.number());
        acks.put(requests.dialog().remoteTag(), ack);
        ack.run();
        journal(SipJournal.Kind.ANSWERED, from, response.status(), response.phrase(), response.bytes());
        try {
            forks.settle(response, requests.dialog().remoteTag());
        } catch (NoCommonCodec | MalformedSdp e) {
            state = State.ENDED;
            standing.fail(CallFailure.NO_COMMON_CODEC, 488, String.valueOf(e.getMessage()));
            return;
        }
        standing.answeredBy(response);
        standing.announce();
    }

    /** A 2xx that came after the CANCEL, or after another branch's, or that cannot be followed: acknowledged, and ended at once, §13.2.2.4. */
    private void refuseFork(DialogRequests requests, InviteAttempt answered, String reason) {
        Runnable ack = requests.ack(answered.number());
        acks.put(requests.dialog().remoteTag(), ack);
        ack.run();
        requests.bye(Core.reason("SIP", 200, reason), new Farewell(reason));
    }

    /** A BYE of which only the sending is written down. */
    private final class Farewell implements DialogRequests.Reply {
        private final String reason;

        Farewell(String reason) { this.reason = reason; }

        @Override
        public void sent(Hop hop, byte[] bye) { journal(SipJournal.Kind.BYE_SENT, hop, 0, reason, bye); }

        @Override
        public void answered(SipMessage response, Hop from) {}

        @Override
        public void failed(CallFailure why) {}
    }

    private void onRefusal(SipMessage response, Hop from, InviteAttempt refused) {
        if (state != State.CALLING || again(response, refused)) return;
        CallFailure why = response.status() < 400 && denied ? CallFailure.DENIED_BY_GUARD : Failures.of(response.status());
        if (elsewhere(response.status())) return;
        String retryAfter = response.text(HeaderName.RETRY_AFTER);
        String phrase = response.phrase() + (retryAfter.isEmpty() ? "" : " (Retry-After: " + retryAfter + ")");
        journal(SipJournal.Kind.CALL_FAILED, from, response.status(), why.label(), response.bytes());
        end(new LegEnd(Optional.of(why), true, response.status(), phrase, RetryAfter.of(response)));
    }

    /** Whether the refusal only asks for something that we can give; then it is asked for once more. */
    private boolean again(SipMessage response, InviteAttempt refused) {
        switch (response.status()) {
            case 401, 407 -> { // §22.2, §22.3
                if (refused.challenged() >= 2 || !digest.take(response, refused.challenged() > 0)) return false;
            }
            case 422 -> { // RFC 4028 §7.3
                long minimum = SessionExpires.minimum(response);
                if (wish.seconds() == 0 || minimum <= wish.seconds()) return false;
                wish = new SessionExpires(minimum, "");
            }
            case 300, 301, 302, 305 -> { // §8.1.3.4; a target that sends us on once more is not followed
                if (redirected) return false;
                redirected = true;
                for (String uri : Redirection.targets(response)) {
                    if (!tried.add(SipUri.parse(uri).bare())) continue;
                    if (core.access().redirects().test(uri)) elsewhere.add(uri);
                    else denied = true;
                }
                return elsewhere(response.status());
            }
            default -> { return false; }
        }
        if (refused.number() >= MAX_ATTEMPTS) return false;
        become(refused.again(wish, response.status() == 422 ? 0 : 1));
        return true;
    }

    /** Goes on to the next place that a redirection named; a 6xx speaks for all of them, §21.6. */
    private boolean elsewhere(int status) {
        if (status >= 600 || elsewhere.isEmpty() || attempt.number() >= MAX_ATTEMPTS) return false;
        String uri = elsewhere.remove();
        InviteAttempt before = attempt;
        core.routes().locate(uri, hop -> {
            if (state != State.CALLING) return;
            if (hop.isPresent()) become(before.elsewhere(uri, hop.get()));
            else if (!elsewhere(0)) finish(CallFailure.UNREACHABLE, false, status, "the address that the call was sent on to cannot be reached");
        });
        return true;
    }

    private void finish(CallFailure why, boolean byPeer, int status, String words) {
        if (state == State.ENDED) return;
        journal(SipJournal.Kind.CALL_FAILED, attempt.hop(), status, why.label() + ": " + words, DialogRequests.NO_BODY);
        end(new LegEnd(Optional.of(why), byPeer, status, words));
    }

    private void end(LegEnd how) {
        state = State.ENDED;
        core.forget(id(), form.localTag());
        core.later(() -> listener.onEnded(this, how));
    }

    @Override
    public void onRequest(ServerTransaction transaction) { forks.onRequest(transaction); }

    @Override
    public void onAck(SipMessage ack) {}

    private void journal(SipJournal.Kind kind, Hop peer, int status, String detail, byte[] message) {
        core.journal(kind, order.traceId(), id(), target.bare(), peer, status, detail, message);
    }

    /** What its INVITEs ask of the leg. */
    private final class Sending implements InviteAttempt.Out {
        @Override
        public boolean wants(InviteAttempt asking) { return state == State.CALLING && attempt == asking; }

        @Override
        public void replace(InviteAttempt next) { become(next); }

        @Override
        public void sending(Hop hop, byte[] invite) { journal(SipJournal.Kind.INVITE_SENT, hop, 0, order.subject(), invite); }

        @Override
        public void cancelling(Hop hop, byte[] cancel) { journal(SipJournal.Kind.CANCEL_SENT, hop, 0, cancelReason.orElse(""), cancel); }

        @Override
        public void onResponse(InviteAttempt of, SipMessage response, Hop from, boolean first) {
            int status = response.status();
            if (status >= 300) {
                onRefusal(response, from, of);
            } else if (status >= 200) {
                onAnswer(response, from, of);
            } else if (state == State.ENDED) {
                if (first) cancelReason.ifPresent(of::cancel); // hung up before the peer had answered anything
            } else if (status > 100 && state == State.CALLING) {
                forks.onProvisional(response, from, of.number(), of.uri());
                onRinging(response, from);
            }
        }

        @Override
        public void onFailed(CallFailure why) {
            if (state == State.CALLING && !elsewhere(0)) finish(why, false, 0, "no answer from " + target.bare());
        }
    }
}
