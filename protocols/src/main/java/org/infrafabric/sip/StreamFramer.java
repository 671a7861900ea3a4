package org.infrafabric.sip;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cuts a TCP stream into messages by their Content-Length, RFC 3261 §18.3, and answers the double CRLF of a peer that keeps its connection
 * alive, RFC 5626 §3.5.1. One a connection; takes its bytes in whatever pieces they come, and never holds more than one message.
 */
final class StreamFramer {
    private static final byte[] LENGTH = "content-length".getBytes(ISO_8859_1);

    private byte[] buffer = new byte[2048];
    private int size;
    private int scanned;
    private int headEnd = -1;
    private int total;

    /** What a piece of the stream has brought. */
    record Cut(List<byte[]> messages, int pings) {}

    /** True while a message has begun and is not all there: such a connection may be given only so long. */
    boolean midway() { return size > 0; }

    /** @throws NotSip when the stream cannot be followed any more: the connection is to be closed */
    Cut feed(byte[] piece) throws NotSip {
        append(piece);
        List<byte[]> messages = new ArrayList<>(1);
        int pings = 0;
        while (true) {
            if (headEnd < 0) pings += skipLineBreaks();
            if (headEnd < 0 && !findHeadEnd()) break;
            if (size < total) break;
            messages.add(Arrays.copyOf(buffer, total));
            drop(total);
            headEnd = -1;
        }
        return new Cut(messages, pings);
    }

    /** Between messages: CRLF CRLF asks for a CRLF, a single one is an answer to ours or padding. */
    private int skipLineBreaks() {
        int breaks = 0;
        int at = 0;
        while (at + 1 < size && buffer[at] == '\r' && buffer[at + 1] == '\n') {
            breaks++;
            at += 2;
        }
        if (at == 0) return 0;
        drop(at);
        return breaks / 2;
    }

    private boolean findHeadEnd() throws NotSip {
        int from = Math.max(0, scanned - 3);
        for (int i = from; i + 1 < size; i++) {
            if (buffer[i] != '\n') continue;
            int next = buffer[i + 1] == '\r' ? i + 2 : i + 1;
            if (next >= size) break;
            if (buffer[next] != '\n') continue;
            headEnd = next + 1;
            total = headEnd + contentLength();
            if (total > SipParser.MAX_BYTES) throw new NotSip("message over " + SipParser.MAX_BYTES + " bytes");
            return true;
        }
        scanned = size;
        if (size > SipParser.MAX_BYTES) throw new NotSip("headers over " + SipParser.MAX_BYTES + " bytes");
        return false;
    }

    private int contentLength() throws NotSip {
        long length = -1;
        int line = 0;
        while (line < headEnd) {
            int end = line;
            while (end < headEnd && buffer[end] != '\n') end++;
            int colon = line;
            while (colon < end && buffer[colon] != ':') colon++;
            if (colon < end && isLength(line, colon)) {
                long value = Ascii.number(new String(buffer, colon + 1, end - colon - 1, ISO_8859_1).trim(), Integer.MAX_VALUE);
                if (value < 0 || length >= 0 && length != value) throw new NotSip("Content-Length that cannot be followed");
                length = value;
            }
            line = end + 1;
        }
        if (length < 0) throw new NotSip("no Content-Length on a stream"); // §20.14
        return (int) Math.min(length, SipParser.MAX_BYTES + 1L);
    }

    private boolean isLength(int from, int colon) {
        int to = colon;
        while (to > from && Ascii.isSpace(buffer[to - 1])) to--;
        return to - from == 1 && (buffer[from] | 0x20) == 'l' || Ascii.equalsIgnoreCase(buffer, from, to, LENGTH);
    }

    private void append(byte[] piece) {
        if (buffer.length - size < piece.length) buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, size + piece.length));
        System.arraycopy(piece, 0, buffer, size, piece.length);
        size += piece.length;
    }

    private void drop(int count) {
        System.arraycopy(buffer, count, buffer, 0, size - count);
        size -= count;
        scanned = 0;
    }
}
