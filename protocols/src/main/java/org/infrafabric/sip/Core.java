package org.infrafabric.sip;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.infrafabric.call.CallFailure;
import org.infrafabric.call.CallOrder;
import org.infrafabric.call.IncomingCall;
import org.infrafabric.call.Leg;
import org.infrafabric.call.Provenance;
import org.infrafabric.time.TimerQueues;
import org.infrafabric.time.Timers;

/** The user agent's core (RFC 3261 §8, §12): says to whom each message belongs, and gives legs what they share. Knows no socket. Owner's thread only. */
final class Core implements Transactions.User {
    private final SipSettings settings;
    private final Timers timers;
    private final Executor owner;
    private final Ids ids;
    private final SipAccess access;
    private final Routes routes;
    private final Replies replies;
    private final DigestServer digest;
    private final IncomingCall.Receiver receiver;
    private final EscalationHeaders headers;
    private final SipJournal journal;
    private final Transactions transactions;
    private final Intake intake;
    private final Map<String, InDialog> dialogs = new HashMap<>();
    private final Set<String> parting = new HashSet<>();
    private final StrangerNotes strangers = new StrangerNotes();
    private final Map<ServerTransaction, IncomingInvite> ringing = new HashMap<>();
    private volatile int calls; // the owner writes it; metrics read it from elsewhere

    /** A leg, as the core sees it: requests that carry its Call-ID and our tag are its own. */
    interface InDialog {
        void onRequest(ServerTransaction transaction);

        void onAck(SipMessage ack);
    }

    Core(SipSettings settings, Timers timers, Executor owner, Network network, Ids ids, IncomingCall.Receiver receiver, EscalationHeaders headers,
            SipAccess access, SipJournal journal, SipCounters counters, HostResolver resolver) {
        this.settings = settings;
        this.timers = new TimerQueues(timers);
        this.owner = owner;
        this.ids = ids;
        this.receiver = receiver;
        this.headers = headers;
        this.journal = journal;
        this.access = access;
        routes = new Routes(network, resolver, owner, this.timers, settings.identity());
        digest = new DigestServer(access, ids);
        replies = new Replies(ids, settings.product());
        transactions = new Transactions(this.timers, network, counters, this);
        intake = new Intake(transactions, this.timers, new OverloadNotes(journal), counters, settings.product());
    }

    SipSettings settings() { return settings; }

    Timers timers() { return timers; }

    Ids ids() { return ids; }

    EscalationHeaders headers() { return headers; }

    SipAccess access() { return access; }

    Routes routes() { return routes; }

    Replies replies() { return replies; }

    Transactions transactions() { return transactions; }

    /** Legs that stand, calls that ring here included. Any thread. */
    int calls() { return calls; }

    private void count() { calls = dialogs.size(); }

    /** Runs {@code action} on the owner's thread, after what runs there now. */
    void later(Runnable action) { owner.execute(action); }

    void journal(SipJournal.Kind kind, Optional<Provenance> provenance, String callId, String party, Hop peer, int status, String detail,
            byte[] message) {
        journal(kind, provenance.map(Provenance::traceId).orElse(""), callId, party, peer, status, detail, message);
    }

    /** {@code traceId}: empty for an ordinary call. */
    void journal(SipJournal.Kind kind, String traceId, String callId, String party, Hop peer, int status, String detail, byte[] message) {
        journal.happened(new SipJournal.Event(kind, traceId, callId, party, peer.endpoint(), status, detail, message));
    }

    /** One message from the network. */
    void onMessage(byte[] bytes, Hop from) {
        boolean unused = intake.onMessage(bytes, from);
    }

    /** The door that the network knocks at. */
    Intake intake() { return intake; }

    @Override
    public void onRefused(SipMessage request, Hop from, int status) {
        intake.refuse(request, from, status == 503 ? Intake.overload() : new Validator.Fault(status, Responses.phrase(status)));
    }

    @Override
    public void onRequest(ServerTransaction transaction) {
        Optional<String> toTag = transaction.toTag();
        if (toTag.isPresent()) {
            String key = dialogKey(transaction.request().text(HeaderName.CALL_ID), toTag.get());
            InDialog dialog = dialogs.get(key);
            if (dialog != null) dialog.onRequest(transaction);
            else if (transaction.method().equals("BYE") && parting.contains(key)) replies.confirm(transaction); // both hang up at once
            else replies.refuseOnce(transaction, 481, "");
            return;
        }
        switch (transaction.method()) {
            case "INVITE" -> onInvite(transaction);
            case "OPTIONS" -> replies.options(transaction);
            default -> replies.refuseOnce(transaction, 481, ""); // BYE or INFO outside a dialog, §15.1.2
        }
    }

    private void onInvite(ServerTransaction transaction) {
        if (calls() >= settings.maxCalls()) {
            replies.overloaded(transaction);
            return;
        }
        if (Session.tooShort(transaction.request())) {
            replies.tooShort(transaction);
            return;
        }
        switch (headers.check(transaction.request(), timers.wallTime())) {
            case EscalationHeaders.Verdict.Ordinary o -> ordinary(transaction);
            case EscalationHeaders.Verdict.Genuine genuine -> offer(transaction, Optional.of(genuine.provenance()), false);
            case EscalationHeaders.Verdict.Refused refused -> forbid(transaction, refused.reason());
            case EscalationHeaders.Verdict.Full full -> replies.overloaded(transaction);
        }
    }

