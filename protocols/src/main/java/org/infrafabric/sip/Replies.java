package org.infrafabric.sip;

import java.util.function.Consumer;

/** The answers that this user agent gives to requests, RFC 3261 §8.2.6, §21. */
final class Replies {
    private final Ids ids;
    private final String product;

    Replies(Ids ids, String product) {
        this.ids = ids;
        this.product = product;
    }

    /** Answers with a final status that is no 2xx; {@code phrase} may be empty. */
    void refuse(ServerTransaction transaction, int status, String phrase) {
        refuse(transaction, status, phrase, writer -> {});
    }

    /** The same, with headers that say more. */
    void refuse(ServerTransaction transaction, int status, String phrase, Consumer<SipWriter> headers) {
        SipWriter answer = transaction.answer(status, phrase.isEmpty() ? Responses.phrase(status) : phrase, ids.tag());
        headers.accept(answer);
        transaction.respond(status, answer.header(HeaderName.SERVER, product).end());
    }

    /** Refuses whoever may have forged its address: see {@link ServerTransaction#respondOnce}. {@code phrase} may be empty. */
    void refuseOnce(ServerTransaction transaction, int status, String phrase) {
        refuseOnce(transaction, status, phrase, writer -> {});
    }

    private void refuseOnce(ServerTransaction transaction, int status, String phrase, Consumer<SipWriter> headers) {
        SipWriter answer = transaction.answer(status, phrase.isEmpty() ? Responses.phrase(status) : phrase,
                Responses.steadyTag(transaction.request()));
        headers.accept(answer);
        transaction.respondOnce(status, answer.header(HeaderName.SERVER, product).end());
    }

    /** Not now, but in so many seconds, §21.5.1. */
    void refuseForNow(ServerTransaction transaction, int status, String phrase, int seconds) {
        refuse(transaction, status, phrase, answer -> answer.header(HeaderName.RETRY_AFTER, Integer.toString(seconds)));
    }

    /** 503 before any work is done. */
    void overloaded(ServerTransaction transaction) {
        refuseOnce(transaction, 503, "", answer -> answer.header(HeaderName.RETRY_AFTER, Integer.toString(Intake.RETRY_SECONDS)));
    }

    /** The interval is too small, RFC 4028 §9. */
    void tooShort(ServerTransaction transaction) {
        Consumer<SipWriter> least = answer -> answer.header(HeaderName.MIN_SE, Long.toString(SessionExpires.MIN_SECONDS));
        if (transaction.request().hasToTag()) refuse(transaction, 422, "", least);
        else refuseOnce(transaction, 422, "", least);
    }

    /** 488; the Warning says whether it is the kind of media or its coding, §20.43. */
    void refuseMedia(ServerTransaction transaction) {
        boolean sound = new String(transaction.request().description(), java.nio.charset.StandardCharsets.ISO_8859_1).contains("m=audio ");
        String warning = sound ? "305 ifbus \"Incompatible media format: no audio coding in common\""
                : "304 ifbus \"Media type not available: only audio is\"";
        refuse(transaction, 488, "", answer -> answer.header(HeaderName.WARNING, warning));
    }

    /** 200 within a dialog. */
    void confirm(ServerTransaction transaction) { confirm(transaction, answer -> {}, "", DialogRequests.NO_BODY); }

    /** The same with more. */
    void confirm(ServerTransaction transaction, Consumer<SipWriter> headers, String type, byte[] body) {
        SipWriter answer = transaction.answer(200, Responses.phrase(200), "");
        headers.accept(answer);
        transaction.respond(200, answer.header(HeaderName.SERVER, product).end(type, body));
    }

    /** What we can do, §11.2. */
    void options(ServerTransaction transaction) {
        byte[] answer = transaction.answer(200, Responses.phrase(200), Responses.steadyTag(transaction.request()))
                .header(HeaderName.ALLOW, Validator.ALLOW).header(HeaderName.ACCEPT, Descriptions.TYPE)
                .header(HeaderName.ACCEPT_ENCODING, "identity").header(HeaderName.SUPPORTED, Validator.SUPPORTED).header(HeaderName.SERVER, product)
                .end();
        if (transaction.request().hasToTag()) transaction.respond(200, answer);
        else transaction.respondOnce(200, answer);
    }
}
