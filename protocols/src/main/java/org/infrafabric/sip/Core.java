package org.infrafabric.sip;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    private static final int DEFAULT_PORT = 5060;

    private final SipSettings settings;
    private final Timers timers;
    private final Executor owner;
    private final Network network;
    private final Ids ids;
    private final IncomingCall.Receiver receiver;
    private final EscalationHeaders headers;
    private final SipJournal journal;
    private final HostResolver resolver;
    private final Transactions transactions;
    private final Intake intake;
    private final Map<String, InDialog> dialogs = new HashMap<>();
    private final StrangerNotes strangers = new StrangerNotes();
    private final Map<ServerTransaction, IncomingInvite> ringing = new HashMap<>();
    private volatile int calls; // the owner writes it; metrics read it from elsewhere

    /** A leg, as the core sees it: requests that carry its Call-ID and our tag are its own. */
    interface InDialog {
        void onRequest(ServerTransaction transaction);

        void onAck(SipMessage ack);
    }

    Core(SipSettings settings, Timers timers, Executor owner, Network network, Ids ids, IncomingCall.Receiver receiver, EscalationHeaders headers,
            SipJournal journal, SipCounters counters, HostResolver resolver) {
        this.settings = settings;
        this.timers = new TimerQueues(timers);
        this.owner = owner;
        this.network = network;
        this.ids = ids;
        this.receiver = receiver;
        this.headers = headers;
        this.journal = journal;
        this.resolver = resolver;
        transactions = new Transactions(this.timers, network, counters, this);
        intake = new Intake(transactions, settings.product());
    }

    SipSettings settings() { return settings; }

    Timers timers() { return timers; }

    Ids ids() { return ids; }

    EscalationHeaders headers() { return headers; }

    Transactions transactions() { return transactions; }

    /** Legs that stand, calls that ring here included. Any thread. */
    int calls() { return calls; }

    private void count() { calls = dialogs.size() + ringing.size(); }

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
    void onMessage(byte[] bytes, Hop from) { intake.onMessage(bytes, from); }

    @Override
    public void onRefused(SipMessage request, Hop from, int status) {
        intake.refuse(request, from, status == 503 ? Intake.overload() : new Validator.Fault(status, Responses.phrase(status)));
    }

    @Override
    public void onRequest(ServerTransaction transaction) {
        Optional<String> toTag = transaction.toTag();
        if (toTag.isPresent()) {
            InDialog dialog = dialogs.get(dialogKey(transaction.request().text(HeaderName.CALL_ID), toTag.get()));
            if (dialog != null) dialog.onRequest(transaction);
            else refuse(transaction, 481, "");
            return;
        }
        switch (transaction.method()) {
            case "INVITE" -> onInvite(transaction);
            case "OPTIONS" -> answerOptions(transaction);
            default -> refuse(transaction, 481, ""); // BYE or INFO outside a dialog, §15.1.2
        }
    }

    private void onInvite(ServerTransaction transaction) {
        if (calls() >= settings.maxCalls()) {
            overloaded(transaction);
            return;
        }
        switch (headers.check(transaction.request(), timers.wallTime())) {
            case EscalationHeaders.Verdict.Ordinary o -> offer(transaction, Optional.empty());
            case EscalationHeaders.Verdict.Genuine genuine -> offer(transaction, Optional.of(genuine.provenance()));
            case EscalationHeaders.Verdict.Refused refused -> forbid(transaction, refused.reason());
            case EscalationHeaders.Verdict.Full full -> overloaded(transaction);
        }
    }

    private void overloaded(ServerTransaction transaction) {
        transaction.respond(503, transaction.answer(503, "Service Unavailable", ids.tag()).header(HeaderName.SERVER, settings.product())
                .header(HeaderName.RETRY_AFTER, Integer.toString(Intake.RETRY_SECONDS)).end());
    }

    private void offer(ServerTransaction transaction, Optional<Provenance> provenance) {
        Optional<String> note = provenance.isPresent() ? Optional.of("") : strangers.take(timers.nowNanos());
        IncomingInvite call;
        try {
            call = new IncomingInvite(this, transaction, provenance, note.isPresent());
        } catch (IllegalArgumentException e) {
            refuse(transaction, 400, String.valueOf(e.getMessage()));
            return;
        }
        ringing.put(transaction, call);
        count();
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
        byte[] answer = transaction.answer(403, "Forbidden", ids.tag()).header(HeaderName.SERVER, settings.product())
                .header(HeaderName.REASON, "SIP;cause=403;text=\"" + reason + "\"").end();
        transaction.respond(403, answer);
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

    /** §11.2. */
    void answerOptions(ServerTransaction transaction) {
        transaction.respond(200,
                transaction.answer(200, "OK", ids.tag()).header(HeaderName.ALLOW, Validator.ALLOW).header(HeaderName.ACCEPT, "application/sdp")
                        .header(HeaderName.ACCEPT_ENCODING, "identity").header(HeaderName.SUPPORTED, "").header(HeaderName.SERVER, settings.product())
                        .end());
    }

    /** Answers with a final status that is no 2xx; {@code phrase} may be empty. */
    void refuse(ServerTransaction transaction, int status, String phrase) {
        transaction.respond(status, transaction.answer(status, phrase.isEmpty() ? Responses.phrase(status) : phrase, ids.tag())
                .header(HeaderName.SERVER, settings.product()).end());
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

    /** The call rings here no longer: it was answered, refused or taken back. */
    void settled(ServerTransaction invite) {
        ringing.remove(invite);
        count();
    }

    /** A Via value for a request of ours. */
    String via(Endpoint.Protocol protocol, Optional<InetSocketAddress> remote, String branch) {
        return "SIP/2.0/" + protocol.name() + " " + Addresses.text(local(protocol, remote)) + ";branch=" + branch + ";rport"; // RFC 3581 §3
    }

    /** A Contact value: where the peer's requests reach us. */
    String contact(Hop hop) {
        String user = SipUri.parse(settings.identity()).user();
        return "<sip:" + (user.isEmpty() ? "" : user + "@") + Addresses.text(local(hop.protocol(), Optional.of(hop.remote())))
                + (hop.reliable() ? ";transport=tcp" : "") + ">";
    }

    InetSocketAddress local(Endpoint.Protocol protocol, Optional<InetSocketAddress> remote) {
        return network.local(protocol, remote).orElseThrow(() -> new IllegalArgumentException("this user agent does not speak " + protocol.name()));
    }

    /** The transport that a URI asks for, RFC 3263 §4.1 without DNS. */
    static Endpoint.Protocol protocol(SipUri uri) {
        if (uri.scheme().equals("sips")) throw new IllegalArgumentException("sips needs TLS, which is not spoken here");
        return switch (uri.param("transport").toLowerCase(java.util.Locale.ROOT)) {
            case "", "udp" -> Endpoint.Protocol.UDP;
            case "tcp" -> Endpoint.Protocol.TCP;
            default -> throw new IllegalArgumentException("transport " + uri.param("transport") + " is not spoken here: use udp or tcp");
        };
    }

    /** Where a URI's host is, if that can be said without asking anyone. */
    static Optional<InetSocketAddress> literal(SipUri uri) {
        String host = uri.hasParam("maddr") ? uri.param("maddr") : uri.host();
        int port = uri.port() < 0 ? DEFAULT_PORT : uri.port();
        return Addresses.isLiteral(host) ? Optional.of(Addresses.literal(host, port)) : Optional.empty();
    }

    /**
     * Finds where a request within a dialog goes: along {@code uri}, over the TCP connection that is there already if it leads to the same host; back
     * to where the peer's messages came from if the URI cannot be followed, since a call that can be heard must also be possible to end.
     */
    void route(String uri, Hop seen, Consumer<Hop> found) {
        locate(uri, hop -> found.accept(hop.map(to -> to.reliable() && seen.reliable() && to.remote().getAddress().equals(seen.remote().getAddress())
                ? new Hop(to.protocol(), to.remote(), seen.connection())
                : to).orElse(seen)));
    }

    /** Finds where {@code uri} leads: at once for an address, else when its name is resolved; empty when it leads nowhere that we can send to. */
    void locate(String uri, Consumer<Optional<Hop>> found) {
        Endpoint.Protocol protocol;
        SipUri parsed;
        try {
            parsed = SipUri.parse(uri);
            protocol = protocol(parsed);
        } catch (IllegalArgumentException e) {
            found.accept(Optional.empty());
            return;
        }
        Optional<InetSocketAddress> literal = literal(parsed);
        if (network.local(protocol, literal).isEmpty()) {
            found.accept(Optional.empty());
            return;
        }
        if (literal.isPresent()) {
            found.accept(Optional.of(new Hop(protocol, literal.get(), 0)));
            return;
        }
        int port = parsed.port() < 0 ? DEFAULT_PORT : parsed.port();
        resolver.resolve(parsed.host(),
                address -> later(() -> found.accept(address.map(ip -> new Hop(protocol, new InetSocketAddress(ip, port), 0)))));
    }

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

    /** Sends the ACK of a 2xx, §13.2.2.4: outside any transaction, with a branch of its own. */
    Consumer<Hop> acknowledge(Dialog dialog, long number) {
        List<byte[]> encoded = new ArrayList<>(1);
        return hop -> {
            if (encoded.isEmpty())
                encoded.add(dialog.ack(number, via(hop.protocol(), Optional.of(hop.remote()), ids.branch()))
                        .header(HeaderName.USER_AGENT, settings.product()).end());
            transactions.sendLoose(encoded.getFirst(), "ACK", hop);
        };
    }

    /** Sends a BYE and is told nothing of what becomes of it; gives its bytes. */
    byte[] bye(Dialog dialog, Hop hop, String reason) {
        String branch = ids.branch();
        byte[] bye = dialog.request("BYE", via(hop.protocol(), Optional.of(hop.remote()), branch)).header(HeaderName.REASON, reason)
                .header(HeaderName.USER_AGENT, settings.product()).end();
        transactions.request(bye, "BYE", branch, hop, Transactions.Client.INDIFFERENT);
        return bye;
    }

    private static String dialogKey(String callId, String localTag) { return callId + '\n' + localTag; }
}
