package org.infrafabric.server;

import java.net.InetAddress;

/** Addresses and ports as a config writes them. */
final class Addresses {
    private Addresses() {}

    static boolean isPort(String digits) { return Integer.parseInt(digits) <= 65_535; }

    static boolean isAddress(String host) {
        if (host.equals("localhost")) return true;
        try {
            InetAddress.ofLiteral(bare(host));
            return true;
        } catch (IllegalArgumentException none) {
            return false;
        }
    }

    static boolean isWildcard(String address) { return InetAddress.ofLiteral(bare(address)).isAnyLocalAddress(); }

    static boolean isLoopback(String host) { return host.equals("localhost") || InetAddress.ofLiteral(bare(host)).isLoopbackAddress(); }

    private static String bare(String host) { return host.startsWith("[") ? host.substring(1, host.length() - 1) : host; }
}
