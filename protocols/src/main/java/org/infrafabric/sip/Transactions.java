package org.infrafabric.sip;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.infrafabric.call.CallFailure;
import org.infrafabric.time.Timers;
import org.jspecify.annotations.Nullable;

/**
 * All transactions of one user agent: finds the one a message belongs to (RFC 3261 §17.1.3, §17.2.3), drives its state machine by the timers,
 * and keeps the encoded bytes that it repeats. Owner's thread only.
 */
final class Transactions {
    /** Requests under way at once; with each holding some 4 kB for half a minute this is what one node may spend on strangers. */
    static final int MAX_SERVER = 200_000;
    /** Bytes of requests held at once: a stranger may make them as large as a datagram. */
    private static final long MAX_HELD_BYTES = Math.max(32L << 20, Runtime.getRuntime().maxMemory() / 16);

    /** Who is told of requests. */
    interface User {
        /** A new request: no ACK, no CANCEL, no repetition. */
        void onRequest(ServerTransaction transaction);

        /** The client takes its INVITE back. The CANCEL itself is answered already. */
        void onCancel(ServerTransaction invite, SipMessage cancel);

        /** An ACK that belongs to no transaction: that of a 2xx. */
        void onAck(SipMessage ack);

        /** The same request came by two ways, §8.2.2.2. Or more are under way than we hold. To be answered without a transaction. */
        void onRefused(SipMessage request, Hop from, int status);
    }

    /** Who sent a request and awaits the answer. */
    interface Client {
        void onResponse(SipMessage response, Hop from);

        void onFailed(CallFailure why);

        /** For what need not be known. */
        Client INDIFFERENT = new Client() {
            @Override
            public void onResponse(SipMessage response, Hop from) {}

            @Override
            public void onFailed(CallFailure why) {}
        };
    }

    private final Timers timers;
    private final Network network;
    private final SipCounters counters;
    private final User user;
    private final Map<String, InviteClient> inviteClients = new HashMap<>();
    private final Map<String, RequestClient> requestClients = new HashMap<>();
    private final Map<String, Server> servers = new HashMap<>();
    private final Map<String, Server> firstOfMerged = new HashMap<>();
    private final long maxHeldBytes;
    private long heldBytes;

    Transactions(Timers timers, Network network, SipCounters counters, User user) { this(timers, network, counters, user, MAX_HELD_BYTES); }

    Transactions(Timers timers, Network network, SipCounters counters, User user, long maxHeldBytes) {
        this.maxHeldBytes = maxHeldBytes;
        this.timers = timers;
        this.network = network;
        this.counters = counters;
        this.user = user;
    }

    /** Transactions that are not over, for tests and metrics. */
    int open() { return inviteClients.size() + requestClients.size() + servers.size(); }

    /** Sends an INVITE. */
    InviteClient invite(byte[] invite, String branch, Hop hop, Client client) {
        InviteClient transaction = new InviteClient(invite, branch, hop, client);
        inviteClients.put(branch, transaction);
        transaction.machine = InviteClientTransaction.start(hop.reliable(), transaction, timers.nowNanos());
        return transaction;
    }

    /** Awaits what a former life's INVITE may still bring. {@code invite} is made anew, for its ACK and CANCEL. */
    InviteClient resumeInvite(byte[] invite, String branch, Hop hop, Client client) {
        InviteClient transaction = new InviteClient(invite, branch, hop, client);
        inviteClients.put(branch, transaction);
        transaction.machine = InviteClientTransaction.resume(hop.reliable(), transaction);
        return transaction;
    }

    /** Sends any request but INVITE and ACK. */
    void request(byte[] request, String method, String branch, Hop hop, Client client) {
        RequestClient transaction = new RequestClient(request, method, branch, hop, client);
        requestClients.put(branch + method, transaction);
        transaction.machine = new RequestClientTransaction(hop.reliable(), transaction, timers.nowNanos());
    }

