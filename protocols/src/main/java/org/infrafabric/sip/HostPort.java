package org.infrafabric.sip;

import java.util.Locale;

/** {@code hostport} of RFC 3261 §25.1; {@code port} is -1 where there is none, {@code host} is in lower case. */
record HostPort(String host, int port) {
    private static final int MAX_HOST = 255; // RFC 1035 §2.3.4

    /** @throws IllegalArgumentException when it is none */
    static HostPort parse(String text) {
        int colon = text.startsWith("[") ? text.indexOf(':', Math.max(0, text.indexOf(']'))) : text.indexOf(':');
        String host = (colon < 0 ? text : text.substring(0, colon)).trim().toLowerCase(Locale.ROOT);
        check(host);
        if (colon < 0) return new HostPort(host, -1);
        long port = Ascii.number(text.substring(colon + 1).trim(), 65_535);
        if (port < 0) throw new IllegalArgumentException("bad port");
        return new HostPort(host, (int) port);
    }

    private static void check(String host) {
        if (host.isEmpty() || host.length() > MAX_HOST) throw new IllegalArgumentException("no host");
        if (host.startsWith("[")) {
            if (!host.endsWith("]") || !Addresses.isLiteral(host)) throw new IllegalArgumentException("bad IPv6 address");
            return;
        }
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            if (!Ascii.isAlphanumeric(c) && c != '-' && c != '.' && c != '_') throw new IllegalArgumentException("bad character in the host");
        }
    }
}
