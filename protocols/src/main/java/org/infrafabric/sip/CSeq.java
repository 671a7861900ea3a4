package org.infrafabric.sip;

import java.util.Optional;

/** Sequence number and method, RFC 3261 §20.16. {@code number} is below 2^31 (§8.1.1.5). */
record CSeq(long number, String method) {
    static final long MAX = Integer.MAX_VALUE;

    /** Empty when it is missing or malformed. */
    static Optional<CSeq> of(SipMessage message) {
        return message.header(HeaderName.CSEQ).flatMap(CSeq::parse);
    }

    private static Optional<CSeq> parse(String text) {
        int space = 0;
        while (space < text.length() && !Ascii.isSpace(text.charAt(space))) space++;
        long number = Ascii.number(text.substring(0, space), MAX);
        String method = text.substring(space).trim();
        return number < 0 || !Ascii.isToken(method) ? Optional.empty() : Optional.of(new CSeq(number, method));
    }
}