    /** Sends what no transaction carries: the ACK of a 2xx, or an answer without state. */
    void sendLoose(byte[] message, String method, Hop hop) {
        send(message, method, hop, () -> {});
    }

    void onResponse(SipMessage response, Hop from) {
        CSeq cseq = CSeq.of(response).orElseThrow();
        counters.message(false, known(cseq.method()), from.protocol());
        Via via = Via.parse(response.text(HeaderName.VIA));
        if (response.count(HeaderName.VIA) > 1 || via.end() < response.text(HeaderName.VIA).length()) return; // §8.1.3.3: it went astray
        if (cseq.method().equals("INVITE")) {
            InviteClient transaction = inviteClients.get(via.branch());
            if (transaction != null) transaction.onResponse(response, from);
            return;
        }
        RequestClient transaction = requestClients.get(via.branch() + cseq.method());
        if (transaction != null) transaction.onResponse(response, from);
    }

    /** Takes a request that the validator has passed. */
    void onRequest(SipMessage request, Hop from) {
        String method = request.method();
        counters.message(false, known(method), from.protocol());
        String key = key(request, method.equals("ACK") ? "INVITE" : method);
        Server running = servers.get(key);
        if (method.equals("ACK")) {
            if (running == null || !running.onAck()) user.onAck(request);
            return;
        }
        if (running != null) {
            counters.retransmission();
            running.onRetransmission();
            return;
        }
        if (servers.size() >= MAX_SERVER || heldBytes + request.bytes().length > maxHeldBytes) {
            user.onRefused(request, from, 503);
            return;
        }
        if (method.equals("CANCEL")) {
            cancel(request, from, key);
            return;
        }
        String merged = mergedKey(request);
        if (!merged.isEmpty() && firstOfMerged.containsKey(merged)) {
            user.onRefused(request, from, 482);
            return;
        }
        Server transaction = new Server(request, from, key, merged);
        servers.put(key, transaction);
        if (!merged.isEmpty()) firstOfMerged.put(merged, transaction);
        transaction.start();
        try {
            user.onRequest(transaction);
        } catch (RuntimeException fault) {
            transaction.failed();
            throw fault;
        }
    }

    /** RFC 3261 §9.2. */
    private void cancel(SipMessage cancel, Hop from, String key) {
        Server transaction = new Server(cancel, from, key, "");
        servers.put(key, transaction);
        transaction.start();
        Server invite = servers.get(key(cancel, "INVITE"));
        int status = invite == null ? 481 : 200;
        transaction.respond(status,
                transaction.answer(status, Responses.phrase(status), invite == null ? "c" + Math.abs(key.hashCode()) : invite.toTag).end());
        if (invite != null) user.onCancel(invite, cancel);
    }

    private void send(byte[] message, String method, Hop hop, Runnable onFailure) {
        counters.message(true, known(method), hop.protocol());
        network.send(hop, message, onFailure);
    }

    private static String known(String method) {
        return Validator.ALLOWED.contains(method) ? method : "other";
    }

    /** §17.2.3; for a client of RFC 2543 (no magic cookie) by all that its retransmissions have in common. */
    private static String key(SipMessage request, String method) {
        Via via = Via.parse(request.text(HeaderName.VIA));
        String branch = via.branch();
        String sentBy = via.host() + ':' + via.portOr(5060);
        boolean unique = branch.length() > Via.MAGIC.length() && branch.regionMatches(true, 0, Via.MAGIC, 0, Via.MAGIC.length()); // the cookie alone tells nothing
        if (unique) return branch.toLowerCase(Locale.ROOT) + '|' + sentBy + '|' + method;
        return branch + '|' + sentBy + '|' + method + '|' + request.text(HeaderName.CALL_ID) + '|' + CSeq.of(request).map(CSeq::number).orElse(0L)
                + '|'
                + NameAddr.parse(request.text(HeaderName.FROM)).tag() + '|' + request.requestUri();
    }

