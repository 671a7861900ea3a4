package org.infrafabric.sip;

import java.util.Optional;

/** A request that came in and awaits its answer. Its user answers through it; repeated requests are dealt with behind it. */
interface ServerTransaction {
    SipMessage request();

    /** Where the request came from, and where answers go. */
    Hop from();

    /** Sends an answer. A 2xx to an INVITE may be sent again until its ACK is there. */
    void respond(int status, byte[] message);

    /**
     * Answers for good, once, and forgets the request: if it comes again it is a new one, and gets the same answer again (RFC 3261 §8.2.7). For whoever may
     * have forged the address it seems to come from: it draws no more answers than it sends requests. If anything was answered already it is answered as
     * ever.
     */
    void respondOnce(int status, byte[] message);

    /** Begins an answer; {@code toTag} is put where the request's To has none. */
    default SipWriter answer(int status, String phrase, String toTag) {
        return Responses.to(request(), status, phrase, from().remote(), toTag);
    }

    /** The request's sequence number. */
    default long number() { return request().number(); }

    /** The request's method. */
    default String method() { return request().method(); }

    /** A tag of the request's To, if it is in a dialog. */
    default Optional<String> toTag() {
        String tag = request().toTag();
        return tag.isEmpty() ? Optional.empty() : Optional.of(tag);
    }
}
