package org.infrafabric.sip;

/** Requests that are made from another request: its ACK and its CANCEL. */
final class Requests {
    static final String MAX_FORWARDS = "70"; // RFC 3261 §8.1.1.6

    private Requests() {}

    /** The ACK of a final response that is no 2xx, RFC 3261 §17.1.1.3. */
    static byte[] ack(SipMessage invite, SipMessage response) {
        return sameHop(invite, "ACK").copy(HeaderName.TO, response).header(HeaderName.MAX_FORWARDS, MAX_FORWARDS).end();
    }

    /** RFC 3261 §9.1; {@code reason} is a Reason header's value (RFC 3326). */
    static byte[] cancel(SipMessage invite, String reason, String product) {
        return sameHop(invite, "CANCEL").copy(HeaderName.TO, invite).header(HeaderName.MAX_FORWARDS, MAX_FORWARDS).header(HeaderName.REASON, reason)
                .header(HeaderName.USER_AGENT, product).end();
    }

    private static SipWriter sameHop(SipMessage invite, String method) {
        long number = CSeq.of(invite).orElseThrow().number();
        return SipWriter.request(method, invite.requestUri()).header(HeaderName.VIA, invite.text(HeaderName.VIA)).copy(HeaderName.ROUTE, invite)
                .copy(HeaderName.FROM, invite).copy(HeaderName.CALL_ID, invite).header(HeaderName.CSEQ, number + " " + method);
    }
}
