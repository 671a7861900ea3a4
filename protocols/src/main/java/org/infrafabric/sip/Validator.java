package org.infrafabric.sip;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Judges a message that the parser has read: what is wrong with it, and with which answer its sender is told (RFC 3261 §8.2, §21.4). */
final class Validator {
    /** What we do; goes into Allow. */
    static final List<String> ALLOWED = List.of("INVITE", "ACK", "CANCEL", "BYE", "OPTIONS", "INFO");
    static final String ALLOW = String.join(", ", ALLOWED);
    /** Methods that exist but that we do not do: 405; any other is 501. */
    private static final Set<String> KNOWN = Set.of("REGISTER", "SUBSCRIBE", "NOTIFY", "MESSAGE", "REFER", "UPDATE", "PRACK", "PUBLISH");
    /** A body larger than this cannot be a description of ours. */
    static final int MAX_BODY = 32_768;

    private Validator() {}

    /** An answer that is due instead of service; {@code extra} is a further header line or empty. */
    record Fault(int status, String phrase, String extraName, String extraValue) {
        Fault(int status, String phrase) { this(status, phrase, "", ""); }
    }

    /** What is wrong with a request, if anything. */
    static Optional<Fault> request(SipMessage request) {
        if (!request.version().equalsIgnoreCase("SIP/2.0")) return fault(505, "Version Not Supported");
        if (!request.fault().isEmpty()) return fault(400, request.fault());
        Optional<String> missing = mandatory(request);
        if (missing.isPresent()) return fault(400, missing.get());
        if (!CSeq.of(request).orElseThrow().method().equals(request.method())) return fault(400, "CSeq method does not match");
        return uri(request).or(() -> method(request)).or(() -> require(request)).or(() -> body(request)).or(() -> accept(request))
                .or(() -> contact(request));
    }

    /** What is wrong with a response, in words for a log; such a response is dropped (§18.1.2, §8.1.3). */
    static Optional<String> response(SipMessage response) {
        if (!response.version().equalsIgnoreCase("SIP/2.0")) return Optional.of("version not supported");
        if (!response.fault().isEmpty()) return Optional.of(response.fault());
        return mandatory(response);
    }

    private static Optional<String> mandatory(SipMessage message) {
        if (message.count(HeaderName.VIA) == 0) return Optional.of("Missing Via");
        for (HeaderName once : List.of(HeaderName.FROM, HeaderName.TO, HeaderName.CALL_ID, HeaderName.CSEQ)) {
            int count = message.count(once);
            if (count != 1) return Optional.of((count == 0 ? "Missing " : "Multiple ") + once.text());
        }
        try {
            Via.parse(message.text(HeaderName.VIA));
        } catch (IllegalArgumentException e) {
            return Optional.of("Bad Via");
        }
        if (CSeq.of(message).isEmpty()) return Optional.of("Bad CSeq");
        for (HeaderName party : List.of(HeaderName.FROM, HeaderName.TO)) {
            Optional<String> bad = badAddress(message.text(party));
            if (bad.isPresent()) return Optional.of("Bad " + party.text() + ": " + bad.get());
        }
        String callId = message.text(HeaderName.CALL_ID);
        if (callId.isEmpty() || callId.indexOf(' ') >= 0) return Optional.of("Bad Call-ID");
        if (message.count(HeaderName.MAX_FORWARDS) > 1) return Optional.of("Multiple Max-Forwards");
        if (message.header(HeaderName.MAX_FORWARDS).map(hops -> Ascii.number(hops, 255) < 0).orElse(false)) return Optional.of("Bad Max-Forwards");
        return Optional.empty();
    }

