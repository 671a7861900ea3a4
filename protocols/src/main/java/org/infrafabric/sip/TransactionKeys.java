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
        Via via = request.via();
        String branch = via.branch();
        boolean unique = branch.length() > Via.MAGIC.length() && branch.regionMatches(true, 0, Via.MAGIC, 0, Via.MAGIC.length()); // the cookie alone tells nothing
        StringBuilder key = new StringBuilder(96).append(unique ? branch.toLowerCase(Locale.ROOT) : branch).append('|').append(via.host()).append(':')
                .append(via.portOr(DEFAULT_PORT)).append('|').append(method);
        if (unique) return key.toString();
        return key.append('|').append(request.text(HeaderName.CALL_ID)).append('|').append(request.number()).append('|').append(request.fromTag())
                .append('|').append(request.requestUri()).toString();
    }

    /** What two copies have in common that came by different ways, §8.2.2.2; empty for a request within a dialog. */
    static String merged(SipMessage request) {
        if (request.hasToTag()) return "";
        return request.text(HeaderName.CALL_ID) + '|' + request.fromTag() + '|' + request.text(HeaderName.CSEQ);
    }
}
