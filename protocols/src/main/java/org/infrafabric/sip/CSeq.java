package org.infrafabric.sip;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Sequence number and method, RFC 3261 §20.16. {@code number} is below 2^31 (§8.1.1.5). */
record CSeq(long number, String method) {
    static final long MAX = Integer.MAX_VALUE;

    /** Empty when it is missing or malformed. */
    static Optional<CSeq> of(SipMessage message) { return message.cseq(); }

    /** Null when it is malformed: this is read of every message. */
    static @Nullable CSeq parse(byte[] bytes, int from, int to) {
        int numberTo = Ascii.skip(bytes, from, to, Ascii.DIGIT);
        long number = Ascii.number(bytes, from, numberTo, MAX);
        int methodFrom = Ascii.skipSpace(bytes, numberTo, to);
        boolean sound = number >= 0 && methodFrom > numberTo && methodFrom < to && Ascii.skip(bytes, methodFrom, to, Ascii.TOKEN) == to;
        return sound ? new CSeq(number, Methods.of(bytes, methodFrom, to)) : null;
    }
}
