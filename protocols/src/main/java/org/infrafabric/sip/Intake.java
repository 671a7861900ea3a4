package org.infrafabric.sip;

import org.infrafabric.time.Timers;

/**
 * Where messages come in: each is read, judged, and handed to the transactions, or refused so that nothing of it stays. When this node cannot keep up,
 * what would begin something new is turned away before it is judged; all else passes. Owner's thread only.
 */
final class Intake {
    /** Whoever is turned away for now may come back after so many seconds. */
    static final int RETRY_SECONDS = 5;

    private final Transactions transactions;
    private final Timers timers;
    private final Overload overload;
    private final SipCounters counters;
    private final String product;
    private boolean looking;
    private boolean busy;

    Intake(Transactions transactions, Timers timers, Overload.Listener listener, SipCounters counters, String product) {
        this.transactions = transactions;
        this.timers = timers;
        this.counters = counters;
        this.product = product;
        overload = new Overload(listener);
    }

    /** One message from the network; says whether it was one of SIP. */
    boolean onMessage(byte[] bytes, Hop from) {
        busy = true;
        if (!looking) look();
        SipMessage message;
        try {
            message = SipParser.parse(bytes);
        } catch (NotSip e) {
            return false; // §18: there is nobody to answer
        }
        if (message.isRequest()) onRequest(message, from);
        else if (Validator.response(message).isEmpty()) transactions.onResponse(message, from);
        return true;
    }

    /** A batch from the network was worked off; {@code more}: others may be waiting in the kernel. */
    void onBatch(boolean more) {
        overload.onBatch(more, timers.nowNanos());
    }

    /** What a stream brought that cannot be followed any further: its sender hears why, if it can be answered at all. */
    void onBroken(StreamFramer.Broken broken, Hop from) {
        try {
            SipMessage message = SipParser.parse(broken.head());
            if (message.isRequest()) refuse(message, from, new Validator.Fault(broken.status(), broken.why()));
        } catch (NotSip e) {
            return; // there is nobody to answer
        }
    }

    Overload.State load() { return overload.state(); }

    private void onRequest(SipMessage request, Hop from) {
        if (overload.state() != Overload.State.CALM && beginsSomething(request) && !transactions.knows(request) && !overload.admits()) {
            counters.turnedAway();
            refuse(request, from, overload());
            return;
        }
        Validator.request(request).ifPresentOrElse(fault -> refuse(request, from, fault), () -> transactions.onRequest(request, from));
    }

    /** Not so what belongs to a call that stands, or ends one: that lightens the load. */
    private static boolean beginsSomething(SipMessage request) {
        try {
            return switch (request.method()) {
                case "ACK", "BYE", "CANCEL", "PRACK" -> false;
                default -> !request.hasToTag();
            };
        } catch (Malformed e) {
            return true;
        }
    }

    /** Looks while something happens, and until all is well. */
    private void look() {
        looking = true;
        long due = timers.nowNanos() + Overload.LOOK_NANOS;
        Timers.Timer unused = timers.at(due, () -> {
            looking = false;
            long now = timers.nowNanos();
            overload.onLook(now - due, transactions.fullness(), now);
            if (busy || overload.state() != Overload.State.CALM) look();
            busy = false;
        });
    }

    static Validator.Fault overload() { return new Validator.Fault(503, "Service Unavailable", "Retry-After", Integer.toString(RETRY_SECONDS)); }

    /** An answer that leaves nothing behind: the same again to the same request, §8.2.7. */
    void refuse(SipMessage request, Hop from, Validator.Fault fault) {
        if (request.method().equals("ACK") || request.count(HeaderName.VIA) == 0) return; // nobody answers an ACK; without Via there is no way back
        SipWriter answer = Responses.to(request, fault.status(), fault.phrase(), from.remote(), Responses.steadyTag(request))
                .header(HeaderName.SERVER, product);
        if (!fault.extraName().isEmpty()) answer.header(fault.extraName(), fault.extraValue());
        transactions.sendLoose(answer.end(), request.method(), Responses.hop(request, from));
    }
}
