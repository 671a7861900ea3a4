package org.infrafabric.sip;

/**
 * Finds the start line, the headers and the body in a message's bytes, RFC 3261 §7 and §25.1, and judges nothing: that is {@link Validator}'s.
 * What it can step over it notes as the message's fault, so that the sender gets an answer.
 */
final class SipParser {
    /** Bytes of one message, whatever its transport: more than a UDP datagram holds is not taken over TCP either. */
    static final int MAX_BYTES = HeaderIndex.MAX_BYTES;
    /** Bytes of start line and headers: a request through many proxies, with certificates in its headers, has some ten thousand. */
    static final int MAX_HEAD = 32_768;
    /** Header lines of one message; a request through many proxies has some forty. */
    static final int MAX_HEADERS = 200;

    private static final byte[] RESPONSE = {'S', 'I', 'P', '/'};
    private static final int BAD = 400;
    private static final int TOO_LARGE = 513;

    private final byte[] bytes;
    private final HeaderIndex headers = new HeaderIndex();
    private int at;
    private String fault = "";
    private int faultStatus = BAD;

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
        if (at > MAX_HEAD) note(TOO_LARGE, "Headers over " + MAX_HEAD + " bytes");
        int bodyFrom = at;
        int bodyTo = bodyEnd(bodyFrom);
        return new SipMessage(bytes, start, headers, bodyFrom, bodyTo, fault, faultStatus);
    }

    private SipMessage.StartLine startLine() throws NotSip {
        int end = lineEnd(at);
        if (end < 0) throw new NotSip("no start line");
        int from = at;
        int to = trimmedEnd(from, end);
        at = end + 1;
        if (to - from > 4 && Ascii.equalsIgnoreCase(bytes, from, from + 4, RESPONSE)) return statusLine(from, to);
        return requestLine(from, to);
    }

    private SipMessage.StartLine requestLine(int from, int to) throws NotSip {
        int firstSpace = Ascii.skip(bytes, from, to, Ascii.TOKEN);
        if (firstSpace == from || firstSpace == to || bytes[firstSpace] != ' ') throw new NotSip("no start line of SIP");
        int end = Ascii.trimEnd(bytes, from, to);
        int lastSpace = end - 1;
        while (lastSpace > firstSpace && bytes[lastSpace] != ' ') lastSpace--;
        if (end - lastSpace < 6 || !Ascii.equalsIgnoreCase(bytes, lastSpace + 1, lastSpace + 5, RESPONSE)) throw new NotSip("no start line of SIP");
        if (end != to) note("White space after the version");
        int uriFrom = firstSpace + 1;
        int uriTo = Math.max(uriFrom, lastSpace);
        if (uriFrom == uriTo || anySpace(uriFrom, uriTo)) note("Malformed Request-URI");
        return new SipMessage.StartLine(Methods.of(bytes, from, firstSpace), 0, uriFrom, uriTo, lastSpace + 1, end);
    }

    private SipMessage.StartLine statusLine(int from, int to) throws NotSip {
        int space = ByteSearch.indexOf(bytes, ' ', from, to);
        if (space < 0) throw new NotSip("no status in the start line");
        int digits = Ascii.skip(bytes, space + 1, to, Ascii.DIGIT);
        long status = digits - space == 4 && (digits == to || bytes[digits] == ' ') ? Ascii.number(bytes, space + 1, digits, 699) : -1;
        if (status < 100) throw new NotSip("no status of SIP");
        return new SipMessage.StartLine("", (int) status, Math.min(digits + 1, to), to, from, space);
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
            at = end + 1;
            int to = trimmedEnd(from, end);
            if (to == from) return true;
            boolean folded = false;
            while (at < bytes.length && (bytes[at] == ' ' || bytes[at] == '\t')) { // §7.3.1
                end = lineEnd(at);
                if (end < 0) end = bytes.length;
                to = trimmedEnd(at, end);
                at = Math.min(end + 1, bytes.length);
                folded = true;
            }
            header(from, to, folded);
        }
        return false;
    }

    private void header(int from, int to, boolean folded) {
        int colon = ByteSearch.indexOf(bytes, ':', from, to);
        int nameTo = Ascii.trimEnd(bytes, from, colon);
        HeaderName name = nameTo <= from ? HeaderName.OTHER : HeaderName.of(bytes, from, nameTo);
        if (name == HeaderName.OTHER && (nameTo <= from || Ascii.skip(bytes, from, nameTo, Ascii.TOKEN) < nameTo)) {
            note("Malformed header line");
            return;
        }
        if (headers.size() == MAX_HEADERS) {
            note(TOO_LARGE, "Over " + MAX_HEADERS + " headers");
            return;
        }
        int valueFrom = Ascii.skipSpace(bytes, colon + 1, to);
        headers.add(name, from, valueFrom, Ascii.trimEnd(bytes, valueFrom, to), folded);
    }

    /** §18.3: over UDP what exceeds Content-Length is ignored, and less than it says is an error; without one the datagram's end is the body's. */
    private int bodyEnd(int bodyFrom) {
        long length = -1;
        for (int i = headers.first(HeaderName.CONTENT_LENGTH); i >= 0; i = headers.next(HeaderName.CONTENT_LENGTH, i)) {
            long value = Ascii.number(bytes, headers.from(i), headers.to(i), Integer.MAX_VALUE);
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

    private void note(String what) { note(BAD, what); }

    private void note(int status, String what) {
        if (!fault.isEmpty()) return;
        fault = what;
        faultStatus = status;
    }

    /** Index of the LF that ends the line, or -1. A CR that is not before it is a fault: others may take it for the end of the line. */
    private int lineEnd(int from) {
        int at = from;
        while (true) {
            at = ByteSearch.lineBreak(bytes, at);
            if (at < 0 || bytes[at] == '\n') return at;
            if (at + 1 < bytes.length && bytes[at + 1] == '\n') return at + 1;
            note("Carriage return within a line");
            at++;
        }
    }

    private int trimmedEnd(int from, int lf) { return lf > from && bytes[lf - 1] == '\r' ? lf - 1 : lf; }

    private boolean anySpace(int from, int to) {
        for (int i = from; i < to; i++) {
            if (Ascii.is(bytes[i], Ascii.SPACE)) return true;
        }
        return false;
    }
}
