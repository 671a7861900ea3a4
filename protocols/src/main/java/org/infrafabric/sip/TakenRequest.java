package org.infrafabric.sip;

import org.jspecify.annotations.Nullable;

/**
 * One request of somebody else under way. Holds the request until it is answered for good, and from then on nothing but the bytes that it may have
 * to repeat: such a rest waits for half a minute, and there may be hundreds of thousands.
 */
final class TakenRequest implements ServerMachine.Out {
    /** What one costs besides its messages: objects, keys, table entries, timers. */
    private static final int OVERHEAD_BYTES = 400;
    private static final byte[] NOTHING = {};

    private final Transactions all;
    private final String key;
    private final String merged;
    private final String method;
    private final Hop back;
    private final ServerMachine machine;
    private @Nullable TransactionTimers timers;
    private long lingersUntilNanos;
    private @Nullable Handle open;
    private byte[] last = NOTHING;
    private String toTag = "";
    private int held;

    /** @param merged the key of what came by two ways, or empty */
    TakenRequest(Transactions all, SipMessage request, Hop from, String key, String merged) {
        this.all = all;
        this.key = key;
        this.merged = merged;
        method = request.method();
        back = Responses.hop(request, from);
        open = new Handle(request, from);
        machine = method.equals("INVITE") ? new InviteServerTransaction(from.reliable(), this) : new RequestServerTransaction(from.reliable(), this);
        hold(OVERHEAD_BYTES + request.bytes().length);
    }

    void start() { machine.start(all.nowNanos()); }

    /** What its user answers through; empty once it is answered for good. */
    @Nullable
    ServerTransaction open() { return open; }

    String key() { return key; }

    String merged() { return merged; }

    /** The To tag of its answers; empty before there is one. A CANCEL's answer carries the same one, §9.2. */
    String toTag() { return toTag; }

    void onRetransmission() { machine.onRetransmission(); }

    boolean onAck() { return machine.onAck(all.nowNanos()); }

    /** Its user has failed: it is answered all the same, or it would be held for ever. */
    void failed() {
        Handle handle = open;
        if (handle != null) handle.respond(500, handle.answer(500, Responses.phrase(500), "f" + Integer.toHexString(key.hashCode())).end());
    }

    private void respond(int status, byte[] message) {
        if (status >= 200) open = null;
        boolean repeatedByUs = status < 200 || status >= 300 || !method.equals("INVITE"); // a 2xx is its user's to repeat, RFC 6026 §7.1
        last = repeatedByUs ? message : NOTHING;
        hold(OVERHEAD_BYTES + last.length + (open == null ? 0 : open.request.bytes().length));
        transmit(message);
        machine.onRespond(status, all.nowNanos());
    }

    private void respondOnce(int status, byte[] message) {
        if (last.length > 0) {
            respond(status, message);
            return;
        }
        open = null;
        transmit(message);
        terminated();
    }

    @Override
    public void sendTrying() {
        Handle handle = open;
        if (handle == null) return;
        last = handle.answer(100, Responses.phrase(100), "").end();
        transmit(last);
    }

    @Override
    public void repeatResponse() {
        if (last.length == 0) return;
        all.repeated();
        transmit(last);
    }

    @Override
    public void arm(ServerMachine.Timer timer, long dueNanos) {
        if (timer.use() == TransactionTimers.Use.LINGER && dueNanos - all.nowNanos() > TimerValues.T4_NANOS) { // J or L, as nearly all in the end
            forgetTimers();
            lingersUntilNanos = dueNanos;
            all.linger(this);
            return;
        }
        TransactionTimers alarms = timers;
        if (alarms == null) alarms = new TransactionTimers(all.timers());
        timers = alarms;
        alarms.arm(timer, dueNanos, () -> machine.onTimer(timer, all.nowNanos()));
    }

    private void forgetTimers() {
        if (timers != null) timers.forget();
        timers = null;
    }

    /** Until when it waits for late copies. */
    long lingersUntilNanos() { return lingersUntilNanos; }

    /** That time has come. */
    void lingered() {
        machine.onTimer(method.equals("INVITE") ? ServerMachine.Timer.L : ServerMachine.Timer.J, all.nowNanos());
    }

    @Override
    public void terminated() {
        forgetTimers();
        open = null;
        last = NOTHING;
        hold(0);
        all.forget(this);
    }

    private void transmit(byte[] message) { all.send(message, method, back, machine::onTransportError); }

    private void hold(int bytes) {
        all.held(bytes - held);
        held = bytes;
    }

    /** What the user has in hand. The transaction lets go of it, and with it of the request, at the final answer. */
    private final class Handle implements ServerTransaction {
        private final SipMessage request;
        private final Hop from;

        Handle(SipMessage request, Hop from) {
            this.request = request;
            this.from = from;
        }

        @Override
        public SipMessage request() { return request; }

        @Override
        public Hop from() { return from; }

        @Override
        public void respond(int status, byte[] message) { TakenRequest.this.respond(status, message); }

        @Override
        public void respondOnce(int status, byte[] message) { TakenRequest.this.respondOnce(status, message); }

        @Override
        public SipWriter answer(int status, String phrase, String tag) {
            if (!tag.isEmpty()) toTag = tag;
            return ServerTransaction.super.answer(status, phrase, tag);
        }
    }
}
