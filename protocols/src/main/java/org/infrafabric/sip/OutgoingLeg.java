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
import org.infrafabric.call.Provenance;
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
    private final byte[] offer;
    private final Map<String, Runnable> acks = new HashMap<>();
    private final Deque<String> elsewhere = new ArrayDeque<>();
    private final Set<String> tried = new HashSet<>();
    private State state = State.PREPARED;
    private AudioPort audio;
    private Attempt attempt;
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
        offer = descriptions.offer();
        wish = new SessionExpires(core.settings().sessionSeconds(), "");
        String uri = target.bare() + (protocol == Endpoint.Protocol.TCP ? ";transport=tcp" : "");
        Hop hop = new Hop(protocol, remote.orElse(InetSocketAddress.createUnresolved(target.host(), Math.max(0, target.port()))), 0);
        attempt = new Attempt(1, uri, hop, remote.isPresent());
        tried.add(target.bare());
    }

    @Override
    public String id() { return form.callId(); }

    @Override
    public AudioPort audio() { return audio; }

    @Override
    public String resumeToken() {
        String traceId = order.provenance().map(Provenance::traceId).orElse("");
        Attempt last = attempt;
        if (session.isPresent()) {
            Dialog dialog = session.get().dialog();
            return new ResumeToken(traceId, true, last.hop.protocol(), last.via, last.branch, id(), form.localTag(), dialog.remoteTag(),
                    dialog.local(),
                    dialog.remote(), dialog.target(), dialog.routes(), dialog.localNumber()).json();
        }
        return new ResumeToken(traceId, false, last.hop.protocol(), last.via, last.branch, id(), form.localTag(), "", form.from(), form.to(),
                last.uri,
                List.of(), last.number).json();
    }

    @Override
    public void dial() {
        if (state != State.PREPARED) throw new IllegalStateException("a leg is dialled once");
        state = State.CALLING;
        core.register(id(), form.localTag(), this);
        Attempt first = attempt;
        if (!first.hop.remote().isUnresolved()) {
            first.send();
            return;
        }
        core.routes().locate(first.uri, hop -> {
            if (state != State.CALLING) return;
            if (hop.isPresent()) become(first.at(hop.get()));
            else finish(CallFailure.UNREACHABLE, false, 0, target.host() + " has no address");
        });
    }

    /** Another INVITE takes the place of the one before. What ends it after a restart is kept first, wherever that is other. */
    private void become(Attempt next) {
        Attempt before = attempt;
        attempt = next;
        if (next.via.equals(before.via) && next.uri.equals(before.uri)) next.send();
        else listener.onTokenChanged(this, next::send);
    }

    @Override
    public void hangUp(String reason) {
        switch (state) {
            case PREPARED -> state = State.ENDED;
            case CALLING -> {
                cancelReason = Optional.of(reason);
                attempt.cancel();
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

    private void onAnswer(SipMessage response, Hop from, Attempt answered) {
        String tag = response.toTag();
        Runnable again = acks.get(tag);
        if (again != null) {
            again.run(); // our ACK was lost, §13.2.2.4
            return;
        }
        if (acks.size() >= MAX_FORKS) return;
        Dialog dialog;
        try {
            dialog = Dialog.caller(response, form.localTag(), forks.lastNumber(tag, answered.number), answered.uri);
        } catch (IllegalArgumentException e) {
            refuseUnusable(response, from, tag, answered, String.valueOf(e.getMessage()));
            return;
        }
        DialogRequests requests = new DialogRequests(core, dialog, from, digest);
        if (state == State.CALLING) establish(requests, response, from, answered);
        else refuseFork(requests, answered, cancelReason.orElse("answered elsewhere"));
    }

    /** Its Contact or Record-Route lead nowhere. It is told so where we called it; another branch's call goes on. */
    private void refuseUnusable(SipMessage response, Hop from, String tag, Attempt answered, String why) {
        Dialog dialog = new Dialog(id(), form.localTag(), tag, form.from(), form.to(), List.of(), answered.uri, answered.number, -1);
        refuseFork(new DialogRequests(core, dialog, from, digest), answered, "the answer cannot be followed");
        if (state == State.CALLING) finish(CallFailure.SERVER_ERROR, true, response.status(), "an answer that cannot be followed: " + why);
    }

    private void establish(DialogRequests requests, SipMessage response, Hop from, Attempt answered) {
        state = State.ANSWERED;
        Session standing = new Session(core, this, listener, requests, descriptions, order.provenance(), true);
        session = Optional.of(standing);
        Runnable ack = requests.ack(answered.number);
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
    private void refuseFork(DialogRequests requests, Attempt answered, String reason) {
        Runnable ack = requests.ack(answered.number);
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

    private void onRefusal(SipMessage response, Hop from, Attempt refused) {
        if (state != State.CALLING || again(response, refused)) return;
        CallFailure why = response.status() < 400 && denied ? CallFailure.DENIED_BY_GUARD : Failures.of(response.status());
        if (elsewhere(response.status())) return;
        String retryAfter = response.text(HeaderName.RETRY_AFTER);
        String phrase = response.phrase() + (retryAfter.isEmpty() ? "" : " (Retry-After: " + retryAfter + ")");
        journal(SipJournal.Kind.CALL_FAILED, from, response.status(), why.label(), response.bytes());
        end(new LegEnd(Optional.of(why), true, response.status(), phrase));
    }

    /** Whether the refusal only asks for something that we can give; then it is asked for once more. */
    private boolean again(SipMessage response, Attempt refused) {
        switch (response.status()) {
            case 401, 407 -> { // §22.2, §22.3
                if (refused.challenged >= 2 || !digest.take(response, refused.challenged > 0)) return false;
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
        if (refused.number >= MAX_ATTEMPTS) return false;
        Attempt next = new Attempt(refused.number + 1, refused.uri, refused.hop, true);
        next.challenged = refused.challenged + (response.status() == 422 ? 0 : 1);
        become(next);
        return true;
    }

    /** Goes on to the next place that a redirection named; a 6xx speaks for all of them, §21.6. */
    private boolean elsewhere(int status) {
        if (status >= 600 || elsewhere.isEmpty() || attempt.number >= MAX_ATTEMPTS) return false;
        String uri = elsewhere.remove();
        long number = attempt.number + 1;
        core.routes().locate(uri, hop -> {
            if (state != State.CALLING) return;
            if (hop.isPresent()) become(new Attempt(number, uri, hop.get(), true));
            else if (!elsewhere(0)) finish(CallFailure.UNREACHABLE, false, status, "the address that the call was sent on to cannot be reached");
        });
        return true;
    }

    private void finish(CallFailure why, boolean byPeer, int status, String words) {
        if (state == State.ENDED) return;
        journal(SipJournal.Kind.CALL_FAILED, attempt.hop, status, why.label() + ": " + words, DialogRequests.NO_BODY);
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
        core.journal(kind, order.provenance(), id(), target.bare(), peer, status, detail, message);
    }

    /** One INVITE. */
    private final class Attempt implements Transactions.Client {
        private final long number;
        private final String uri;
        private final Hop hop;
        private final Optional<Hop> datagram; // where it would have gone, had it been shorter
        private final String branch;
        private final String via;
        private final byte[] encoded;
        private int challenged;
        private boolean heard;
        private Optional<SentRequest> sent = Optional.empty();

        /** @param ready false while the address is not known: then there are ids, but nothing to send */
        Attempt(long number, String uri, Hop wanted, boolean ready) {
            this(number, uri, wanted, ready, core.ids().branch());
        }

        private Attempt(long number, String uri, Hop wanted, boolean ready, String branch) {
            this.number = number;
            this.uri = uri;
            this.branch = branch;
            byte[] written = ready ? write(wanted) : DialogRequests.NO_BODY;
            hop = core.routes().sized(wanted, written.length);
            datagram = hop == wanted ? Optional.empty() : Optional.of(wanted);
            encoded = hop == wanted ? written : write(hop);
            via = via(hop);
        }

        private byte[] write(Hop to) { return form.write(number, uri, to, via(to), offer, wish, digest); }

        private String via(Hop to) {
            Optional<InetSocketAddress> remote = to.remote().isUnresolved() ? Optional.empty() : Optional.of(to.remote());
            return core.routes().via(to.protocol(), remote, branch);
        }

        /** The same, now that the address is known. */
        Attempt at(Hop found) { return new Attempt(number, uri, found, true, branch); }

        void send() {
            if (!wanted()) return;
            if (datagram.isEmpty()) put();
            else core.routes().reach(hop, reached -> {
                if (!wanted()) return;
                if (reached) put();
                else become(new Attempt(number, uri, datagram.get(), true));
            });
        }

        /** Not when it was hung up while the token was kept, or a connection sought. */
        private boolean wanted() {
            return state == State.CALLING && attempt == this;
        }

        private void put() {
            journal(SipJournal.Kind.INVITE_SENT, hop, 0, order.subject(), encoded);
            sent = Optional.of(core.transactions().invite(encoded, branch, hop, this));
        }

        /** §9.1: once there is a provisional response; without one it waits for that. */
        void cancel() {
            if (!heard || sent.isEmpty()) return;
            byte[] cancel = sent.get().cancel(Core.reason("Q.850", 16, cancelReason.orElse("")), core.settings().product());
            journal(SipJournal.Kind.CANCEL_SENT, sent.get().hop(), 0, cancelReason.orElse(""), cancel);
        }

        @Override
        public void onResponse(SipMessage response, Hop from) {
            boolean first = !heard;
            heard = true;
            int status = response.status();
            if (status >= 300) {
                onRefusal(response, from, this);
            } else if (status >= 200) {
                onAnswer(response, from, this);
            } else if (state == State.ENDED) {
                if (first && cancelReason.isPresent()) cancel(); // hung up before the peer had answered anything
            } else if (status > 100 && state == State.CALLING) {
                forks.onProvisional(response, from, number, uri);
                onRinging(response, from);
            }
        }

        @Override
        public void onFailed(CallFailure why) {
            if (state != State.CALLING) return;
            if (datagram.isPresent() && !heard) { // §18.1.1: TCP was refused
                core.routes().avoidTcp(datagram.get().remote());
                become(new Attempt(number + 1, uri, datagram.get(), true));
            } else if (!elsewhere(0)) {
                finish(why, false, 0, "no answer from " + target.bare());
            }
        }
    }
}
