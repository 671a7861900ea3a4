package org.infrafabric.sip;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.List;

/** Methods that exist: a message's method is one of these very strings, so that reading it makes none. Methods have a case, RFC 3261 §7.1. */
final class Methods {
    private static final List<String> KNOWN = List.of("INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "INFO", "UPDATE", "PRACK", "REGISTER", "SUBSCRIBE",
            "NOTIFY", "MESSAGE", "REFER", "PUBLISH");
    private static final byte[][] ASCII = KNOWN.stream().map(method -> method.getBytes(US_ASCII)).toArray(byte[][]::new);

    private Methods() {}

    /** The method that stands in {@code bytes[from..to)}. */
    static String of(byte[] bytes, int from, int to) {
        int length = to - from;
        for (int i = 0; i < ASCII.length; i++) {
            byte[] known = ASCII[i];
            if (known.length == length && known[0] == bytes[from] && known[1] == bytes[from + 1] && equal(bytes, from, known)) return KNOWN.get(i);
        }
        return Ascii.text(bytes, from, to);
    }

    /** Whether anybody has defined it. */
    static boolean exists(String method) { return KNOWN.contains(method); }

    private static boolean equal(byte[] bytes, int from, byte[] known) {
        for (int i = 2; i < known.length; i++) {
            if (bytes[from + i] != known[i]) return false;
        }
        return true;
    }
}
