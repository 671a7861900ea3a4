package org.infrafabric.sip;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What two user agents keep of their relation, RFC 3261 §12. Owner's thread only. */
final class Dialog {
    /** A route set longer than this is an attack. */
    private static final int MAX_ROUTES = 32;

    private final String callId;
    private final String localTag;
    private final String remoteTag;
    private final String local;
    private final String remote;
    private final List<String> routes;
    private String target;
    private long localNumber;
    private long remoteNumber;
    private @Nullable String party; // made when somebody asks

    /**
     * @param local our From as it stands in requests that we send: the address, without its tag
     * @param remote the peer's, likewise
     * @param target where requests go in the end: the peer's Contact
     * @param remoteNumber of the last request from the peer, -1 before the first
     */
    Dialog(String callId, String localTag, String remoteTag, String local, String remote, List<String> routes, String target, long localNumber,
            long remoteNumber) {
        this.callId = callId;
        this.localTag = localTag;
        this.remoteTag = remoteTag;
        this.local = local;
        this.remote = remote;
        this.routes = List.copyOf(routes);
        this.target = target;
        this.localNumber = localNumber;
        this.remoteNumber = remoteNumber;
    }

    /**
     * The caller's side, from the answer, §12.1.2.
     *
     * @throws IllegalArgumentException when the answer's Contact or Record-Route cannot be used
     */
    static Dialog caller(SipMessage answer, String localTag, long number, String fallbackTarget) {
        List<String> routes = routes(answer).reversed();
        String target = answer.count(HeaderName.CONTACT) == 0 ? fallbackTarget : contact(answer);
        NameAddr to = NameAddr.parse(answer.text(HeaderName.TO));
        return new Dialog(answer.text(HeaderName.CALL_ID), localTag, to.tag(), "<" + NameAddr.parse(answer.text(HeaderName.FROM)).uri() + ">",
                "<" + to.uri() + ">",
                routes, target, number, -1);
    }

    /**
     * The callee's side, from the INVITE, §12.1.1.
     *
     * @throws IllegalArgumentException when the INVITE's Contact or Record-Route cannot be used
     */
    static Dialog callee(SipMessage invite, String localTag) {
        NameAddr from = NameAddr.parse(invite.text(HeaderName.FROM));
        return new Dialog(invite.text(HeaderName.CALL_ID), localTag, from.tag(), "<" + NameAddr.parse(invite.text(HeaderName.TO)).uri() + ">",
                "<" + from.uri() + ">", routes(invite), invite.count(HeaderName.CONTACT) == 0 ? sip(from.uri()) : contact(invite), 0,
                CSeq.of(invite).orElseThrow().number());
    }

    String callId() { return callId; }

    String localTag() { return localTag; }

    String remoteTag() { return remoteTag; }

    String local() { return local; }

    String remote() { return remote; }

    /** The other side's bare URI, for people. */
    String party() {
        String known = party;
        if (known == null) known = Core.party(remote);
        party = known;
        return known;
    }

    List<String> routes() { return routes; }

    String target() { return target; }

    long localNumber() { return localNumber; }

    /** Takes the number of a request from the peer; false when it is not above the last one: 500 is due, §12.2.2. */
    boolean accept(long number) {
        if (remoteNumber >= 0 && number <= remoteNumber) return false;
        remoteNumber = number;
        return true;
    }

    /** A re-INVITE, or its answer, may move the peer, §12.2. What cannot be used changes nothing. */
    void refreshTarget(SipMessage message) {
        if (message.count(HeaderName.CONTACT) != 1) return;
        try {
            target = contact(message);
        } catch (IllegalArgumentException e) {
            return;
        }
    }

    /** The URI whose host the next request is sent to, §12.2.1.1 and §8.1.2. */
    String nextHop() {
        return routes.isEmpty() ? target : NameAddr.parse(routes.getFirst()).uri();
    }

    /** The number of the next request of ours. */
    long nextNumber() { return ++localNumber; }

    /** What the next request's first line names. */
    String requestUri() { return strict() ? NameAddr.parse(routes.getFirst()).uri() : target; }

    private boolean strict() { return !routes.isEmpty() && !isLoose(routes.getFirst()); }

    /** Begins a request within the dialog. An ACK has the number of its INVITE, §13.2.2.4. */
    SipWriter request(String method, long number, String via) {
        List<String> route = new ArrayList<>(routes);
        if (strict()) { // §12.2.1.1
            route.removeFirst();
            route.add("<" + target + ">");
        }
        SipWriter writer = SipWriter.request(method, requestUri()).header(HeaderName.VIA, via);
        for (String each : route) writer.header(HeaderName.ROUTE, each);
        return writer.header(HeaderName.FROM, local + ";tag=" + localTag)
                .header(HeaderName.TO, remoteTag.isEmpty() ? remote : remote + ";tag=" + remoteTag)
                .header(HeaderName.CALL_ID, callId).header(HeaderName.CSEQ, number + " " + method)
                .header(HeaderName.MAX_FORWARDS, Requests.MAX_FORWARDS);
    }

    private static boolean isLoose(String route) { return SipUri.parse(NameAddr.parse(route).uri()).hasParam("lr"); }

    private static List<String> routes(SipMessage message) {
        List<String> routes = new ArrayList<>();
        for (String header : message.headers(HeaderName.RECORD_ROUTE)) {
            for (NameAddr route : NameAddr.list(header)) {
                SipUri.parse(route.uri());
                routes.add("<" + route.uri() + ">");
            }
        }
        if (routes.size() > MAX_ROUTES) throw new IllegalArgumentException("Too many Record-Route");
        return routes;
    }

    private static String contact(SipMessage message) { return sip(NameAddr.parse(message.text(HeaderName.CONTACT)).uri()); }

    /** @throws IllegalArgumentException when requests cannot be sent there */
    private static String sip(String uri) {
        SipUri.parse(uri);
        return uri;
    }
}
