package org.infrafabric.sip;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Judges a message that the parser has read: what is wrong with it, and with which answer its sender is told (RFC 3261 §8.2, §21.4). Looks at bytes;
 * a sound message costs it no text.
 */
final class Validator {
    /** What we do; goes into Allow. */
    static final List<String> ALLOWED = List.of("INVITE", "ACK", "CANCEL", "BYE", "OPTIONS", "INFO", "UPDATE", "PRACK");
    static final String ALLOW = String.join(",", ALLOWED);
    /** Extensions that we do: RFC 3262, RFC 4028. Goes into Supported. */
    static final List<String> EXTENSIONS = List.of("100rel", "timer");
    static final String SUPPORTED = String.join(",", EXTENSIONS);
    /** A body larger than this cannot be a description of ours. */
    static final int MAX_BODY = 32_768;
    /** Bytes of a Request-URI; longer ones are the work of a loop or worse, §21.4.12. */
    static final int MAX_URI = 4_096;

    private static final byte[] VERSION = Ascii.bytes("SIP/2.0");
    private static final byte[] IDENTITY = Ascii.bytes("identity");
    private static final HeaderName[] ONCE = {HeaderName.FROM, HeaderName.TO, HeaderName.CALL_ID, HeaderName.CSEQ};
    private static final int MAX_HOPS = 255;
    private static final byte DELETE = 0x7f;

    private Validator() {}

    /** An answer that is due instead of service; {@code extra} is a further header line or empty. */
    record Fault(int status, String phrase, String extraName, String extraValue) {
        Fault(int status, String phrase) { this(status, phrase, "", ""); }
    }

    /** What is wrong with a request, if anything. */
    static Optional<Fault> request(SipMessage request) {
        if (!request.isVersion(VERSION)) return fault(505, "Version Not Supported");
        if (!request.fault().isEmpty()) return fault(request.faultStatus(), request.fault());
        if (request.uriTo() - request.uriFrom() > MAX_URI) return fault(414, "Request-URI Too Long");
        try {
            checkMandatory(request);
            if (!CSeq.of(request).orElseThrow().method().equals(request.method())) return fault(400, "CSeq method does not match");
            Optional<Fault> fault = uri(request);
            if (fault.isEmpty()) fault = method(request);
            if (fault.isEmpty()) fault = require(request);
            if (fault.isEmpty()) fault = body(request);
            if (fault.isEmpty()) fault = accept(request);
            if (fault.isEmpty()) checkContact(request);
            return fault;
        } catch (Malformed bad) {
            return fault(400, String.valueOf(bad.getMessage()));
        }
    }

    /** What is wrong with a response, in words for a log; such a response is dropped (§18.1.2, §8.1.3). */
    static Optional<String> response(SipMessage response) {
        if (!response.isVersion(VERSION)) return Optional.of("version not supported");
        if (!response.fault().isEmpty()) return Optional.of(response.fault());
        try {
            checkMandatory(response);
            return Optional.empty();
        } catch (Malformed bad) {
            return Optional.of(String.valueOf(bad.getMessage()));
        }
    }

    private static void checkMandatory(SipMessage message) {
        HeaderIndex headers = message.index();
        if (!headers.has(HeaderName.VIA)) throw new Malformed("Missing Via");
        for (HeaderName once : ONCE) {
            int count = headers.count(once);
            if (count != 1) throw new Malformed((count == 0 ? "Missing " : "Multiple ") + once.text());
        }
        try {
            message.via();
        } catch (Malformed bad) {
            throw new Malformed("Bad Via");
        }
        if (message.cseq().isEmpty()) throw new Malformed("Bad CSeq");
        checkAddress(message, HeaderName.FROM);
        checkAddress(message, HeaderName.TO);
        checkCallId(message);
        checkMaxForwards(message);
    }

    private static void checkAddress(SipMessage message, HeaderName party) {
        int at = message.index().first(party);
        try {
            NameAddr.check(message.bytes(), message.index().from(at), message.index().to(at));
        } catch (Malformed bad) {
            throw new Malformed("Bad " + party.text() + ": " + bad.getMessage());
        }
    }

    private static void checkCallId(SipMessage message) {
        int at = message.index().first(HeaderName.CALL_ID);
        int from = message.index().from(at);
        int to = message.index().to(at);
        if (from == to) throw new Malformed("Bad Call-ID");
        for (int i = from; i < to; i++) {
            byte b = message.bytes()[i];
            if (b >= 0 && b <= ' ' || b == DELETE) throw new Malformed("Bad Call-ID");
        }
    }

