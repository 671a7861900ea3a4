package org.infrafabric.sip;

/** Where messages come in: each is read, judged, and handed to the transactions, or refused so that nothing of it stays. Owner's thread only. */
final class Intake {
    /** Whoever is turned away for now may come back after so many seconds. */
    static final int RETRY_SECONDS = 5;

    private final Transactions transactions;
    private final String product;

    Intake(Transactions transactions, String product) {
        this.transactions = transactions;
        this.product = product;
    }

    /** One message from the network. */
    void onMessage(byte[] bytes, Hop from) {
        SipMessage message;
        try {
            message = SipParser.parse(bytes);
        } catch (NotSip e) {
            return; // §18: there is nobody to answer
        }
        if (message.isRequest()) onRequest(message, from);
        else if (Validator.response(message).isEmpty()) transactions.onResponse(message, from);
    }

    private void onRequest(SipMessage request, Hop from) {
        Validator.request(request).ifPresentOrElse(fault -> refuse(request, from, fault), () -> transactions.onRequest(request, from));
    }

    static Validator.Fault overload() { return new Validator.Fault(503, "Service Unavailable", "Retry-After", Integer.toString(RETRY_SECONDS)); }

    /** An answer that leaves nothing behind: the same again to the same request, §8.2.7. */
    void refuse(SipMessage request, Hop from, Validator.Fault fault) {
        if (request.method().equals("ACK") || request.count(HeaderName.VIA) == 0) return; // nobody answers an ACK; without Via there is no way back
        String tag = "s" + Integer.toHexString(request.text(HeaderName.CALL_ID).hashCode())
                + Integer.toHexString(request.text(HeaderName.VIA).hashCode());
        SipWriter answer = Responses.to(request, fault.status(), fault.phrase(), from.remote(), tag).header(HeaderName.SERVER, product);
        if (!fault.extraName().isEmpty()) answer.header(fault.extraName(), fault.extraValue());
        transactions.sendLoose(answer.end(), request.method(), Responses.hop(request, from));
    }
}
