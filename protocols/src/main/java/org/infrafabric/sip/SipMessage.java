package org.infrafabric.sip;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A SIP message as it came: the bytes, and where in them each header stands. Values are decoded when they are asked for.
 *
 * <p>Strings hold one byte a character (ISO 8859-1), so that what is echoed to a peer is what it sent, whatever its bytes; what people read is
 * decoded as UTF-8 where it is shown. Made by {@link SipParser}; never changes.
 */
final class SipMessage {
    private static final int FIELDS = 4; // of the index, a header: name from, name to, value from, value to

    private final byte[] bytes;
    private final StartLine start;
    private final int[] index;
    private final HeaderName[] names;
    private final int headers;
    private final int bodyFrom;
    private final int bodyTo;
    private final String fault;

    SipMessage(byte[] bytes, StartLine start, int[] index, HeaderName[] names, int headers, int bodyFrom, int bodyTo, String fault) {
        this.bytes = bytes;
        this.start = start;
        this.index = index;
        this.names = names;
        this.headers = headers;
        this.bodyFrom = bodyFrom;
        this.bodyTo = bodyTo;
        this.fault = fault;
    }

    /** First line. */
    sealed interface StartLine {
        record Request(String method, String uri, String version) implements StartLine {}

        record Response(String version, int status, String phrase) implements StartLine {}
    }

    boolean isRequest() { return start instanceof StartLine.Request; }

    /** Of a request; of a response, that of its CSeq. */
    String method() {
        return start instanceof StartLine.Request r ? r.method() : CSeq.of(this).map(CSeq::method).orElse("");
    }

    String requestUri() { return start instanceof StartLine.Request r ? r.uri() : ""; }

    /** 0 for a request. */
    int status() { return start instanceof StartLine.Response r ? r.status() : 0; }

    /** UTF-8 decoded, for people. */
    String phrase() {
        return start instanceof StartLine.Response r ? new String(r.phrase().getBytes(ISO_8859_1), java.nio.charset.StandardCharsets.UTF_8) : "";
    }

    String version() {
        return switch (start) {
            case StartLine.Request r -> r.version();
            case StartLine.Response r -> r.version();
        };
    }

    /** What the parser stumbled over while it went on, or empty. */
    String fault() { return fault; }

    int count(HeaderName name) {
        int count = 0;
        for (int i = 0; i < headers; i++) {
            if (names[i] == name) count++;
        }
        return count;
    }

    /** The first header of this name: unfolded, trimmed. */
    Optional<String> header(HeaderName name) {
        for (int i = 0; i < headers; i++) {
            if (names[i] == name) return Optional.of(value(i));
        }
        return Optional.empty();
    }

    /** The first header of this name, or the empty string. */
    String text(HeaderName name) { return header(name).orElse(""); }

    List<String> headers(HeaderName name) {
        List<String> values = new ArrayList<>(2);
        for (int i = 0; i < headers; i++) {
            if (names[i] == name) values.add(value(i));
        }
        return values;
    }

    /** Whether some header's name starts with {@code prefix}, whatever its case. */
    boolean hasHeaderStarting(String prefix) {
        for (int i = 0; i < headers; i++) {
            int from = index[i * FIELDS];
            if (index[i * FIELDS + 1] - from < prefix.length()) continue;
            if (new String(bytes, from, prefix.length(), ISO_8859_1).equalsIgnoreCase(prefix)) return true;
        }
        return false;
    }

    byte[] body() { return Arrays.copyOfRange(bytes, bodyFrom, bodyTo); }

    boolean hasBody() { return bodyTo > bodyFrom; }

    /** The whole message; not to be changed. */
    byte[] bytes() { return bytes; }

    private String value(int header) {
        int from = index[header * FIELDS + 2];
        int to = index[header * FIELDS + 3];
        String raw = new String(bytes, from, to - from, ISO_8859_1);
        return raw.indexOf('\n') < 0 && raw.indexOf('\r') < 0 ? raw : unfold(raw);
    }

    /** A line break with the white space around it is one space, RFC 3261 §7.3.1. */
    private static String unfold(String raw) {
        StringBuilder flat = new StringBuilder(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c != '\r' && c != '\n') {
                flat.append(c);
                continue;
            }
            while (i + 1 < raw.length() && (raw.charAt(i + 1) == '\r' || raw.charAt(i + 1) == '\n' || Ascii.isSpace(raw.charAt(i + 1)))) i++;
            while (!flat.isEmpty() && Ascii.isSpace(flat.charAt(flat.length() - 1))) flat.setLength(flat.length() - 1);
            flat.append(' ');
        }
        return flat.toString().trim();
    }
}