    /** §8.2.2.2; empty for a request within a dialog. */
    private static String mergedKey(SipMessage request) {
        if (!NameAddr.parse(request.text(HeaderName.TO)).tag().isEmpty()) return "";
        return request.text(HeaderName.CALL_ID) + '|' + NameAddr.parse(request.text(HeaderName.FROM)).tag() + '|' + request.text(HeaderName.CSEQ);
    }

    /** What all requests of ours under way have in common: bytes that may go out again, and a client that is told what comes back. */
    private abstract class Pending {
        final Hop hop;
        final Client client;
        @Nullable SipMessage current;
        private Hop currentFrom;
        private boolean sent;

        private Pending(Hop hop, Client client) {
            this.hop = hop;
            this.client = client;
            currentFrom = hop;
        }

        abstract void onStatus(int status);

        abstract void onTransportError();

        final void onResponse(SipMessage response, Hop from) {
            current = response;
            currentFrom = from;
            try {
                onStatus(response.status());
            } finally {
                current = null;
            }
        }

        final void transmit(byte[] request, String method) {
            if (sent) counters.retransmission();
            sent = true;
            send(request, method, hop, this::onTransportError);
        }

        final void tell() {
            if (current != null) client.onResponse(current, currentFrom);
        }
    }

    /** An INVITE of ours under way. */
    final class InviteClient extends Pending implements InviteClientTransaction.Out {
        private final byte[] invite;
        private final String branch;
        private final List<Timers.Timer> armed = new ArrayList<>(3);
        private @Nullable InviteClientTransaction machine;
        private byte @Nullable [] ack;

        private InviteClient(byte[] invite, String branch, Hop hop, Client client) {
            super(hop, client);
            this.invite = invite;
            this.branch = branch;
        }

        /** Where it was sent. */
        Hop hop() { return hop; }

        /** §9.1: only once a provisional response is there; that is the caller's to know. */
        byte[] cancel(String reason, String product) {
            byte[] cancel = Requests.cancel(parsed(), reason, product);
            request(cancel, "CANCEL", branch, hop, Client.INDIFFERENT);
            if (machine != null) machine.onCancelled(timers.nowNanos());
            return cancel;
        }

        @Override
        void onStatus(int status) {
            if (machine != null) machine.onResponse(status, timers.nowNanos());
        }

        @Override
        void onTransportError() {
            if (machine != null) machine.onTransportError();
        }

        @Override
        public void sendInvite() { transmit(invite, "INVITE"); }

        @Override
        public void sendAck() {
            SipMessage response = current;
            if (ack == null && response != null) ack = Requests.ack(parsed(), response);
            if (ack != null) send(ack, "ACK", hop, this::onTransportError);
        }

        @Override
        public void arm(InviteClientTransaction.Timer timer, long dueNanos) {
            armed.add(timers.at(dueNanos, () -> { if (machine != null) machine.onTimer(timer, timers.nowNanos()); }));
        }

        @Override
        public void response(int status) { tell(); }

        @Override
        public void failed(CallFailure why) { client.onFailed(why); }

        @Override
        public void terminated() {
            inviteClients.remove(branch, this);
            armed.forEach(Timers.Timer::cancel);
        }

        private SipMessage parsed() {
            try {
                return SipParser.parse(invite);
            } catch (NotSip e) {
                throw new IllegalStateException("an INVITE of our own cannot be read", e);
            }
        }
    }

    /** Another request of ours under way. */
    private final class RequestClient extends Pending implements RequestClientTransaction.Out {
        private final byte[] request;
        private final String method;
        private final String branch;
        private final EnumMap<RequestClientTransaction.Timer, Timers.Timer> armed = new EnumMap<>(RequestClientTransaction.Timer.class);
        private @Nullable RequestClientTransaction machine;

        private RequestClient(byte[] request, String method, String branch, Hop hop, Client client) {
            super(hop, client);
            this.request = request;
            this.method = method;
            this.branch = branch;
        }

        @Override
        void onStatus(int status) {
            if (machine != null) machine.onResponse(status, timers.nowNanos());
        }

