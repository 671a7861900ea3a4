package org.infrafabric.message;

import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/** Trace ids: 16 bytes as 32 lower-case hex digits, as in W3C Trace Context. */
public final class TraceIds {
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{32}");
    private static final Pattern UUID = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    private TraceIds() {}

    /** A new one, from a source that nobody can foretell, or from a seeded one where a run has to repeat itself. */
    public static String random(RandomGenerator source) {
        byte[] bytes = new byte[16];
        source.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** The id that the text means: 32 lower-case hex digits as they are, a UUID without its dashes and in lower case; empty for anything else. */
    public static Optional<String> parse(String text) {
        if (HEX.matcher(text).matches()) return Optional.of(text);
        return UUID.matcher(text).matches() ? Optional.of(normal(text)) : Optional.empty();
    }

    /** Of a text whose form was checked before. */
    static String normal(String checked) { return checked.replace("-", "").toLowerCase(Locale.ROOT); }
}
