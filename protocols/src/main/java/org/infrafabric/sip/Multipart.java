package org.infrafabric.sip;

import java.util.Arrays;

/** A body of several parts, RFC 2046 §5.1, as RFC 5621 has SIP use it: of them we want the session description. Bounded; parts within parts are not looked at. */
final class Multipart {
    private static final int MAX_PARTS = 16;
    private static final int MAX_BOUNDARY = 70; // RFC 2046 §5.1.1
    private static final long NONE = -1;
    private static final byte[] MULTIPART = Ascii.bytes("multipart/");
    private static final byte[] BOUNDARY = Ascii.bytes("boundary");
    private static final byte[] SDP = Ascii.bytes("application/sdp");

    private Multipart() {}

    /** The session description that is a message's body, or a part of it; empty where there is none. */
    static byte[] description(SipMessage message) {
        byte[] bytes = message.bytes();
        int type = message.index().first(HeaderName.CONTENT_TYPE);
        if (type < 0) return message.body();
        int from = message.index().from(type);
        int to = message.index().to(type);
        if (isType(bytes, from, to, SDP)) return message.body();
        if (to - from <= MULTIPART.length || !Ascii.equalsIgnoreCase(bytes, from, from + MULTIPART.length, MULTIPART)) return message.body();
        byte[] boundary = boundary(bytes, from, to);
        long part = boundary.length == 0 ? NONE : find(bytes, message.bodyFrom(), message.bodyTo(), boundary);
        return part == NONE ? new byte[0] : Arrays.copyOfRange(bytes, (int) (part >>> 32), (int) part);
    }

    /** Whether a message's body is a session description, or one of its parts is. */
    static boolean hasDescription(SipMessage message) {
        byte[] bytes = message.bytes();
        int type = message.index().first(HeaderName.CONTENT_TYPE);
        if (type < 0) return false;
        int from = message.index().from(type);
        int to = message.index().to(type);
        if (isType(bytes, from, to, SDP)) return true;
        return to - from > MULTIPART.length && Ascii.equalsIgnoreCase(bytes, from, from + MULTIPART.length, MULTIPART)
                && description(message).length > 0;
    }

    private static byte[] boundary(byte[] bytes, int from, int to) {
        int semicolon = ByteSearch.indexOf(bytes, ';', from, to);
        if (semicolon < 0) return new byte[0];
        try {
            if (Params.check(bytes, semicolon, to) < to) return new byte[0];
        } catch (Malformed e) {
            return new byte[0];
        }
        String boundary = Params.value(bytes, semicolon, to, BOUNDARY);
        return boundary.isEmpty() || boundary.length() > MAX_BOUNDARY ? new byte[0] : Ascii.bytes("--" + boundary);
    }

    private static long find(byte[] bytes, int from, int to, byte[] boundary) {
        int line = delimiter(bytes, from, to, boundary);
        for (int part = 0; part < MAX_PARTS && line >= 0; part++) {
            int begin = afterLine(bytes, line, to);
            int next = delimiter(bytes, begin, to, boundary);
            if (next < 0) return NONE; // the last delimiter is missing: the body was cut short
            int content = afterHeaders(bytes, begin, next);
            if (content >= 0 && isSdpPart(bytes, begin, content)) return (long) content << 32 | beforeLine(bytes, content, next);
            line = next;
        }
        return NONE;
    }

    /** The next line that begins with the delimiter. */
    private static int delimiter(byte[] bytes, int from, int to, byte[] boundary) {
        for (int line = from; line >= 0 && line < to; line = afterLine(bytes, line, to)) {
            int end = line + boundary.length;
            if (end <= to && Arrays.equals(bytes, line, end, boundary, 0, boundary.length)) return line;
        }
        return -1;
    }

    private static int afterLine(byte[] bytes, int from, int to) {
        int lf = ByteSearch.indexOf(bytes, '\n', from, to);
        return lf < 0 ? to : lf + 1;
    }

    private static int beforeLine(byte[] bytes, int from, int to) {
        int end = to > from && bytes[to - 1] == '\n' ? to - 1 : to;
        return end > from && bytes[end - 1] == '\r' ? end - 1 : end;
    }

    /** Where a part's content begins, after the empty line. */
    private static int afterHeaders(byte[] bytes, int from, int to) {
        for (int line = from; line < to; line = afterLine(bytes, line, to)) {
            if (bytes[line] == '\n') return line + 1;
            if (bytes[line] == '\r' && line + 1 < to && bytes[line + 1] == '\n') return line + 2;
        }
        return -1;
    }

    private static boolean isSdpPart(byte[] bytes, int from, int to) {
        for (int line = from; line < to; line = afterLine(bytes, line, to)) {
            int colon = ByteSearch.indexOf(bytes, ':', line, afterLine(bytes, line, to));
            if (colon <= line || HeaderName.of(bytes, line, Ascii.trimEnd(bytes, line, colon)) != HeaderName.CONTENT_TYPE) continue;
            int value = Ascii.skipSpace(bytes, colon + 1, to);
            return isType(bytes, value, Ascii.trimEnd(bytes, value, afterLine(bytes, line, to)), SDP);
        }
        return false;
    }

    private static boolean isType(byte[] bytes, int from, int to, byte[] type) {
        int semicolon = ByteSearch.indexOf(bytes, ';', from, to);
        return Ascii.equalsIgnoreCase(bytes, from, Ascii.trimEnd(bytes, from, semicolon < 0 ? to : semicolon), type);
    }
}
