package org.infrafabric.sip;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** {@code ;name=value} lists, RFC 3261 §25.1 generic-param. Names in lower case; values without quotes; a name alone has the empty value. */
final class Params {
    private final Map<String, String> values = new LinkedHashMap<>();
    private int end;

    private Params() {}

    /**
     * Reads from {@code text[from]} up to a comma outside quotes, or the end.
     *
     * @throws IllegalArgumentException when what stands there are no parameters
     */
    static Params read(String text, int from) {
        Params params = new Params();
        int at = skipSpace(text, from);
        while (at < text.length() && text.charAt(at) == ';') {
            at = skipSpace(text, at + 1);
            int nameFrom = at;
            while (at < text.length() && Ascii.isToken(text.charAt(at))) at++;
            if (at == nameFrom) throw new IllegalArgumentException("Malformed parameter");
            String name = text.substring(nameFrom, at).toLowerCase(Locale.ROOT);
            at = skipSpace(text, at);
            String value = "";
            if (at < text.length() && text.charAt(at) == '=') {
                at = skipSpace(text, at + 1);
                int valueEnd = valueEnd(text, at);
                value = unquote(text.substring(at, valueEnd));
                at = skipSpace(text, valueEnd);
            }
            if (params.values.putIfAbsent(name, value) != null) throw new IllegalArgumentException("Parameter " + name + " twice");
        }
        if (at < text.length() && text.charAt(at) != ',') throw new IllegalArgumentException("Malformed parameters");
        params.end = at;
        return params;
    }

    Map<String, String> values() { return values; }

    /** Where reading stopped: at a comma or the end. */
    int end() { return end; }

    static int skipSpace(String text, int at) {
        while (at < text.length() && Ascii.isSpace(text.charAt(at))) at++;
        return at;
    }

    /** The index after the quoted string that starts at {@code from}. */
    static int quotedEnd(String text, int from) {
        for (int i = from + 1; i < text.length(); i++) {
            if (text.charAt(i) == '\\') i++;
            else if (text.charAt(i) == '"') return i + 1;
        }
        throw new IllegalArgumentException("Unbalanced quotes");
    }

    private static int valueEnd(String text, int from) {
        if (from < text.length() && text.charAt(from) == '"') return quotedEnd(text, from);
        int at = from;
        while (at < text.length() && isValue(text.charAt(at))) at++;
        if (at == from) throw new IllegalArgumentException("Malformed parameter value");
        return at;
    }

    /** token / host: IPv6 references bring brackets and colons. */
    private static boolean isValue(char c) {
        return Ascii.isToken(c) || c == '[' || c == ']' || c == ':';
    }

    private static String unquote(String value) {
        if (value.isEmpty() || value.charAt(0) != '"') return value;
        StringBuilder plain = new StringBuilder(value.length());
        for (int i = 1; i < value.length() - 1; i++) {
            if (value.charAt(i) == '\\' && i + 1 < value.length() - 1) i++;
            plain.append(value.charAt(i));
        }
        return plain.toString();
    }
}
