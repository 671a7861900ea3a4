package org.infrafabric.sip;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * {@code ;name=value} lists, RFC 3261 §25.1 generic-param, in a header's bytes. They begin at some index and go on to a comma outside quotes, or the
 * end. Names match whatever their case.
 */
final class Params {
    /** More in one list is an attack. */
    private static final int MAX = 64;
    private static final long NONE = -1;

    private Params() {}

    /**
     * Reads over them.
     *
     * @return where they end: at a comma, or {@code to}
     * @throws Malformed when what stands there are no parameters, or one is there twice
     */
    static int check(byte[] bytes, int from, int to) {
        long seen = 0; // a bit for some hash of each name: only where one is met again must names be compared
        int count = 0;
        int at = Ascii.skipSpace(bytes, from, to);
        while (at < to && bytes[at] == ';') {
            int name = Ascii.skipSpace(bytes, at + 1, to);
            int hash = 0;
            for (at = name; at < to && Ascii.is(bytes[at], Ascii.TOKEN); at++) hash = hash * 31 + (bytes[at] | 0x20);
            if (at == name) throw new Malformed("Malformed parameter");
            if (++count > MAX) throw new Malformed("Too many parameters");
            long bit = 1L << (hash * 0x9E3779B9 >>> 26);
            if ((seen & bit) != 0 && find(bytes, from, name - 1, bytes, name, at) != NONE)
                throw new Malformed("Parameter " + Ascii.text(bytes, name, at).toLowerCase(Locale.ROOT) + " twice");
            seen |= bit;
            at = afterValue(bytes, at, to);
        }
        if (at < to && bytes[at] != ',') throw new Malformed("Malformed parameters");
        return at;
    }

    /**
     * Looks for one among parameters that have been checked.
     *
     * @return -1 where it is missing; else where its value stands, quotes included, to be taken apart by {@link #valueFrom} and {@link #valueTo}
     */
    static long find(byte[] bytes, int from, int to, byte[] name) { return find(bytes, from, to, name, 0, name.length); }

    private static long find(byte[] bytes, int from, int to, byte[] wanted, int wantedFrom, int wantedTo) {
        int at = Ascii.skipSpace(bytes, from, to);
        while (at < to && bytes[at] == ';') {
            int name = Ascii.skipSpace(bytes, at + 1, to);
            at = Ascii.skip(bytes, name, to, Ascii.TOKEN);
            boolean found = sameName(bytes, name, at, wanted, wantedFrom, wantedTo);
            int next = afterValue(bytes, at, to);
            if (!found) {
                at = next;
                continue;
            }
            int equals = Ascii.skipSpace(bytes, at, to);
            if (equals >= to || bytes[equals] != '=') return (long) at << 32 | at;
            int value = Ascii.skipSpace(bytes, equals + 1, to);
            return (long) value << 32 | Ascii.trimEnd(bytes, value, next);
        }
        return NONE;
    }

    static int valueFrom(long found) { return (int) (found >>> 32); }

    static int valueTo(long found) { return (int) found; }

    /** Where the parameter ends, white space after it included, that begins with the semicolon at {@code from}; all have been checked. */
    static int next(byte[] bytes, int from, int to) {
        int name = Ascii.skipSpace(bytes, Ascii.skipSpace(bytes, from, to) + 1, to);
        return afterValue(bytes, Ascii.skip(bytes, name, to, Ascii.TOKEN), to);
    }

    /** Whether the parameter that stands in {@code bytes[from..to)}, semicolon included, has this name. */
    static boolean isNamed(byte[] bytes, int from, int to, byte[] name) {
        int at = Ascii.skipSpace(bytes, Ascii.skipSpace(bytes, from, to) + 1, to);
        return sameName(bytes, at, Ascii.skip(bytes, at, to, Ascii.TOKEN), name, 0, name.length);
    }

    /** The value of a parameter, without quotes; empty where it has none or is missing. */
    static String value(byte[] bytes, int from, int to, byte[] name) {
        long found = find(bytes, from, to, name);
        return found == NONE ? "" : unquote(bytes, valueFrom(found), valueTo(found));
    }

    /**
     * All of them in text, names in lower case, values without quotes; a name alone has the empty value.
     *
     * @throws Malformed when what stands there are no parameters
     */
    static Map<String, String> read(String text) {
        byte[] bytes = Ascii.bytes(text);
        return read(bytes, 0, bytes.length);
    }

    /** The same in bytes. */
    static Map<String, String> read(byte[] bytes, int from, int to) {
        int end = check(bytes, from, to);
        Map<String, String> all = new LinkedHashMap<>();
        int at = Ascii.skipSpace(bytes, from, end);
        while (at < end) {
            int name = Ascii.skipSpace(bytes, at + 1, end);
            int nameTo = Ascii.skip(bytes, name, end, Ascii.TOKEN);
            at = afterValue(bytes, nameTo, end);
            int value = Ascii.skipSpace(bytes, nameTo, end);
            boolean valued = value < at && bytes[value] == '=';
            int valueFrom = valued ? Ascii.skipSpace(bytes, value + 1, end) : at;
            all.put(Ascii.text(bytes, name, nameTo).toLowerCase(Locale.ROOT), unquote(bytes, valueFrom, Ascii.trimEnd(bytes, valueFrom, at)));
        }
        return all;
    }

    private static int afterValue(byte[] bytes, int nameTo, int to) {
        int at = Ascii.skipSpace(bytes, nameTo, to);
        if (at >= to || bytes[at] != '=') return at;
        at = Ascii.skipSpace(bytes, at + 1, to);
        return Ascii.skipSpace(bytes, valueEnd(bytes, at, to), to);
    }

    /** token / host / quoted-string; {@code received} brings IPv6 addresses without brackets, §25.1 via-received. */
    private static int valueEnd(byte[] bytes, int from, int to) {
        if (from < to && bytes[from] == '"') return Ascii.quotedEnd(bytes, from, to);
        int at = Ascii.skip(bytes, from, to, Ascii.TOKEN);
        if (at < to && (bytes[at] == ':' || bytes[at] == '[' && at == from)) return addressEnd(bytes, from, to);
        if (at == from) throw new Malformed("Malformed parameter value");
        return at;
    }

    private static int addressEnd(byte[] bytes, int from, int to) {
        boolean bracket = bytes[from] == '[';
        int at = bracket ? from + 1 : from;
        while (at < to && (Ascii.is(bytes[at], Ascii.HEX) || bytes[at] == ':' || bytes[at] == '.')) at++;
        if (bracket && (at == to || bytes[at++] != ']')) throw new Malformed("Malformed parameter value");
        return at;
    }

    private static boolean sameName(byte[] bytes, int from, int to, byte[] wanted, int wantedFrom, int wantedTo) {
        if (to - from != wantedTo - wantedFrom) return false;
        for (int i = 0; i < to - from; i++) {
            if (Ascii.lower(bytes[from + i]) != Ascii.lower(wanted[wantedFrom + i])) return false;
        }
        return true;
    }

    /** A token or a quoted string as it is meant. */
    static String unquote(byte[] bytes, int from, int to) {
        if (from >= to || bytes[from] != '"') return Ascii.text(bytes, from, to);
        StringBuilder plain = new StringBuilder(to - from);
        for (int i = from + 1; i < to - 1; i++) {
            if (bytes[i] == '\\' && i + 1 < to - 1) i++;
            plain.append((char) (bytes[i] & 0xff));
        }
        return plain.toString();
    }
}
