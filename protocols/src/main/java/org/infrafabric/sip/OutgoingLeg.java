package org.infrafabric.sip;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.infrafabric.call.CallFailure;
import org.infrafabric.call.CallOrder;
import org.infrafabric.call.Leg;
import org.infrafabric.call.LegEnd;
import org.infrafabric.call.Provenance;
import org.infrafabric.media.AudioPort;
import org.infrafabric.sdp.MalformedSdp;
import org.infrafabric.media.NoCommonCodec;

/** A call that we make, RFC 3261 §13.2: from the INVITE through ringing and forks to the one dialog that stays. Owner's thread only. */
final class OutgoingLeg implements Leg, Core.InDialog, Transactions.Client {
    private static final long FIRST = 1;
    /** A proxy may fork; answers beyond these many branches are not remembered. */
    private static final int MAX_FORKS = 16;

    private enum State {
        PREPARED, CALLING, ANSWERED, ENDED
    }

    private final Core core;
    private final CallOrder order;
    private final Listener listener;
    private final SipUri target;
    private final Endpoint.Protocol protocol;
    private final String requestUri;
    private final String callId;
    private final String localTag;
    private final String branch;
    private final String via;
    private final Descriptions descriptions;
    private final Map<String, Runnable> acks = new HashMap<>();
    private final Map<String, byte[]> early = new HashMap<>(); // a fork's tag → the answer that it gave before the 2xx
    private State state = State.PREPARED;
    private Optional<SentRequest> invite = Optional.empty();
    private Optional<Session> session = Optional.empty();
    private Optional<String> cancelReason = Optional.empty();
    private boolean proceeding;
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
        protocol = Core.protocol(target);
        Optional<InetSocketAddress> remote = Core.literal(target);
        InetSocketAddress local = core.local(protocol, remote);
        requestUri = target.bare() + (protocol == Endpoint.Protocol.TCP ? ";transport=tcp" : "");
        callId = core.ids().callId(Addresses.host(local));
        localTag = core.ids().tag();
        branch = core.ids().branch();
        via = core.via(protocol, remote, branch);
        descriptions = new Descriptions(order.audio(), core.ids().sessionId());
    }

    @Override
    public String id() { return callId; }

    @Override
    public AudioPort audio() { return order.audio(); }

    @Override
    public String resumeToken() {
        String traceId = order.provenance().map(Provenance::traceId).orElse("");
        if (session.isPresent()) {
            Dialog dialog = session.get().dialog();
            return new ResumeToken(traceId, true, protocol, via, branch, callId, localTag, dialog.remoteTag(), dialog.local(), dialog.remote(),
                    dialog.target(),
                    dialog.routes(), dialog.localNumber()).json();
        }
        return new ResumeToken(traceId, false, protocol, via, branch, callId, localTag, "", from(), to(), requestUri, List.of(), FIRST).json();
    }

    @Override
    public void dial() {
        if (state != State.PREPARED) throw new IllegalStateException("a leg is dialled once");
        state = State.CALLING;
        core.register(callId, localTag, this);
        core.locate(requestUri, hop -> {
            if (state != State.CALLING) return;
            if (hop.isPresent()) send(hop.get());
            else finish(CallFailure.UNREACHABLE, false, 0, target.host() + " has no address");
        });
    }

    private void send(Hop hop) {
        byte[] offer = descriptions.offer();
        SipWriter writer = SipWriter.request("INVITE", requestUri).header(HeaderName.VIA, via).header(HeaderName.MAX_FORWARDS, Requests.MAX_FORWARDS)
                .header(HeaderName.FROM, from() + ";tag=" + localTag).header(HeaderName.TO, to()).header(HeaderName.CALL_ID, callId)
                .header(HeaderName.CSEQ, FIRST + " INVITE").header(HeaderName.CONTACT, core.contact(hop)).header(HeaderName.ALLOW, Validator.ALLOW)
                .header(HeaderName.USER_AGENT, core.settings().product());
        if (!order.subject().isEmpty()) writer.text(HeaderName.SUBJECT, order.subject());
        EscalationHeaders.Signed about = new EscalationHeaders.Signed("INVITE", callId, FIRST, from(), to(), offer);
        order.provenance().ifPresent(provenance -> core.headers().sign(writer, about, provenance, core.timers().wallTime()));
        byte[] encoded = writer.end(Descriptions.TYPE, offer);
        journal(SipJournal.Kind.INVITE_SENT, hop, 0, order.subject(), encoded);
        invite = Optional.of(core.transactions().invite(encoded, branch, hop, this));
    }

    @Override
    public void hangUp(String reason) {
        switch (state) {
            case PREPARED -> state = State.ENDED;
            case CALLING -> {
                cancelReason = Optional.of(reason);
                if (proceeding) cancel();
                end(new LegEnd(Optional.of(CallFailure.CANCELLED), false, 487, reason));
            }
            case ANSWERED -> {
                state = State.ENDED;
                session.ifPresent(answered -> answered.hangUp(reason));
            }
            case ENDED -> {}
        }
    }

    private void cancel() {
        if (cancelReason.isEmpty() || invite.isEmpty()) return;
        byte[] cancel = invite.get().cancel(Core.reason("Q.850", 16, cancelReason.get()), core.settings().product());
        journal(SipJournal.Kind.CANCEL_SENT, invite.get().hop(), 0, cancelReason.get(), cancel);
    }

    @Override
    public void onResponse(SipMessage response, Hop from) {
        int status = response.status();
        if (status < 200) onProvisional(response, from);
        else if (status < 300) onAnswer(response, from);
        else onRefusal(response, from);
    }

    private void onProvisional(SipMessage response, Hop from) {
        boolean first = !proceeding;
        proceeding = true;
        keepEarly(response);
        if (first && state == State.ENDED) cancel(); // hung up before the peer had answered anything, §9.1
        if (response.status() == 100 || state != State.CALLING || rung) return;
        rung = true;
        journal(SipJournal.Kind.RINGING, from, response.status(), response.phrase(), response.bytes());
        listener.onRinging(this, response.status());
    }

    private void keepEarly(SipMessage response) {
        if (state != State.CALLING || !response.hasBody() || !Validator.isSdp(response) || response.body().length > Validator.MAX_BODY) return;
        String tag = response.toTag();
        if (early.size() < MAX_FORKS || early.containsKey(tag)) early.put(tag, response.body());
    }

    /** A 2xx that says nothing of the media confirms what its provisional said, §13.2.1. */
    private byte[] description(SipMessage answer, Dialog dialog) {
        return answer.hasBody() ? answer.body() : early.getOrDefault(dialog.remoteTag(), answer.body());
    }

    private void onAnswer(SipMessage response, Hop from) {
        String tag = response.toTag();
        Runnable again = acks.get(tag);
        if (again != null) {
            again.run(); // our ACK was lost, §13.2.2.4
            return;
        }
        if (acks.size() >= MAX_FORKS) return;
        Dialog dialog;
        try {
            dialog = Dialog.caller(response, localTag, FIRST, requestUri);
        } catch (IllegalArgumentException e) {
            refuseUnusable(response, from, tag, String.valueOf(e.getMessage()));
            return;
        }
        Consumer<Hop> acknowledge = core.acknowledge(dialog, FIRST);
        if (state == State.CALLING) establish(dialog, response, from, acknowledge);
        else refuseFork(dialog, from, acknowledge, cancelReason.orElse("answered elsewhere"));
    }

    /** Its Contact or Record-Route lead nowhere. It is told so where we called it; another branch's call goes on. */
    private void refuseUnusable(SipMessage response, Hop from, String tag, String why) {
        Dialog dialog = new Dialog(callId, localTag, tag, from(), to(), List.of(), requestUri, FIRST, -1);
        refuseFork(dialog, from, core.acknowledge(dialog, FIRST), "the answer cannot be followed");
        if (state == State.CALLING) finish(CallFailure.SERVER_ERROR, true, response.status(), "an answer that cannot be followed: " + why);
    }

    private void establish(Dialog dialog, SipMessage response, Hop from, Consumer<Hop> acknowledge) {
        state = State.ANSWERED;
        Session answered = new Session(core, this, listener, dialog, descriptions, order.provenance(), from);
        session = Optional.of(answered);
        Runnable ack = () -> answered.toPeer(acknowledge);
        acks.put(dialog.remoteTag(), ack);
        ack.run();
        journal(SipJournal.Kind.ANSWERED, from, response.status(), response.phrase(), response.bytes());
        try {
            descriptions.accept(description(response, dialog));
            early.clear();
        } catch (NoCommonCodec | MalformedSdp e) {
            state = State.ENDED;
            answered.fail(CallFailure.NO_COMMON_CODEC, 488, String.valueOf(e.getMessage()));
            return;
        }
        answered.announce();
    }

    /** A 2xx that came after the CANCEL, or after another branch's, or that cannot be followed: acknowledged, and ended at once, §13.2.2.4. */
    private void refuseFork(Dialog dialog, Hop from, Consumer<Hop> acknowledge, String reason) {
        Runnable ack = () -> core.route(dialog.nextHop(), from, acknowledge);
        acks.put(dialog.remoteTag(), ack);
        ack.run();
        core.route(dialog.nextHop(), from, to -> {
            byte[] bye = core.bye(dialog, to, Core.reason("SIP", 200, reason));
            journal(SipJournal.Kind.BYE_SENT, to, 0, reason, bye);
        });
    }

    private void onRefusal(SipMessage response, Hop from) {
        if (state != State.CALLING) return;
        CallFailure why = Failures.of(response.status());
        String retryAfter = response.text(HeaderName.RETRY_AFTER);
        String phrase = response.phrase() + (retryAfter.isEmpty() ? "" : " (Retry-After: " + retryAfter + ")");
        journal(SipJournal.Kind.CALL_FAILED, from, response.status(), why.label(), response.bytes());
        end(new LegEnd(Optional.of(why), true, response.status(), phrase));
    }

    @Override
    public void onFailed(CallFailure why) {
        if (state == State.CALLING) finish(why, false, 0, "no answer from " + target.bare());
    }

    private void finish(CallFailure why, boolean byPeer, int status, String words) {
        if (state == State.ENDED) return;
        Hop hop = invite.map(SentRequest::hop)
                .orElse(new Hop(protocol, InetSocketAddress.createUnresolved(target.host(), Math.max(0, target.port())), 0));
        journal(SipJournal.Kind.CALL_FAILED, hop, status, why.label() + ": " + words, new byte[0]);
        end(new LegEnd(Optional.of(why), byPeer, status, words));
    }

    private void end(LegEnd how) {
        state = State.ENDED;
        core.forget(callId, localTag);
        core.later(() -> listener.onEnded(this, how));
    }

    /** Before the answer the callee has little to ask. */
    @Override
    public void onRequest(ServerTransaction transaction) {
        switch (transaction.method()) {
            case "INVITE" -> core.refuse(transaction, 491, ""); // glare, §14.2
            case "OPTIONS" -> core.answerOptions(transaction);
            default -> core.refuse(transaction, 481, "");
        }
    }

    @Override
    public void onAck(SipMessage ack) {}

    private void journal(SipJournal.Kind kind, Hop peer, int status, String detail, byte[] message) {
        core.journal(kind, order.provenance(), callId, target.bare(), peer, status, detail, message);
    }

    private String from() { return "<" + core.settings().identity() + ">"; }

    private String to() { return "<" + target.bare() + ">"; }
}
