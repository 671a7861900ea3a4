package org.infrafabric.sip;

import java.net.InetSocketAddress;
import java.util.Map;

/** Answers to a request, RFC 3261 §8.2.6, and where they go, §18.2.2 with RFC 3581. */
final class Responses {
    private static final Map<Integer, String> PHRASES = Map.ofEntries(Map.entry(100, "Trying"), Map.entry(180, "Ringing"), Map.entry(200, "OK"),
            Map.entry(400, "Bad Request"), Map.entry(401, "Unauthorized"),
            Map.entry(403, "Forbidden"), Map.entry(404, "Not Found"), Map.entry(405, "Method Not Allowed"),
            Map.entry(408, "Request Timeout"), Map.entry(413, "Request Entity Too Large"), Map.entry(415, "Unsupported Media Type"),
            Map.entry(420, "Bad Extension"), Map.entry(421, "Extension Required"),
            Map.entry(422, "Session Interval Too Small"), Map.entry(480, "Temporarily Unavailable"),
            Map.entry(481, "Call/Transaction Does Not Exist"), Map.entry(482, "Loop Detected"),
            Map.entry(486, "Busy Here"), Map.entry(487, "Request Terminated"), Map.entry(488, "Not Acceptable Here"),
            Map.entry(491, "Request Pending"),
            Map.entry(500, "Server Internal Error"), Map.entry(501, "Not Implemented"), Map.entry(503, "Service Unavailable"),
            Map.entry(504, "Server Time-out"),
            Map.entry(603, "Decline"));

    private static final int DEFAULT_PORT = 5060;
    private static final byte[] RECEIVED = Ascii.bytes("received");
    private static final byte[] RPORT = Ascii.bytes("rport");

    private Responses() {}

    static String phrase(int status) { return PHRASES.getOrDefault(status, "Status " + status); }

    /**
     * Begins an answer: Via with {@code received} and {@code rport}, Record-Route, From, To with our tag, Call-ID, CSeq.
     *
     * @param from where the request came from
     * @param toTag is put where the request's To has none; empty puts none (100 only)
     */
    static SipWriter to(SipMessage request, int status, String phrase, InetSocketAddress from, String toTag) {
        SipWriter writer = SipWriter.response(status, phrase);
        HeaderIndex headers = request.index();
        int top = headers.first(HeaderName.VIA);
        stamp(writer, request, top, from);
        for (int at = headers.next(HeaderName.VIA, top); at >= 0; at = headers.next(HeaderName.VIA, at))
            writer.copy(HeaderName.VIA, request, at).newLine();
        if (status > 100 && status < 300) writer.copy(HeaderName.RECORD_ROUTE, request); // §12.1.1
        if (status == 100) writer.copy(HeaderName.TIMESTAMP, request);
        writer.copy(HeaderName.FROM, request);
        int to = headers.first(HeaderName.TO);
        if (to >= 0) {
            writer.copy(HeaderName.TO, request, to);
            if (!toTag.isEmpty() && !hasTag(request)) writer.text(";tag=").text(toTag);
            writer.newLine();
        }
        return writer.copy(HeaderName.CALL_ID, request).copy(HeaderName.CSEQ, request);
    }

    /** A tag for answers that leave no state: the same request gets the same one, §8.2.7. */
    static String steadyTag(SipMessage request) {
        return "s" + Integer.toHexString(request.text(HeaderName.CALL_ID).hashCode()) + Integer.toHexString(request.text(HeaderName.VIA).hashCode());
    }

    /** Where an answer goes: on the connection or from the socket that the request came on; to the sent-by port if that connection is gone. */
    static Hop hop(SipMessage request, Hop from) {
        Via via;
        try {
            via = request.via();
        } catch (Malformed e) {
            return from;
        }
        if (via.hasRport() && !from.reliable() || via.portOr(DEFAULT_PORT) == from.remote().getPort()) return from; // RFC 3581 §4
        return new Hop(from.protocol(), new InetSocketAddress(from.remote().getAddress(), via.portOr(DEFAULT_PORT)), from.connection());
    }

    /** Writes the topmost Via as the client is to get it back, RFC 3261 §18.2.1, RFC 3581 §4. */
    private static void stamp(SipWriter writer, SipMessage request, int top, InetSocketAddress from) {
        Via via;
        try {
            via = request.via();
        } catch (Malformed e) {
            writer.copy(HeaderName.VIA, request, top).newLine(); // not to be made worse
            return;
        }
        boolean rport = via.hasRport();
        String ip = Addresses.host(from);
        if (!rport && via.host().equals(ip)) {
            writer.copy(HeaderName.VIA, request, top).newLine();
            return;
        }
        byte[] bytes = request.bytes();
        writer.name(HeaderName.VIA).text("SIP/2.0/").text(via.transport()).text(" ").text(via.host());
        if (via.port() >= 0) writer.text(":").number(via.port());
        for (int at = via.paramsFrom(); at < via.end();) {
            int next = Params.next(bytes, at, via.end());
            if (!Params.isNamed(bytes, at, next, RECEIVED) && !Params.isNamed(bytes, at, next, RPORT)) writer.slice(bytes, at, next);
            at = next;
        }
        writer.text(";received=").text(ip.startsWith("[") ? ip.substring(1, ip.length() - 1) : ip);
        if (rport) writer.text(";rport=").number(from.getPort());
        writer.slice(bytes, via.end(), request.index().to(top)).newLine();
    }

    private static boolean hasTag(SipMessage request) {
        try {
            return request.hasToTag();
        } catch (Malformed e) {
            return true; // not to be made worse
        }
    }
}
