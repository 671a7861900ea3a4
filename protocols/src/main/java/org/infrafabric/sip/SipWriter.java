package org.infrafabric.sip;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/** Writes one message straight to its bytes. A line break in a value is a fault of ours, and is refused rather than sent. */
final class SipWriter {
    private static final byte[] NO_BODY = {};

    private byte[] bytes = new byte[1024];
    private int size;

    static SipWriter request(String method, String uri) { return new SipWriter().line(method + " " + uri + " SIP/2.0"); }

    static SipWriter response(int status, String phrase) { return new SipWriter().line("SIP/2.0 " + status + " " + phrase); }

    SipWriter header(HeaderName name, String value) { return line(name.text() + ": " + value); }

    SipWriter header(String name, String value) { return line(name + ": " + value); }

    /** For text that people read: UTF-8, line breaks made spaces. */
    SipWriter text(HeaderName name, String value) {
        return header(name, new String(value.replaceAll("\\p{Cntrl}+", " ").strip().getBytes(UTF_8), ISO_8859_1));
    }

    /** All headers of this name, as they came. */
    SipWriter copy(HeaderName name, SipMessage from) {
        for (String value : from.headers(name)) header(name, value);
        return this;
    }

    byte[] end() { return end("", NO_BODY); }

    byte[] end(String contentType, byte[] body) {
        if (body.length > 0) header(HeaderName.CONTENT_TYPE, contentType);
        header(HeaderName.CONTENT_LENGTH, Integer.toString(body.length));
        line("");
        append(body);
        return Arrays.copyOf(bytes, size);
    }

    private SipWriter line(String text) {
        int length = text.length();
        ensure(length + 2);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c == '\r' || c == '\n' || c > 255) throw new IllegalArgumentException("a SIP header cannot hold this character");
            bytes[size + i] = (byte) c;
        }
        size += length;
        bytes[size++] = '\r';
        bytes[size++] = '\n';
        return this;
    }

    private void append(byte[] more) {
        ensure(more.length);
        System.arraycopy(more, 0, bytes, size, more.length);
        size += more.length;
    }

    private void ensure(int more) {
        if (bytes.length - size < more) bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
    }
}
