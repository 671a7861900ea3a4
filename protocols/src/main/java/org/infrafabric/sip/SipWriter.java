package org.infrafabric.sip;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/** Writes one message straight to its bytes. A line break in a value is a fault of ours, and is refused rather than sent. */
final class SipWriter {
    private static final byte[] NO_BODY = {};

    private byte[] bytes = new byte[1024];
    private int size;

    static SipWriter request(String method, String uri) { return new SipWriter().text(method).text(" ").text(uri).text(" SIP/2.0").newLine(); }

    static SipWriter response(int status, String phrase) {
        return new SipWriter().text("SIP/2.0 ").number(status).text(" ").text(phrase).newLine();
    }

    SipWriter header(HeaderName name, String value) { return name(name).text(value).newLine(); }

    SipWriter header(String name, String value) { return text(name).text(": ").text(value).newLine(); }

    /** For text that people read: UTF-8, line breaks made spaces. */
    SipWriter text(HeaderName name, String value) {
        return header(name, new String(value.replaceAll("\\p{Cntrl}+", " ").strip().getBytes(UTF_8), ISO_8859_1));
    }

    /** All headers of this name, as they came. */
    SipWriter copy(HeaderName name, SipMessage from) {
        HeaderIndex headers = from.index();
        for (int at = headers.first(name); at >= 0; at = headers.next(name, at)) copy(name, from, at).newLine();
        return this;
    }

    /** Header number {@code at}, whose line is then to be ended. */
    SipWriter copy(HeaderName name, SipMessage from, int at) {
        HeaderIndex headers = from.index();
        return headers.isFolded(at) ? name(name).text(headers.value(from.bytes(), at))
                : name(name).slice(from.bytes(), headers.from(at), headers.to(at));
    }

    byte[] end() { return end("", NO_BODY); }

    byte[] end(String contentType, byte[] body) {
        if (body.length > 0) header(HeaderName.CONTENT_TYPE, contentType);
        name(HeaderName.CONTENT_LENGTH).number(body.length).newLine().newLine();
        append(body, 0, body.length);
        return Arrays.copyOf(bytes, size);
    }

    /** Begins a header's line. */
    SipWriter name(HeaderName name) {
        append(name.line(), 0, name.line().length);
        return this;
    }

    /** Part of a line. */
    SipWriter text(String text) {
        int length = text.length();
        ensure(length);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c == '\r' || c == '\n' || c > 255) throw new IllegalArgumentException("a SIP header cannot hold this character");
            bytes[size + i] = (byte) c;
        }
        size += length;
        return this;
    }

    /** Part of a line, out of another message; a line break in it becomes white space. */
    SipWriter slice(byte[] from, int begin, int end) {
        ensure(end - begin);
        for (int i = begin; i < end; i++) {
            byte b = from[i];
            bytes[size++] = b == '\r' || b == '\n' ? (byte) ' ' : b;
        }
        return this;
    }

    /** A part of a line: a number that is not negative. */
    SipWriter number(int number) {
        ensure(10);
        int digits = 1;
        for (int rest = number; rest > 9; rest /= 10) digits++;
        int rest = number;
        for (int i = size + digits - 1; i >= size; i--) {
            bytes[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        size += digits;
        return this;
    }

    SipWriter newLine() {
        ensure(2);
        bytes[size++] = '\r';
        bytes[size++] = '\n';
        return this;
    }

    private void append(byte[] more, int from, int to) {
        ensure(to - from);
        System.arraycopy(more, from, bytes, size, to - from);
        size += to - from;
    }

    private void ensure(int more) {
        if (bytes.length - size < more) bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
    }
}
