package org.infrafabric.sip;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;

/** What SIP's grammar asks of single bytes and short runs of them, RFC 3261 §25.1. */
final class Ascii {
    /** Classes of bytes, one bit each. */
    static final int TOKEN = 1, SPACE = 2, DIGIT = 4, HEX = 8, HOST = 16, USER = 32, PARAM = 64, HEADER = 128, SCHEME = 256;

    private static final short[] CLASSES = new short[256];
    private static final String ALPHANUMERIC = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    static {
        mark(TOKEN, ALPHANUMERIC + "-.!%*_+`'~");
        mark(SPACE, " \t\r\n"); // a line break within a value is a folded one, §7.3.1
        mark(DIGIT, "0123456789");
        mark(HEX, "0123456789abcdefABCDEF");
        mark(HOST, ALPHANUMERIC + "-._");
        mark(USER, ALPHANUMERIC + "-_.!~*'()&=+$,;?/%");
        mark(PARAM, ALPHANUMERIC + "-_.!~*'()[]/:&+$%");
        mark(SCHEME, ALPHANUMERIC + "+-.");
        mark(HEADER, ALPHANUMERIC + "-_.!~*'()[]/?:+$%=&");
    }

    private Ascii() {}

    private static void mark(int kind, String members) {
        for (char c : members.toCharArray()) CLASSES[c] |= (short) kind;
    }

    static boolean is(byte b, int kind) { return (CLASSES[b & 0xff] & kind) != 0; }

    static boolean isToken(int c) { return c >= 0 && c < 128 && (CLASSES[c] & TOKEN) != 0; }

    static boolean isToken(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isToken(text.charAt(i))) return false;
        }
        return !text.isEmpty();
    }

    static boolean isDigit(int c) { return c >= '0' && c <= '9'; }

    static boolean isSpace(int c) { return c == ' ' || c == '\t'; }

    /** Index of the first byte in {@code bytes[at..to)} that is not of this kind. */
    static int skip(byte[] bytes, int at, int to, int kind) {
        int i = at;
        while (i < to && (CLASSES[bytes[i] & 0xff] & kind) != 0) i++;
        return i;
    }

    static int skipSpace(byte[] bytes, int at, int to) {
        int i = at;
        while (i < to && (CLASSES[bytes[i] & 0xff] & SPACE) != 0) i++;
        return i;
    }

    /** The end of what is left of {@code bytes[from..to)} without the white space at its end. */
    static int trimEnd(byte[] bytes, int from, int to) {
        int end = to;
        while (end > from && (CLASSES[bytes[end - 1] & 0xff] & SPACE) != 0) end--;
        return end;
    }

    /** Whether all of {@code bytes[from..to)} are of this kind, and each % begins an escape. */
    static boolean isEscaped(byte[] bytes, int from, int to, int kind) {
        for (int i = from; i < to; i++) {
            byte b = bytes[i];
            if ((CLASSES[b & 0xff] & kind) == 0) return false;
            if (b == '%' && (i + 2 >= to || !is(bytes[i + 1], HEX) || !is(bytes[i + 2], HEX))) return false;
        }
        return true;
    }

    /** Whether each % in {@code bytes[from..to)} begins an escape. */
    static boolean areEscapes(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] == '%' && (i + 2 >= to || !is(bytes[i + 1], HEX) || !is(bytes[i + 2], HEX))) return false;
        }
        return true;
    }

    /** Index after the quoted string that starts at {@code from}. */
    static int quotedEnd(byte[] bytes, int from, int to) {
        for (int i = from + 1; i < to; i++) {
            byte b = bytes[i];
            if (b == '\\') i++;
            else if (b == '"') return i + 1;
            else if (b >= 0 && b < ' ' && !is(b, SPACE)) break;
        }
        throw new Malformed("Unbalanced quotes, or a control byte within");
    }

    /** Reads a decimal number; -1 when it is none or exceeds {@code max}. */
    static long number(byte[] bytes, int from, int to, long max) {
        if (from >= to) return -1;
        long value = 0;
        for (int i = from; i < to; i++) {
            int digit = bytes[i] - '0';
            if (digit < 0 || digit > 9) return -1;
            value = value * 10 + digit;
            if (value > max) return -1;
        }
        return value;
    }

    /** The same in text. */
    static long number(String text, long max) {
        byte[] bytes = bytes(text);
        return number(bytes, 0, bytes.length, max);
    }

    static boolean equalsIgnoreCase(byte[] bytes, int from, int to, byte[] ascii) {
        if (to - from != ascii.length) return false;
        if (Arrays.equals(bytes, from, to, ascii, 0, ascii.length)) return true;
        for (int i = 0; i < ascii.length; i++) {
            if (lower(bytes[from + i]) != lower(ascii[i])) return false;
        }
        return true;
    }

    static int lower(int b) { return b >= 'A' && b <= 'Z' ? b | 0x20 : b; }

    /** One byte a character; a character that does not fit in one becomes 0, which nothing in the grammar allows. */
    static byte[] bytes(String text) {
        byte[] bytes = new byte[text.length()];
        for (int i = 0; i < bytes.length; i++) bytes[i] = text.charAt(i) > 255 ? 0 : (byte) text.charAt(i);
        return bytes;
    }

    static String text(byte[] bytes, int from, int to) { return new String(bytes, from, to - from, ISO_8859_1); }
}