    /** A call that carries no signed headers: its caller must say who it is, where anybody has a password at all. */
    private void ordinary(ServerTransaction transaction) {
        switch (digest.check(transaction.request(), timers.wallTime())) {
            case DigestServer.Verdict.Open open -> offer(transaction, Optional.empty(), false);
            case DigestServer.Verdict.Authentic authentic -> offer(transaction, Optional.empty(), true);
            case DigestServer.Verdict.Ask ask -> replies.refuse(transaction, 401, "", answer -> digest.ask(answer, ask.stale(), timers.wallTime()));
            case DigestServer.Verdict.NotTheirs stolen -> forbid(transaction, "not-your-address");
            case DigestServer.Verdict.Full full -> replies.overloaded(transaction);
        }
    }

    private void offer(ServerTransaction transaction, Optional<Provenance> provenance, boolean authenticated) {
        Optional<String> note = provenance.isPresent() ? Optional.of("") : strangers.take(timers.nowNanos());
        IncomingInvite call;
        try {
            call = new IncomingInvite(this, transaction, provenance, authenticated, note.isPresent());
        } catch (IllegalArgumentException e) {
            replies.refuseOnce(transaction, 400, String.valueOf(e.getMessage()));
            return;
        }
        ringing.put(transaction, call);
        try {
            note.ifPresent(words -> journal(SipJournal.Kind.INVITE_RECEIVED, provenance, call.callId(), call.from(), transaction.from(), 0, words,
                    transaction.request().bytes()));
            receiver.onIncoming(call);
        } catch (RuntimeException fault) {
            call.refuse(CallFailure.SERVER_ERROR); // or it would ring here for ever
            throw fault;
        }
    }

    /** CONTRACT §4. */
    private void forbid(ServerTransaction transaction, String reason) {
        SipMessage invite = transaction.request();
        byte[] answer = transaction.answer(403, "Forbidden", Responses.steadyTag(invite)).header(HeaderName.SERVER, settings.product())
                .header(HeaderName.REASON, "SIP;cause=403;text=\"" + reason + "\"").end();
        transaction.respondOnce(403, answer);
        strangers.take(timers.nowNanos())
                .ifPresent(words -> journal(SipJournal.Kind.INVITE_REFUSED, Optional.empty(), invite.text(HeaderName.CALL_ID),
                        party(invite.text(HeaderName.FROM)), transaction.from(), 403, words.isEmpty() ? reason : reason + "; " + words,
                        invite.bytes()));
    }

    @Override
    public void onCancel(ServerTransaction invite, SipMessage cancel) {
        IncomingInvite call = ringing.get(invite);
        if (call != null) call.onCancel(cancel);
    }

    @Override
    public void onAck(SipMessage ack) {
        InDialog dialog = dialogs.get(dialogKey(ack.text(HeaderName.CALL_ID), ack.toTag()));
        if (dialog != null) dialog.onAck(ack);
    }

    Leg prepare(CallOrder order, Leg.Listener listener) { return new OutgoingLeg(this, order, listener); }

    void endStray(String token) { new StrayEnding(this, ResumeToken.parse(token)).run(); }

    void register(String callId, String localTag, InDialog dialog) {
        dialogs.put(dialogKey(callId, localTag), dialog);
        count();
    }

    void forget(String callId, String localTag) {
        dialogs.remove(dialogKey(callId, localTag));
        count();
    }

    /** Our BYE is out: the peer's own, if it crosses ours, is answered as if it had come first. */
    void part(String callId, String localTag) {
        parting.add(dialogKey(callId, localTag));
    }

    /** Our BYE was answered, or never will be. */
    void parted(String callId, String localTag) { parting.remove(dialogKey(callId, localTag)); }

    /** The call rings here no longer: it was answered, refused or taken back. */
    void settled(ServerTransaction invite) { ringing.remove(invite); }

    /** The bare URI in a From or To, for people; what is there, if it is none. */
    static String party(String header) {
        try {
            String uri = NameAddr.parse(header).uri();
            return uri.regionMatches(true, 0, "sip", 0, 3) ? SipUri.parse(uri).bare() : uri;
        } catch (IllegalArgumentException e) {
            return header;
        }
    }

    /** A Reason header's value (RFC 3326) with words for people. */
    static String reason(String protocol, int cause, String words) {
        StringBuilder quoted = new StringBuilder();
        for (char c : words.toCharArray()) {
            if (c == '"' || c == '\\') quoted.append('\\');
            quoted.append(c < ' ' ? ' ' : c);
        }
        String text = new String(quoted.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8), java.nio.charset.StandardCharsets.ISO_8859_1);
        return protocol + ";cause=" + cause + (words.isBlank() ? "" : ";text=\"" + text + "\"");
    }

    private static String dialogKey(String callId, String localTag) { return callId + '\n' + localTag; }
}