    private static Optional<String> badAddress(String text) {
        try {
            NameAddr address = NameAddr.parse(text);
            if (isSip(address.uri())) SipUri.parse(address.uri());
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private static Optional<Fault> uri(SipMessage request) {
        String uri = request.requestUri();
        if (!isSip(uri)) {
            int colon = uri.indexOf(':');
            return colon > 0 && Ascii.isToken(uri.substring(0, colon)) ? fault(416, "Unsupported URI Scheme") : fault(400, "Malformed Request-URI");
        }
        try {
            return SipUri.parse(uri).headers().isEmpty() ? Optional.empty() : fault(400, "Headers in the Request-URI"); // §19.1.1, table 1
        } catch (IllegalArgumentException e) {
            return fault(400, "Request-URI: " + e.getMessage());
        }
    }

    private static Optional<Fault> method(SipMessage request) {
        String method = request.method();
        if (ALLOWED.contains(method)) return Optional.empty();
        return Optional.of(
                KNOWN.contains(method) ? new Fault(405, "Method Not Allowed", "Allow", ALLOW) : new Fault(501, "Not Implemented", "Allow", ALLOW));
    }

    /** §8.2.2.3; a CANCEL or ACK is never refused for it. */
    private static Optional<Fault> require(SipMessage request) {
        if (request.method().equals("CANCEL") || request.method().equals("ACK")) return Optional.empty();
        List<String> wanted = request.headers(HeaderName.REQUIRE);
        if (wanted.isEmpty()) return Optional.empty();
        return Optional.of(new Fault(420, "Bad Extension", "Unsupported", String.join(", ", wanted)));
    }

    private static Optional<Fault> body(SipMessage request) {
        if (!request.hasBody() || request.method().equals("ACK") || request.method().equals("BYE") || request.method().equals("CANCEL"))
            return Optional.empty();
        if (request.body().length > MAX_BODY) return fault(413, "Request Entity Too Large");
        String encoding = request.text(HeaderName.CONTENT_ENCODING);
        if (!encoding.isEmpty() && !encoding.equalsIgnoreCase("identity")) {
            return Optional.of(new Fault(415, "Unsupported Media Type", "Accept-Encoding", "identity"));
        }
        boolean optional = request.text(HeaderName.CONTENT_DISPOSITION).toLowerCase(Locale.ROOT).contains("handling=optional");
        if (optional || request.method().equals("OPTIONS")) return Optional.empty();
        return isSdp(request) ? Optional.empty() : Optional.of(new Fault(415, "Unsupported Media Type", "Accept", "application/sdp"));
    }

    /** §8.2.3, §21.4.7: whoever cannot read a session description gets none. */
    private static Optional<Fault> accept(SipMessage request) {
        if (!request.method().equals("INVITE") || request.count(HeaderName.ACCEPT) == 0) return Optional.empty();
        String accepted = String.join(",", request.headers(HeaderName.ACCEPT)).toLowerCase(Locale.ROOT);
        boolean readable = accepted.isBlank() || accepted.contains("application/sdp") || accepted.contains("application/*")
                || accepted.contains("*/*");
        return readable ? Optional.empty() : fault(406, "Not Acceptable");
    }

    /** A dialog needs somewhere to send its requests, §8.1.1.8. */
    private static Optional<Fault> contact(SipMessage request) {
        if (!request.method().equals("INVITE")) return Optional.empty();
        List<String> contacts = new ArrayList<>(request.headers(HeaderName.CONTACT));
        if (contacts.isEmpty()) return Optional.empty(); // RFC 4475 §3.4.1: clients of RFC 2543 may send none; the From's URI stands for it
        if (contacts.size() != 1) return fault(400, "Multiple Contact");
        return badAddress(contacts.getFirst()).flatMap(bad -> fault(400, "Bad Contact: " + bad));
    }

    /** Whether its body is a session description. */
    static boolean isSdp(SipMessage message) {
        String type = message.text(HeaderName.CONTENT_TYPE).toLowerCase(Locale.ROOT);
        int semicolon = type.indexOf(';');
        return (semicolon < 0 ? type : type.substring(0, semicolon)).trim().equals("application/sdp");
    }

    private static boolean isSip(String uri) { return uri.regionMatches(true, 0, "sip:", 0, 4) || uri.regionMatches(true, 0, "sips:", 0, 5); }

    private static Optional<Fault> fault(int status, String phrase) { return Optional.of(new Fault(status, phrase)); }
}
