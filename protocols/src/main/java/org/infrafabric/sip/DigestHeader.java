package org.infrafabric.sip;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The parameters of a challenge or of its answer: {@code Digest name=value, name="value", …} (RFC 3261 §25.1, RFC 7616 §3.3, §3.4).
 *
 * @param values names in lower case, values without quotes
 */
record DigestHeader(Map<String, String> values) {
    private static final int MAX_LENGTH = 4_096;
    private static final String SCHEME = "Digest";

    /** Empty for another scheme than Digest, and for what cannot be read. */
    static Optional<DigestHeader> parse(String text) {
        if (text.length() > MAX_LENGTH || !text.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) return Optional.empty();
        int at = SCHEME.length();
        if (at >= text.length() || !Ascii.isSpace(text.charAt(at))) return Optional.empty();
        byte[] bytes = Ascii.bytes(text);
        Map<String, String> values = new LinkedHashMap<>();
        try {
            while (true) {
                int name = Ascii.skipSpace(bytes, at, bytes.length);
                int nameTo = Ascii.skip(bytes, name, bytes.length, Ascii.TOKEN);
                at = Ascii.skipSpace(bytes, nameTo, bytes.length);
                if (name == nameTo || at >= bytes.length || bytes[at] != '=') return Optional.empty();
                int value = Ascii.skipSpace(bytes, at + 1, bytes.length);
                int end = value < bytes.length && bytes[value] == '"' ? Ascii.quotedEnd(bytes, value, bytes.length) : valueEnd(bytes, value);
                if (values.putIfAbsent(Ascii.text(bytes, name, nameTo).toLowerCase(Locale.ROOT), Params.unquote(bytes, value, end)) != null)
                    return Optional.empty();
                at = Ascii.skipSpace(bytes, end, bytes.length);
                if (at >= bytes.length) return Optional.of(new DigestHeader(values));
                if (bytes[at++] != ',') return Optional.empty();
            }
        } catch (Malformed unbalanced) {
            return Optional.empty();
        }
    }

    private static int valueEnd(byte[] bytes, int from) {
        int at = from;
        while (at < bytes.length && bytes[at] != ',' && !Ascii.isSpace(bytes[at])) at++;
        return at;
    }

    /** A value; empty where there is none. */
    String value(String name) { return values.getOrDefault(name, ""); }

    /** A value in quotes. */
    static String quoted(String value) { return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"'; }
}
