package org.infrafabric.sip;

import java.util.Locale;

/** {@code hostport} of RFC 3261 §25.1; {@code port} is -1 where there is none, {@code host} is in lower case. */
record HostPort(String host, int port) {
    private static final int MAX_HOST = 255; // RFC 1035 §2.3.4
    private static final int MAX_PORT = 65_535;

    /** @throws Malformed when it is none */
    static HostPort parse(String text) {
        byte[] bytes = Ascii.bytes(text);
        return parse(bytes, 0, bytes.length);
    }

    /** @throws Malformed when it is none */
    static HostPort parse(byte[] bytes, int from, int to) {
        int port = check(bytes, from, to);
        int colon = colon(bytes, from, to);
        return new HostPort(Ascii.text(bytes, from, colon < 0 ? to : colon).trim().toLowerCase(Locale.ROOT), port);
    }

    /**
     * Reads over it.
     *
     * @return the port, or -1
     * @throws Malformed when it is none
     */
    static int check(byte[] bytes, int from, int to) {
        long plain = plain(bytes, from, to);
        return to > from && end(plain) == to ? portOf(plain) : checkSlowly(bytes, from, to);
    }

    /**
     * Reads over one as nearly all are: a name or an IPv4 address, and a port or none, without white space.
     *
     * @return to be taken apart by {@link #end} and {@link #portOf}; what stands at the end is for the caller to judge, and if it is not what may follow
     *         there, {@link #check} has the last word
     */
    static long plain(byte[] bytes, int from, int to) {
        int hostTo = Ascii.skip(bytes, from, to, Ascii.HOST);
        if (hostTo == from || hostTo - from > MAX_HOST) return packed(from, -1);
        if (hostTo == to || bytes[hostTo] != ':') return packed(hostTo, -1);
        int port = 0;
        int at = hostTo + 1;
        for (; at < to && Ascii.isDigit(bytes[at]) && port <= MAX_PORT; at++) port = port * 10 + bytes[at] - '0';
        return at == hostTo + 1 || port > MAX_PORT ? packed(hostTo, -1) : packed(at, port);
    }

    static int end(long plain) { return (int) (plain >>> 32); }

    static int portOf(long plain) { return (int) plain; }

    private static long packed(int end, int port) { return (long) end << 32 | port & 0xffffffffL; }

    /** With white space, or an IPv6 reference. */
    private static int checkSlowly(byte[] bytes, int from, int to) {
        int colon = colon(bytes, from, to);
        int hostFrom = Ascii.skipSpace(bytes, from, to);
        int hostTo = Ascii.trimEnd(bytes, hostFrom, colon < 0 ? to : colon);
        if (hostTo <= hostFrom || hostTo - hostFrom > MAX_HOST) throw new Malformed("no host");
        if (bytes[hostFrom] == '[') {
            boolean zone = ByteSearch.indexOf(bytes, '%', hostFrom, hostTo) >= 0; // RFC 3261 knows no zones
            if (zone || bytes[hostTo - 1] != ']' || !Addresses.isLiteral(Ascii.text(bytes, hostFrom, hostTo)))
                throw new Malformed("bad IPv6 address");
        } else if (Ascii.skip(bytes, hostFrom, hostTo, Ascii.HOST) != hostTo) {
            throw new Malformed("bad character in the host");
        }
        return colon < 0 ? -1 : port(bytes, colon + 1, to);
    }

    private static int port(byte[] bytes, int from, int to) {
        int portFrom = Ascii.skipSpace(bytes, from, to);
        long port = Ascii.number(bytes, portFrom, Ascii.trimEnd(bytes, portFrom, to), MAX_PORT);
        if (port < 0) throw new Malformed("bad port");
        return (int) port;
    }

    private static int colon(byte[] bytes, int from, int to) {
        int start = Ascii.skipSpace(bytes, from, to);
        int bracket = start < to && bytes[start] == '[' ? ByteSearch.indexOf(bytes, ']', start, to) : start;
        return ByteSearch.indexOf(bytes, ':', Math.max(start, bracket), to);
    }
}
