package org.infrafabric.sip;

/** What SIP's grammar asks of single bytes and characters, RFC 3261 §25.1. */
final class Ascii {
    private static final boolean[] TOKEN = new boolean[128];

    static {
        for (int c = '0'; c <= '9'; c++) TOKEN[c] = true;
        for (int c = 'a'; c <= 'z'; c++) TOKEN[c] = true;
        for (int c = 'A'; c <= 'Z'; c++) TOKEN[c] = true;
        for (char c : "-.!%*_+`'~".toCharArray()) TOKEN[c] = true;
    }

    private Ascii() {}

    static boolean isToken(int c) { return c >= 0 && c < 128 && TOKEN[c]; }

    static boolean isToken(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isToken(text.charAt(i))) return false;
        }
        return !text.isEmpty();
    }

    static boolean isDigit(int c) { return c >= '0' && c <= '9'; }

    static boolean isHex(int c) { return isDigit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'; }

    static boolean isAlphanumeric(int c) { return isDigit(c) || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'; }

    static boolean isSpace(int c) { return c == ' ' || c == '\t'; }

    /** Reads a decimal number; -1 when it is none or exceeds {@code max}. */
    static long number(String text, long max) {
        if (text.isEmpty()) return -1;
        long value = 0;
        for (int i = 0; i < text.length(); i++) {
            if (!isDigit(text.charAt(i))) return -1;
            value = value * 10 + text.charAt(i) - '0';
            if (value > max) return -1;
        }
        return value;
    }

    static boolean equalsIgnoreCase(byte[] bytes, int from, int to, byte[] ascii) {
        if (to - from != ascii.length) return false;
        for (int i = 0; i < ascii.length; i++) {
            if (lower(bytes[from + i]) != lower(ascii[i])) return false;
        }
        return true;
    }

    private static int lower(byte b) { return b >= 'A' && b <= 'Z' ? b | 0x20 : b; }
}
