package org.infrafabric.sip;

import org.infrafabric.call.CallFailure;
import org.jspecify.annotations.Nullable;

/** One request of ours under way: its bytes, that may go out again, the machine that says when, and the client that is told what comes back. */
final class SentRequest implements ClientMachine.Out {
    private final Transactions all;
    private final byte[] request;
    private final String method;
    private final String key;
    private final String branch;
    private final Hop hop;
    private final Transactions.Client client;
    private final ClientMachine machine;
    private final TransactionTimers timers;
    private byte @Nullable [] ack;
    private @Nullable SipMessage current;
    private Hop currentFrom;
    private boolean sent;

    SentRequest(Transactions all, byte[] request, String method, String key, String branch, Hop hop, Transactions.Client client) {
        this.all = all;
        this.request = request;
        this.method = method;
        this.key = key;
        this.branch = branch;
        this.hop = hop;
        this.client = client;
        currentFrom = hop;
        timers = new TransactionTimers(all.timers());
        machine = method.equals("INVITE") ? new InviteClientTransaction(hop.reliable(), this) : new RequestClientTransaction(hop.reliable(), this);
    }

    /** Where it was sent. */
    Hop hop() { return hop; }

    void start() { machine.start(all.nowNanos()); }

    /** Waits for what still comes for an INVITE that is sent already. */
    void resume() {
        if (machine instanceof InviteClientTransaction invite) invite.resume();
    }

    /** Takes an INVITE back. §9.1: only once a provisional response is there; that is the caller's to know. */
    byte[] cancel(String reason, String product) {
        byte[] cancel = Requests.cancel(parsed(), reason, product);
        all.request(cancel, "CANCEL", branch, hop, Transactions.Client.INDIFFERENT);
        if (machine instanceof InviteClientTransaction invite) invite.onCancelled(all.nowNanos());
        return cancel;
    }

    void onResponse(SipMessage response, Hop from) {
        current = response;
        currentFrom = from;
        try {
            machine.onResponse(response.status(), all.nowNanos());
        } finally {
            current = null;
        }
    }

    @Override
    public void sendRequest() {
        if (sent) all.repeated();
        sent = true;
        all.send(request, method, hop, machine::onTransportError);
    }

    @Override
    public void sendAck() {
        SipMessage response = current;
        if (ack == null && response != null) ack = Requests.ack(parsed(), response);
        if (ack != null) all.send(ack, "ACK", hop, machine::onTransportError);
    }

    @Override
    public void arm(ClientMachine.Timer timer, long dueNanos) { timers.arm(timer, dueNanos, () -> machine.onTimer(timer, all.nowNanos())); }

    @Override
    public void response(int status) {
        if (current != null) client.onResponse(current, currentFrom);
    }

    @Override
    public void failed(CallFailure why) { client.onFailed(why); }

    @Override
    public void terminated() {
        timers.forget();
        all.forget(key, this);
    }

    private SipMessage parsed() {
        try {
            return SipParser.parse(request);
        } catch (NotSip e) {
            throw new IllegalStateException("a request of our own cannot be read", e);
        }
    }
}
