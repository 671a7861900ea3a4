package org.infrafabric.sip;

import java.util.Locale;

/** By what a message is known to belong to a transaction, RFC 3261 §17.1.3 and §17.2.3. */
final class TransactionKeys {
    private static final int DEFAULT_PORT = 5060;

    private TransactionKeys() {}

    /** Of a request of ours: a CANCEL has its INVITE's branch. */
    static String sent(String branch, String method) { return branch + '|' + method; }

    /**
     * Of a request that came in, taken for one of {@code method}: an ACK or CANCEL looks for its INVITE. For a client of RFC 2543 (no magic cookie) all
     * that its retransmissions have in common.
     */
    static String taken(SipMessage request, String method) {
        Via via = Via.parse(request.text(HeaderName.VIA));
        String branch = via.branch();
        String sentBy = via.host() + ':' + via.portOr(DEFAULT_PORT);
        boolean unique = branch.length() > Via.MAGIC.length() && branch.regionMatches(true, 0, Via.MAGIC, 0, Via.MAGIC.length()); // the cookie alone tells nothing
        if (unique) return branch.toLowerCase(Locale.ROOT) + '|' + sentBy + '|' + method;
        return branch + '|' + sentBy + '|' + method + '|' + request.text(HeaderName.CALL_ID) + '|' + CSeq.of(request).map(CSeq::number).orElse(0L)
                + '|' + NameAddr.parse(request.text(HeaderName.FROM)).tag() + '|' + request.requestUri();
    }

    /** What two copies have in common that came by different ways, §8.2.2.2; empty for a request within a dialog. */
    static String merged(SipMessage request) {
        if (!NameAddr.parse(request.text(HeaderName.TO)).tag().isEmpty()) return "";
        return request.text(HeaderName.CALL_ID) + '|' + NameAddr.parse(request.text(HeaderName.FROM)).tag() + '|' + request.text(HeaderName.CSEQ);
    }
}
