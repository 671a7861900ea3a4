package org.infrafabric.sip;

import java.util.HashMap;
import java.util.Map;
import org.infrafabric.call.CallFailure;
import org.infrafabric.time.Timers;

/** All transactions of one user agent: finds the one a message belongs to (RFC 3261 §17.1.3, §17.2.3), and bounds them. Owner's thread only. */
final class Transactions {
    /** Requests under way at once. An answered one waits for 32 s: this is 15,000 calls a second, each with its INVITE and its BYE. */
    static final int MAX_SERVER = 1_000_000;
    /** Bytes that requests under way hold: a stranger may make them as large as a datagram. */
    private static final long MAX_HELD_BYTES = Math.max(32L << 20, Runtime.getRuntime().maxMemory() / 4);

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
    private final Map<String, SentRequest> sent = new HashMap<>();
    private final Map<String, TakenRequest> taken = new HashMap<>();
    private final Map<String, TakenRequest> firstOfMerged = new HashMap<>();
    private final Lingering lingering;
    private final long maxHeldBytes;
    private long heldBytes;

    Transactions(Timers timers, Network network, SipCounters counters, User user) { this(timers, network, counters, user, MAX_HELD_BYTES); }

    Transactions(Timers timers, Network network, SipCounters counters, User user, long maxHeldBytes) {
        this.maxHeldBytes = maxHeldBytes;
        this.timers = timers;
        lingering = new Lingering(timers);
        this.network = network;
        this.counters = counters;
        this.user = user;
    }

    /** Transactions that are not over, for tests and metrics. */
    int open() { return sent.size() + taken.size(); }

    /** Sends an INVITE. */
    SentRequest invite(byte[] invite, String branch, Hop hop, Client client) {
        SentRequest transaction = add(invite, "INVITE", branch, hop, client);
        transaction.start();
        return transaction;
    }

    /** Awaits what a former life's INVITE may still bring. {@code invite} is made anew, for its ACK and CANCEL. */
    SentRequest resumeInvite(byte[] invite, String branch, Hop hop, Client client) {
        SentRequest transaction = add(invite, "INVITE", branch, hop, client);
        transaction.resume();
        return transaction;
    }

    /** Sends any request but INVITE and ACK. */
    void request(byte[] request, String method, String branch, Hop hop, Client client) {
        add(request, method, branch, hop, client).start();
    }

    private SentRequest add(byte[] request, String method, String branch, Hop hop, Client client) {
        String key = TransactionKeys.sent(branch, method);
        SentRequest transaction = new SentRequest(this, request, method, key, branch, hop, client);
        sent.put(key, transaction);
        return transaction;
    }

    /** How much of the room for requests of others is taken up, 0 to 1. */
    double fullness() {
        return Math.max((double) taken.size() / MAX_SERVER, (double) heldBytes / maxHeldBytes);
    }

    /** Whether a request, that nobody has judged yet, was here before. */
    boolean knows(SipMessage request) {
        try {
            return taken.containsKey(TransactionKeys.taken(request, request.method()));
        } catch (Malformed e) {
            return false;
        }
    }

    /** Sends what no transaction carries: the ACK of a 2xx, or an answer without state. */
    void sendLoose(byte[] message, String method, Hop hop) {
        send(message, method, hop, () -> {});
    }

    void onResponse(SipMessage response, Hop from) {
        CSeq cseq = CSeq.of(response).orElseThrow();
        counters.message(false, known(cseq.method()), from.protocol());
        Via via = response.via();
        HeaderIndex headers = response.index();
        if (headers.count(HeaderName.VIA) > 1 || via.end() < headers.to(headers.first(HeaderName.VIA))) return; // §8.1.3.3: it went astray
        SentRequest transaction = sent.get(TransactionKeys.sent(via.branch(), cseq.method()));
        if (transaction != null) transaction.onResponse(response, from);
    }

    /** Takes a request that the validator has passed. */
    void onRequest(SipMessage request, Hop from) {
        String method = request.method();
        counters.message(false, known(method), from.protocol());
        String key = TransactionKeys.taken(request, method.equals("ACK") ? "INVITE" : method);
        TakenRequest running = taken.get(key);
        if (method.equals("ACK")) {
            if (running == null || !running.onAck()) user.onAck(request);
            return;
        }
        if (running != null) {
            counters.retransmission();
            running.onRetransmission();
            return;
        }
        if (taken.size() >= MAX_SERVER || heldBytes + request.bytes().length > maxHeldBytes) {
            user.onRefused(request, from, 503);
            return;
        }
        if (method.equals("CANCEL")) {
            cancel(request, from, key);
            return;
        }
        String merged = TransactionKeys.merged(request);
        if (!merged.isEmpty() && firstOfMerged.containsKey(merged)) {
            user.onRefused(request, from, 482);
            return;
        }
        TakenRequest transaction = take(request, from, key, merged);
        ServerTransaction handle = transaction.open();
        try {
            if (handle != null) user.onRequest(handle);
        } catch (RuntimeException fault) {
            transaction.failed();
            throw fault;
        }
    }

    private TakenRequest take(SipMessage request, Hop from, String key, String merged) {
        TakenRequest transaction = new TakenRequest(this, request, from, key, merged);
        taken.put(key, transaction);
        if (!merged.isEmpty()) firstOfMerged.put(merged, transaction);
        transaction.start();
        return transaction;
    }

    /** RFC 3261 §9.2. */
    private void cancel(SipMessage cancel, Hop from, String key) {
        ServerTransaction handle = take(cancel, from, key, "").open();
        if (handle == null) return;
        TakenRequest invite = taken.get(TransactionKeys.taken(cancel, "INVITE"));
        int status = invite == null ? 481 : 200;
        String tag = invite == null ? "c" + Integer.toHexString(key.hashCode()) : invite.toTag();
        byte[] answer = handle.answer(status, Responses.phrase(status), tag).end();
        if (invite == null) handle.respondOnce(status, answer);
        else handle.respond(status, answer);
        ServerTransaction open = invite == null ? null : invite.open();
        if (open != null) user.onCancel(open, cancel);
    }

    Timers timers() { return timers; }

    long nowNanos() { return timers.nowNanos(); }

    void send(byte[] message, String method, Hop hop, Runnable onFailure) {
        counters.message(true, known(method), hop.protocol());
        network.send(hop, message, onFailure);
    }

    /** A transaction of ours says something again. */
    void repeated() { counters.retransmission(); }

    void held(int moreBytes) { heldBytes += moreBytes; }

    /** Answered for good: it waits for late copies, and comes back to itself. */
    void linger(TakenRequest answered) { lingering.add(answered); }

    void forget(String key, SentRequest over) { sent.remove(key, over); }

    void forget(TakenRequest over) {
        taken.remove(over.key(), over);
        if (!over.merged().isEmpty()) firstOfMerged.remove(over.merged(), over);
    }

    private static String known(String method) { return Validator.ALLOWED.contains(method) ? method : "other"; }
}
