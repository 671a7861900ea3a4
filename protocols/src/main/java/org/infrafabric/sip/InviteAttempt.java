package org.infrafabric.sip;

import java.net.InetSocketAddress;
import java.util.Optional;
import org.infrafabric.call.CallFailure;

/**
 * One INVITE of a leg: its bytes, the way that they take (RFC 3261 §18.1.1), its transaction, and its CANCEL. It is written, with all ids, before anything is sent.
 * Owner's thread only.
 */
final class InviteAttempt implements Transactions.Client {
    private final Parts parts;
    private final long number;
    private final int challenged;
    private final String uri;
    private final SessionExpires session;
    private final Hop hop;
    private final Optional<Hop> datagram; // where it would have gone, had it been shorter
    private final String branch;
    private final String via;
    private final byte[] encoded;
    private boolean heard;
    private Optional<SentRequest> sent = Optional.empty();

    /** What it asks of its leg. */
    interface Out {
        /** Whether it is still wanted: the leg was not hung up, and no other attempt has taken its place. */
        boolean wants(InviteAttempt attempt);

        /** Another is to take its place, and to be sent when what ends it is kept. */
        void replace(InviteAttempt next);

        void sending(Hop hop, byte[] invite);

        void cancelling(Hop hop, byte[] cancel);

        /** Any response; {@code first}: nothing came before it, so only now may it be cancelled (§9.1). */
        void onResponse(InviteAttempt attempt, SipMessage response, Hop from, boolean first);

        /** Nobody answered, by any way. */
        void onFailed(CallFailure why);
    }

    /** What all attempts of one leg are made of. */
    record Parts(Core core, InviteForm form, byte[] offer, DigestClient digest, Out out) {}

    /**
     * The first of a leg.
     *
     * @param wanted where it goes if it is short enough
     * @param ready false while the address is not known: then there are ids, but nothing to send
     */
    InviteAttempt(Parts parts, String uri, Hop wanted, boolean ready, SessionExpires session) {
        this(parts, 1, 0, uri, wanted, ready, session, parts.core.ids().branch());
    }

    private InviteAttempt(Parts parts, long number, int challenged, String uri, Hop wanted, boolean ready, SessionExpires session, String branch) {
        this.parts = parts;
        this.number = number;
        this.challenged = challenged;
        this.uri = uri;
        this.session = session;
        this.branch = branch;
        byte[] written = ready ? write(wanted) : DialogRequests.NO_BODY;
        hop = parts.core.routes().sized(wanted, written.length);
        datagram = hop == wanted ? Optional.empty() : Optional.of(wanted);
        encoded = hop == wanted ? written : write(hop);
        via = via(hop);
    }

    private byte[] write(Hop to) { return parts.form.write(number, uri, to, via(to), parts.offer, session, parts.digest); }

    private String via(Hop to) {
        Optional<InetSocketAddress> remote = to.remote().isUnresolved() ? Optional.empty() : Optional.of(to.remote());
        return parts.core.routes().via(to.protocol(), remote, branch);
    }

    /** The same, now that the address is known. */
    InviteAttempt at(Hop found) {
        return new InviteAttempt(parts, number, challenged, uri, found, true, session, branch);
    }

    /** The next one, to the same place. {@code challenges}: to be answered by it, 0 or 1. */
    InviteAttempt again(SessionExpires newSession, int challenges) {
        return next(number + 1, challenged + challenges, uri, hop, newSession);
    }

    /** The next one, to another place. */
    InviteAttempt elsewhere(String other, Hop where) { return next(number + 1, 0, other, where, session); }

    private InviteAttempt byDatagram(long as) { return next(as, challenged, uri, datagram.orElse(hop), session); }

    private InviteAttempt next(long as, int challenges, String to, Hop where, SessionExpires newSession) {
        return new InviteAttempt(parts, as, challenges, to, where, true, newSession, parts.core.ids().branch());
    }

    /** Of its CSeq. */
    long number() { return number; }

    /** How many challenges it and those before it have met at this place. */
    int challenged() { return challenged; }

    String uri() { return uri; }

    Hop hop() { return hop; }

    String via() { return via; }

    String branch() { return branch; }

    void send() {
        if (!parts.out.wants(this)) return; // hung up while the token was kept
        if (datagram.isEmpty()) put();
        else parts.core.routes().reach(hop, reached -> {
            if (!parts.out.wants(this)) return;
            if (reached) put();
            else parts.out.replace(byDatagram(number)); // nothing was sent under this number
        });
    }

    private void put() {
        parts.out.sending(hop, encoded);
        sent = Optional.of(parts.core.transactions().invite(encoded, branch, hop, this));
    }

    /** §9.1: once there is a provisional response; without one it waits for that. */
    void cancel(String reason) {
        if (!heard || sent.isEmpty()) return;
        parts.out.cancelling(sent.get().hop(), sent.get().cancel(Core.reason("Q.850", 16, reason), parts.core.settings().product()));
    }

    @Override
    public void onResponse(SipMessage response, Hop from) {
        boolean first = !heard;
        heard = true;
        parts.out.onResponse(this, response, from, first);
    }

    @Override
    public void onFailed(CallFailure why) {
        if (datagram.isEmpty() || heard) {
            parts.out.onFailed(why);
            return;
        }
        parts.core.routes().avoidTcp(datagram.get().remote()); // §18.1.1: the connection broke
        if (parts.out.wants(this)) parts.out.replace(byDatagram(number + 1));
    }
}
