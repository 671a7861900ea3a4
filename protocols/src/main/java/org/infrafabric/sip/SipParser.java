package org.infrafabric.sip;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;

/**
 * Finds the start line, the headers and the body in a message's bytes, RFC 3261 §7 and §25.1, and judges nothing: that is {@link Validator}'s.
 * What it can step over it notes as the message's fault, so that the sender gets an answer.
 */
final class SipParser {
    /** Bytes of one message, whatever its transport: more than a UDP datagram holds is not taken over TCP either. */
    static final int MAX_BYTES = 65_535;
    /** Header lines of one message; a request through many proxies has some forty. */
    static final int MAX_HEADERS = 200;

    private static final byte[] RESPONSE = {'S', 'I', 'P', '/'};
    private static final int FIELDS = 4;

    private final byte[] bytes;
    private int at;
    private int[] index = new int[24 * FIELDS];
    private HeaderName[] names = new HeaderName[24];
    private int headers;
    private String fault = "";

    private SipParser(byte[] bytes) { this.bytes = bytes; }

    /**
     * Reads one message. The array becomes the message's own.
     *
     * @throws NotSip when there is nobody to answer
     */
    static SipMessage parse(byte[] bytes) throws NotSip {
        if (bytes.length > MAX_BYTES) throw new NotSip("message over " + MAX_BYTES + " bytes");
        return new SipParser(bytes).message();
    }

    private SipMessage message() throws NotSip {
        while (at < bytes.length && (bytes[at] == '\r' || bytes[at] == '\n')) at++; // §7.5: empty lines before the start line are ignored
        SipMessage.StartLine start = startLine();
        boolean complete = readHeaders();
        if (!complete) note("No empty line after the headers");
        int bodyFrom = at;
        int bodyTo = bodyEnd(bodyFrom);
        return new SipMessage(bytes, start, index, names, headers, bodyFrom, bodyTo, fault);
    }

    private SipMessage.StartLine startLine() throws NotSip {
        int end = lineEnd(at);
        if (end < 0) throw new NotSip("no start line");
        int from = at;
        int to = trimmedEnd(from, end);
        at = afterBreak(end);
        if (to - from > 4 && Ascii.equalsIgnoreCase(bytes, from, from + 4, RESPONSE)) return statusLine(from, to);
        return requestLine(from, to);
    }

    private SipMessage.StartLine requestLine(int from, int to) throws NotSip {
        int firstSpace = indexOf(' ', from, to);
        if (firstSpace <= from) throw new NotSip("no start line of SIP");
        int end = to;
        while (end > from && Ascii.isSpace(bytes[end - 1])) end--;
        int lastSpace = end - 1;
        while (lastSpace > firstSpace && bytes[lastSpace] != ' ') lastSpace--;
        if (end - lastSpace < 6 || !Ascii.equalsIgnoreCase(bytes, lastSpace + 1, lastSpace + 5, RESPONSE)) throw new NotSip("no start line of SIP");
        if (end != to) note("White space after the version");
        String method = slice(from, firstSpace);
        if (!Ascii.isToken(method)) throw new NotSip("no method in the start line");
        String uri = lastSpace > firstSpace ? slice(firstSpace + 1, lastSpace) : "";
        if (uri.isEmpty() || uri.indexOf(' ') >= 0 || uri.indexOf('\t') >= 0) note("Malformed Request-URI");
        return new SipMessage.StartLine.Request(method, uri, slice(lastSpace + 1, end));
    }

    private SipMessage.StartLine statusLine(int from, int to) throws NotSip {
        int space = indexOf(' ', from, to);
        if (space < 0) throw new NotSip("no status in the start line");
        int next = indexOf(' ', space + 1, to);
        String digits = slice(space + 1, next < 0 ? to : next);
        long status = digits.length() == 3 ? Ascii.number(digits, 699) : -1;
        if (status < 100) throw new NotSip("no status of SIP: " + (digits.length() < 20 ? digits : "too long"));
        return new SipMessage.StartLine.Response(slice(from, space), (int) status, next < 0 ? "" : slice(next + 1, to));
    }

    /** Says whether the empty line after the headers was there. */
    private boolean readHeaders() {
        while (at < bytes.length) {
            int from = at;
            int end = lineEnd(from);
            if (end < 0) {
                note("Truncated header");
                at = bytes.length;
                return false;
            }
            int to = trimmedEnd(from, end);
            at = afterBreak(end);
            if (to == from) return true;
            while (at < bytes.length && Ascii.isSpace(bytes[at])) { // §7.3.1: folded
                end = lineEnd(at);
                if (end < 0) end = bytes.length;
                to = trimmedEnd(at, end);
                at = afterBreak(end);
            }
            header(from, to);
        }
        return false;
    }

    private void header(int from, int to) {
        int colon = indexOf(':', from, to);
        int nameEnd = colon;
        while (nameEnd > from && Ascii.isSpace(bytes[nameEnd - 1])) nameEnd--;
        if (colon < 0 || nameEnd == from || !isToken(from, nameEnd)) {
            note("Malformed header line");
            return;
        }
        if (headers == MAX_HEADERS) {
            note("Too many headers");
            return;
        }
        int valueFrom = colon + 1;
        while (valueFrom < to && isBlank(bytes[valueFrom])) valueFrom++;
        int valueTo = to;
        while (valueTo > valueFrom && isBlank(bytes[valueTo - 1])) valueTo--;
        if (headers == names.length) grow();
        names[headers] = HeaderName.of(bytes, from, nameEnd);
        int slot = headers * FIELDS;
        index[slot] = from;
        index[slot + 1] = nameEnd;
        index[slot + 2] = valueFrom;
        index[slot + 3] = valueTo;
        headers++;
    }

    /** §18.3: over UDP what exceeds Content-Length is ignored, and less than it says is an error; without one the datagram's end is the body's. */
    private int bodyEnd(int bodyFrom) {
        long length = -1;
        for (int i = 0; i < headers; i++) {
            if (names[i] != HeaderName.CONTENT_LENGTH) continue;
            long value = Ascii.number(slice(index[i * FIELDS + 2], index[i * FIELDS + 3]), Integer.MAX_VALUE);
            if (value < 0 || length >= 0 && length != value) {
                note("Bad Content-Length");
                return bytes.length;
            }
            length = value;
        }
        if (length < 0) return bytes.length;
        if (length > bytes.length - bodyFrom) {
            note("Content-Length exceeds the body");
            return bytes.length;
        }
        return bodyFrom + (int) length;
    }

    private void grow() {
        names = Arrays.copyOf(names, names.length * 2);
        index = Arrays.copyOf(index, index.length * 2);
    }

    private void note(String what) {
        if (fault.isEmpty()) fault = what;
    }

    /** Index of the LF that ends the line, or -1. */
    private int lineEnd(int from) {
        for (int i = from; i < bytes.length; i++) {
            if (bytes[i] == '\n') return i;
        }
        return -1;
    }

    private int trimmedEnd(int from, int lf) { return lf > from && bytes[lf - 1] == '\r' ? lf - 1 : lf; }

    private int afterBreak(int lf) { return Math.min(lf + 1, bytes.length); }

    private int indexOf(char wanted, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] == wanted) return i;
        }
        return -1;
    }

    private boolean isToken(int from, int to) {
        for (int i = from; i < to; i++) {
            if (!Ascii.isToken(bytes[i])) return false;
        }
        return true;
    }

    private static boolean isBlank(byte b) { return b == ' ' || b == '\t' || b == '\r' || b == '\n'; }

    private String slice(int from, int to) { return new String(bytes, from, to - from, ISO_8859_1); }
}