    private static void checkMaxForwards(SipMessage message) {
        HeaderIndex headers = message.index();
        int at = headers.first(HeaderName.MAX_FORWARDS);
        if (at < 0) return;
        if (headers.count(HeaderName.MAX_FORWARDS) > 1) throw new Malformed("Multiple Max-Forwards");
        if (Ascii.number(message.bytes(), headers.from(at), headers.to(at), MAX_HOPS) < 0) throw new Malformed("Bad Max-Forwards");
    }

    private static Optional<Fault> uri(SipMessage request) {
        byte[] bytes = request.bytes();
        int from = request.uriFrom();
        int to = request.uriTo();
        if (!SipUri.isSip(bytes, from, to)) {
            int scheme = Ascii.skip(bytes, from, to, Ascii.SCHEME);
            return scheme > from && scheme < to && bytes[scheme] == ':' ? fault(416, "Unsupported URI Scheme") : fault(400, "Malformed Request-URI");
        }
        try {
            return SipUri.check(bytes, from, to) ? fault(400, "Headers in the Request-URI") : Optional.empty(); // §19.1.1, table 1
        } catch (Malformed bad) {
            return fault(400, "Request-URI: " + bad.getMessage());
        }
    }

    private static Optional<Fault> method(SipMessage request) {
        String method = request.method();
        if (ALLOWED.contains(method)) return Optional.empty();
        return Optional.of(Methods.exists(method) ? new Fault(405, "Method Not Allowed", "Allow", ALLOW)
                : new Fault(501, "Not Implemented", "Allow", ALLOW));
    }

    /** §8.2.2.3; a CANCEL or ACK is never refused for it. */
    private static Optional<Fault> require(SipMessage request) {
        if (!request.index().has(HeaderName.REQUIRE) || request.method().equals("CANCEL") || request.method().equals("ACK")) return Optional.empty();
        List<String> unknown = new ArrayList<>(options(request, HeaderName.REQUIRE));
        unknown.removeAll(EXTENSIONS);
        return unknown.isEmpty() ? Optional.empty() : Optional.of(new Fault(420, "Bad Extension", "Unsupported", String.join(", ", unknown)));
    }

    private static Optional<Fault> body(SipMessage request) {
        if (!request.hasBody() || request.method().equals("ACK") || request.method().equals("BYE") || request.method().equals("CANCEL"))
            return Optional.empty();
        if (request.bodyTo() - request.bodyFrom() > MAX_BODY) return fault(413, "Request Entity Too Large");
        int encoding = request.index().first(HeaderName.CONTENT_ENCODING);
        if (encoding >= 0 && !Ascii.equalsIgnoreCase(request.bytes(), request.index().from(encoding), request.index().to(encoding), IDENTITY))
            return Optional.of(new Fault(415, "Unsupported Media Type", "Accept-Encoding", "identity"));
        if (request.method().equals("OPTIONS") || isSdp(request)) return Optional.empty();
        boolean optional = request.text(HeaderName.CONTENT_DISPOSITION).toLowerCase(Locale.ROOT).contains("handling=optional");
        return optional ? Optional.empty() : Optional.of(new Fault(415, "Unsupported Media Type", "Accept", "application/sdp, multipart/mixed"));
    }

    /** §8.2.3, §21.4.7: whoever cannot read a session description gets none. */
    private static Optional<Fault> accept(SipMessage request) {
        if (!request.index().has(HeaderName.ACCEPT) || !request.method().equals("INVITE")) return Optional.empty();
        String accepted = String.join(",", request.headers(HeaderName.ACCEPT)).toLowerCase(Locale.ROOT);
        boolean readable = accepted.isBlank() || accepted.contains("application/sdp") || accepted.contains("application/*")
                || accepted.contains("*/*");
        return readable ? Optional.empty() : fault(406, "Not Acceptable");
    }

    /** A dialog needs somewhere to send its requests, §8.1.1.8. */
    private static void checkContact(SipMessage request) {
        int contacts = request.count(HeaderName.CONTACT);
        if (contacts == 0 || !request.method().equals("INVITE")) return; // RFC 4475 §3.4.1: clients of RFC 2543 may send none; the From's URI stands for it
        if (contacts > 1) throw new Malformed("Multiple Contact");
        checkAddress(request, HeaderName.CONTACT);
    }

    /** The tokens of a Require, Supported or Allow, in lower case: none of those we look for differ in case alone. */
    static List<String> options(SipMessage message, HeaderName name) {
        if (!message.index().has(name)) return List.of();
        List<String> options = new ArrayList<>(2);
        for (String value : message.headers(name)) {
            for (String option : value.split(",")) {
                if (!option.isBlank()) options.add(option.strip().toLowerCase(Locale.ROOT));
            }
        }
        return options;
    }

    /** Whether its body is a session description, or has one among its parts. */
    static boolean isSdp(SipMessage message) {
        return Multipart.hasDescription(message);
    }

    private static Optional<Fault> fault(int status, String phrase) { return Optional.of(new Fault(status, phrase)); }
}
