package org.infrafabric.sip;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;

/** Answers to a request, RFC 3261 §8.2.6, and where they go, §18.2.2 with RFC 3581. */
final class Responses {
    private static final Map<Integer, String> PHRASES = Map.ofEntries(Map.entry(100, "Trying"), Map.entry(180, "Ringing"), Map.entry(200, "OK"),
            Map.entry(400, "Bad Request"), Map.entry(403, "Forbidden"), Map.entry(404, "Not Found"), Map.entry(405, "Method Not Allowed"),
            Map.entry(408, "Request Timeout"), Map.entry(413, "Request Entity Too Large"), Map.entry(415, "Unsupported Media Type"),
            Map.entry(480, "Temporarily Unavailable"), Map.entry(481, "Call/Transaction Does Not Exist"), Map.entry(482, "Loop Detected"),
            Map.entry(486, "Busy Here"), Map.entry(487, "Request Terminated"), Map.entry(488, "Not Acceptable Here"),
            Map.entry(491, "Request Pending"),
            Map.entry(500, "Server Internal Error"), Map.entry(501, "Not Implemented"), Map.entry(503, "Service Unavailable"),
            Map.entry(603, "Decline"));

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
        List<String> vias = request.headers(HeaderName.VIA);
        writer.header(HeaderName.VIA, stamped(vias.getFirst(), from));
        for (String via : vias.subList(1, vias.size())) writer.header(HeaderName.VIA, via);
        if (status > 100 && status < 300) writer.copy(HeaderName.RECORD_ROUTE, request); // §12.1.1
        if (status == 100) writer.copy(HeaderName.TIMESTAMP, request);
        writer.copy(HeaderName.FROM, request);
        String to = request.text(HeaderName.TO);
        writer.header(HeaderName.TO, toTag.isEmpty() || hasTag(to) ? to : to + ";tag=" + toTag);
        return writer.copy(HeaderName.CALL_ID, request).copy(HeaderName.CSEQ, request);
    }

    /** Where an answer goes: on the connection or from the socket that the request came on; to the sent-by port if that connection is gone. */
    static Hop hop(SipMessage request, Hop from) {
        Via via;
        try {
            via = Via.parse(request.text(HeaderName.VIA));
        } catch (IllegalArgumentException e) {
            return from;
        }
        if (via.params().containsKey("rport") && !from.reliable()) return from; // RFC 3581 §4
        return new Hop(from.protocol(), new InetSocketAddress(from.remote().getAddress(), via.portOr(5060)), from.connection());
    }

    /** RFC 3261 §18.2.1, RFC 3581 §4. */
    private static String stamped(String value, InetSocketAddress from) {
        Via via;
        try {
            via = Via.parse(value);
        } catch (IllegalArgumentException e) {
            return value;
        }
        boolean rport = via.params().containsKey("rport");
        String ip = Addresses.host(from);
        if (!rport && via.host().equals(ip)) return value;
        StringBuilder stamped = new StringBuilder(value.length() + 40).append("SIP/2.0/").append(via.transport()).append(' ').append(via.host());
        if (via.port() >= 0) stamped.append(':').append(via.port());
        via.params().forEach((name, old) -> {
            if (name.equals("received") || name.equals("rport")) return;
            stamped.append(';').append(name);
            if (!old.isEmpty()) stamped.append('=').append(Ascii.isToken(old) || old.startsWith("[") ? old : '"' + old + '"');
        });
        stamped.append(";received=").append(ip.startsWith("[") ? ip.substring(1, ip.length() - 1) : ip);
        if (rport) stamped.append(";rport=").append(from.getPort());
        return stamped.append(value, via.end(), value.length()).toString();
    }

    private static boolean hasTag(String to) {
        try {
            return !NameAddr.parse(to).tag().isEmpty();
        } catch (IllegalArgumentException e) {
            return true; // not to be made worse
        }
    }
}