        @Override
        void onTransportError() {
            if (machine != null) machine.onTransportError();
        }

        @Override
        public void sendRequest() { transmit(request, method); }

        @Override
        public void arm(RequestClientTransaction.Timer timer, long dueNanos) {
            armed.put(timer, timers.at(dueNanos, () -> { if (machine != null) machine.onTimer(timer, timers.nowNanos()); }));
        }

        @Override
        public void response(int status) { tell(); }

        @Override
        public void failed(CallFailure why) { client.onFailed(why); }

        @Override
        public void terminated() {
            requestClients.remove(branch + method, this);
            armed.values().forEach(Timers.Timer::cancel);
        }
    }

    /** A request of somebody else under way. */
    private final class Server implements ServerTransaction, InviteServerTransaction.Out, RequestServerTransaction.Out {
        private final SipMessage request;
        private final Hop from;
        private final String key;
        private final String merged;
        private final List<Timers.Timer> armed = new ArrayList<>(3);
        private @Nullable InviteServerTransaction invite;
        private @Nullable RequestServerTransaction other;
        private byte @Nullable [] last;
        private String toTag = "";
        private boolean answered;

        private Server(SipMessage request, Hop from, String key, String merged) {
            this.request = request;
            this.from = from;
            this.key = key;
            this.merged = merged;
        }

        private void start() {
            if (request.method().equals("INVITE")) invite = new InviteServerTransaction(from.reliable(), this, timers.nowNanos());
            else other = new RequestServerTransaction(from.reliable(), this);
            heldBytes += request.bytes().length;
        }

        @Override
        public SipMessage request() { return request; }

        @Override
        public Hop from() { return from; }

        @Override
        public void respond(int status, byte[] message) {
            last = message;
            answered |= status >= 200;
            transmit(message);
            if (invite != null) invite.onRespond(status, timers.nowNanos());
            if (other != null) other.onRespond(status, timers.nowNanos());
        }

        /** Its user has failed: it is answered all the same, or it would be held for ever. */
        private void failed() {
            if (!answered) respond(500, answer(500, Responses.phrase(500), "f" + Integer.toHexString(key.hashCode())).end());
        }

        @Override
        public SipWriter answer(int status, String phrase, String tag) {
            if (!tag.isEmpty()) toTag = tag; // a CANCEL's answer carries the same one, §9.2
            return ServerTransaction.super.answer(status, phrase, tag);
        }

        /** Whether the ACK was this transaction's, and not that of a 2xx. */
        private boolean onAck() {
            if (invite == null || invite.state() == InviteServerTransaction.State.ACCEPTED) return false;
            invite.onAck(timers.nowNanos());
            return true;
        }

        private void onRetransmission() {
            if (invite != null) invite.onRetransmission();
            if (other != null) other.onRetransmission();
        }

        @Override
        public void sendTrying() {
            byte[] trying = answer(100, "Trying", "").end();
            last = trying;
            transmit(trying);
        }

        @Override
        public void repeatResponse() {
            if (last == null) return;
            counters.retransmission();
            transmit(last);
        }

        @Override
        public void arm(InviteServerTransaction.Timer timer, long dueNanos) {
            armed.add(timers.at(dueNanos, () -> { if (invite != null) invite.onTimer(timer, timers.nowNanos()); }));
        }

        @Override
        public void armJ(long dueNanos) {
            armed.add(timers.at(dueNanos, () -> { if (other != null) other.onTimerJ(); }));
        }

        @Override
        public void unacknowledged() {}

        @Override
        public void terminated() {
            if (servers.remove(key, this)) heldBytes -= request.bytes().length;
            if (!merged.isEmpty()) firstOfMerged.remove(merged, this);
            armed.forEach(Timers.Timer::cancel);
        }

        private void transmit(byte[] message) {
            send(message, request.method(), Responses.hop(request, from), () -> { if (invite != null) invite.onTransportError(); });
        }
    }
}
