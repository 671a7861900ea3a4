package org.infrafabric.message;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Times on the wire: RFC 3339. Written in UTC with a fixed number of decimals; read in every form that the RFC's grammar permits. */
public final class Rfc3339 {
    /** RFC 3339 §5.6 {@code date-time}; "T" and "Z" may be lower case. More than 30 decimals serve nobody. */
    private static final Pattern DATE_TIME = Pattern
            .compile("(\\d{4})-(\\d\\d)-(\\d\\d)[Tt](\\d\\d):(\\d\\d):(\\d\\d)(?:\\.(\\d{1,30}))?(?:[Zz]|([+-])(\\d\\d):(\\d\\d))");

    private static final long FIRST = -62_167_219_200L;    // 0000-01-01T00:00:00Z
    private static final long LAST = 253_402_300_799L;     // 9999-12-31T23:59:59Z

    private Rfc3339() {}

    /**
     * UTC with exactly three decimals, such as {@code 2026-11-21T12:00:00.000Z}; what is finer than a millisecond is cut off.
     *
     * @throws IllegalArgumentException outside the years 0000 to 9999
     */
    public static String format(Instant time) {
        byte[] out = "0000-00-00T00:00:00.000Z".getBytes(ISO_8859_1);
        fields(time, out);
        digits(out, 20, 3, time.getNano() / 1_000_000);
        return new String(out, ISO_8859_1);
    }

    /**
     * UTC in whole seconds, such as {@code 2026-11-21T12:00:00Z} ({@code X-IF-Date}, CONTRACT §4).
     *
     * @throws IllegalArgumentException outside the years 0000 to 9999
     */
    public static String formatSeconds(Instant time) {
        byte[] out = "0000-00-00T00:00:00Z".getBytes(ISO_8859_1);
        fields(time, out);
        return new String(out, ISO_8859_1);
    }

    /**
     * Reads any {@code date-time} of RFC 3339 §5.6. A leap second is the first instant after it; decimals past the ninth are cut off.
     *
     * @throws IllegalArgumentException with a sentence for people when the text is none
     */
    public static Instant parse(String text) {
        Matcher m = DATE_TIME.matcher(text);
        if (!m.matches()) throw refused();
        int second = number(m, 6);
        boolean leap = second == 60;
        LocalDateTime local;
        try {
            local = LocalDateTime.of(number(m, 1), number(m, 2), number(m, 3), number(m, 4), number(m, 5), leap ? 59 : second, nanos(m.group(7)));
        } catch (DateTimeException e) {
            throw refused();
        }
        Instant time = local.toInstant(offset(m));
        if (leap) time = afterLeapSecond(time);
        if (time.getEpochSecond() < FIRST || time.getEpochSecond() > LAST) throw refused();
        return time;
    }

    /** RFC 3339 §5.7: a second may be 60 only at the end of a UTC day that had a leap second. */
    private static Instant afterLeapSecond(Instant second59) {
        if (Math.floorMod(second59.getEpochSecond(), 86_400) != 86_399) throw refused();
        return Instant.ofEpochSecond(second59.getEpochSecond() + 1);
    }

    private static ZoneOffset offset(Matcher m) {
        if (m.group(8) == null) return ZoneOffset.UTC;
        int hours = number(m, 9);
        int minutes = number(m, 10);
        if (hours > 18 || minutes > 59 || hours == 18 && minutes > 0) throw refused();   // java.time's bound; real offsets end at +14:00
        int seconds = hours * 3600 + minutes * 60;
        return ZoneOffset.ofTotalSeconds("-".equals(m.group(8)) ? -seconds : seconds);
    }

    private static int nanos(@Nullable String decimals) {
        if (decimals == null) return 0;
        return Integer.parseInt((decimals + "000000000").substring(0, 9));
    }

    private static int number(Matcher m, int group) { return Integer.parseInt(m.group(group)); }

    private static void fields(Instant time, byte[] out) {
        if (time.getEpochSecond() < FIRST || time.getEpochSecond() > LAST)
            throw new IllegalArgumentException("RFC 3339 knows the years 0000 to 9999");
        LocalDateTime utc = LocalDateTime.ofEpochSecond(time.getEpochSecond(), 0, ZoneOffset.UTC);
        digits(out, 0, 4, utc.getYear());
        digits(out, 5, 2, utc.getMonthValue());
        digits(out, 8, 2, utc.getDayOfMonth());
        digits(out, 11, 2, utc.getHour());
        digits(out, 14, 2, utc.getMinute());
        digits(out, 17, 2, utc.getSecond());
    }

    private static void digits(byte[] out, int at, int count, int value) {
        int rest = value;
        for (int i = at + count - 1; i >= at; i--) {
            out[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }

    private static IllegalArgumentException refused() {
        return new IllegalArgumentException("is no RFC 3339 time; write it like 2026-11-21T12:00:00.000Z");
    }
}
