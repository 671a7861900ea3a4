package org.infrafabric.sip;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Cuts a TCP stream into messages by their Content-Length, RFC 3261 §18.3, and answers the double CRLF of a peer that keeps its connection
 * alive, RFC 5626 §3.5.1. One a connection; takes its bytes in whatever pieces they come, and never holds more than one message.
 */
final class StreamFramer {
    private static final long MISSING = -1;
    private static final long UNREADABLE = -2;
    private static final byte[] LENGTH = "content-length".getBytes(ISO_8859_1);

    private byte[] buffer = new byte[2048];
    private int size;
    private int scanned;
    private int headEnd = -1;
    private int total;

    /** What a piece of the stream has brought; {@code broken}: after these messages it cannot be followed any more, and is to be closed. */
    record Cut(List<byte[]> messages, int pings, Optional<Broken> broken) {}

    /**
     * Why a stream cannot be followed.
     *
     * @param head what is there of the message, to answer it: at most {@link SipParser#MAX_BYTES}
     * @param status of the answer that is due
     */
    record Broken(byte[] head, int status, String why) {}

    /** True while a message has begun and is not all there: such a connection may be given only so long. */
    boolean midway() { return size > 0; }

    Cut feed(byte[] piece) {
        append(piece);
        List<byte[]> messages = new ArrayList<>(1);
        int pings = 0;
        while (true) {
            if (headEnd < 0) pings += skipLineBreaks();
            if (headEnd < 0) {
                Optional<Broken> broken = findHeadEnd();
                if (broken.isPresent()) return new Cut(messages, pings, broken);
            }
            if (headEnd < 0 || size < total) return new Cut(messages, pings, Optional.empty());
            messages.add(Arrays.copyOf(buffer, total));
            drop(total);
            headEnd = -1;
        }
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

    private Optional<Broken> findHeadEnd() {
        int from = Math.max(0, scanned - 3);
        for (int i = from; i + 1 < size; i++) {
            if (buffer[i] != '\n') continue;
            int next = buffer[i + 1] == '\r' ? i + 2 : i + 1;
            if (next >= size) break;
            if (buffer[next] != '\n') continue;
            headEnd = next + 1;
            return measure();
        }
        scanned = size;
        return size > SipParser.MAX_HEAD ? broken(size, 513, "Headers over " + SipParser.MAX_HEAD + " bytes") : Optional.empty();
    }

    private Optional<Broken> measure() {
        long length = contentLength();
        if (length == MISSING) return broken(headEnd, 400, "Missing Content-Length"); // §20.14: on a stream it must be there
        if (length == UNREADABLE) return broken(headEnd, 400, "Bad Content-Length");
        if (headEnd + length > SipParser.MAX_BYTES) return broken(headEnd, 413, "Message over " + SipParser.MAX_BYTES + " bytes");
        total = headEnd + (int) length;
        return Optional.empty();
    }

    private Optional<Broken> broken(int end, int status, String why) {
        return Optional.of(new Broken(Arrays.copyOf(buffer, Math.min(end, SipParser.MAX_BYTES)), status, why));
    }

    private long contentLength() {
        long length = MISSING;
        int line = 0;
        while (line < headEnd) {
            int end = line;
            while (end < headEnd && buffer[end] != '\n') end++;
            int colon = line;
            while (colon < end && buffer[colon] != ':') colon++;
            if (colon < end && isLength(line, colon)) {
                int from = Ascii.skipSpace(buffer, colon + 1, end);
                long value = Ascii.number(buffer, from, Ascii.trimEnd(buffer, from, end), Integer.MAX_VALUE);
                if (value < 0 || length >= 0 && length != value) return UNREADABLE;
                length = value;
            }
            line = end + 1;
        }
        return length;
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
