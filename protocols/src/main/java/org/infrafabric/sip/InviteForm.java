package org.infrafabric.sip;

import org.infrafabric.call.CallOrder;

/** What all INVITEs of one leg have in common, and how each is written, RFC 3261 §8.1.1, §13.2.1. A leg sends more than one when it is challenged or sent elsewhere. */
final class InviteForm {
    private final Core core;
    private final CallOrder order;
    private final SipUri target;
    private final String callId;
    private final String localTag;

    InviteForm(Core core, CallOrder order, SipUri target, String callId, String localTag) {
        this.core = core;
        this.order = order;
        this.target = target;
        this.callId = callId;
        this.localTag = localTag;
    }

    String callId() { return callId; }

    String localTag() { return localTag; }

    /** As it stands in the header, without the tag. */
    String from() { return "<" + core.settings().identity() + ">"; }

    String to() { return "<" + target.bare() + ">"; }

    /**
     * Writes one.
     *
     * @param uri where this one goes
     * @param session what is asked of the session timer; {@code seconds} 0 asks nothing
     */
    byte[] write(long number, String uri, Hop hop, String via, byte[] offer, SessionExpires session, DigestClient digest) {
        SipWriter writer = SipWriter.request("INVITE", uri).header(HeaderName.VIA, via).header(HeaderName.MAX_FORWARDS, Requests.MAX_FORWARDS)
                .header(HeaderName.FROM, from() + ";tag=" + localTag).header(HeaderName.TO, to()).header(HeaderName.CALL_ID, callId)
                .header(HeaderName.CSEQ, number + " INVITE").header(HeaderName.CONTACT, core.routes().contact(hop))
                .header(HeaderName.ALLOW, Validator.ALLOW).header(HeaderName.SUPPORTED, Validator.SUPPORTED);
        if (session.seconds() > 0) writer.header(HeaderName.SESSION_EXPIRES, session.text());
        if (session.seconds() > core.settings().sessionSeconds()) writer.header(HeaderName.MIN_SE, Long.toString(session.seconds())); // RFC 4028 §7.3
        if (!order.subject().isEmpty()) writer.text(HeaderName.SUBJECT, order.subject());
        digest.write(writer, "INVITE", uri, offer);
        EscalationHeaders.Signed about = new EscalationHeaders.Signed("INVITE", callId, number, from(), to(), offer);
        order.provenance().ifPresent(provenance -> core.headers().sign(writer, about, provenance, core.timers().wallTime()));
        return writer.end(Descriptions.TYPE, offer);
    }
}
