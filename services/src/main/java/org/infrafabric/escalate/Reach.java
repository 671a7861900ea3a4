package org.infrafabric.escalate;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;

/**
 * Which addresses a callback may mean. Inner ones (loopback, private, shared, and what is wrapped around them in IPv6) only where the operator allowed that very
 * address; those that mean a link, a group or nothing, never: a cloud's metadata service lives there (169.254.169.254).
 */
final class Reach {
    private Reach() {}

    /** @param allowed the operator's list: hosts and addresses, with or without a port, lower case */
    static void check(String host, InetAddress address, Set<String> allowed) throws IOException {
        InetAddress meant = unwrapped(address);
        String text = meant.getHostAddress();
        if (meant.isAnyLocalAddress() || meant.isMulticastAddress() || meant.isLinkLocalAddress()
                || meant.isSiteLocalAddress() && meant instanceof Inet6Address
                || nowhere(meant)) {
            throw new IOException(host + " is " + text + ", where no callback can be");
        }
        if (inner(meant) && !named(host, meant, allowed)) {
            throw new IOException(host + " is " + text + ", an inner address; add " + literal(meant) + " to callbacks.allow if that is meant");
        }
    }

    private static boolean named(String host, InetAddress address, Set<String> allowed) {
        String literal = literal(address);
        boolean literally = allowed.stream().anyMatch(entry -> entry.equals(literal) || entry.startsWith(literal + ":"));
        return literally || host.toLowerCase(Locale.ROOT).equals("localhost") && address.isLoopbackAddress(); // the list was asked before
    }

    /** As it stands in a URL. */
    private static String literal(InetAddress address) {
        if (address instanceof Inet4Address) return address.getHostAddress();
        return address.isLoopbackAddress() ? "[::1]" : "[" + address.getHostAddress() + "]";
    }

    private static boolean inner(InetAddress address) {
        if (address.isLoopbackAddress() || address.isSiteLocalAddress()) return true; // 127/8, ::1; RFC 1918
        byte[] bytes = address.getAddress();
        if (bytes.length == 16) return (bytes[0] & 0xfe) == 0xfc;            // unique local, RFC 4193
        return at(bytes, 0) == 100 && (at(bytes, 1) & 0xc0) == 64            // shared, RFC 6598
                || at(bytes, 0) == 198 && (at(bytes, 1) & 0xfe) == 18;       // benchmarking, RFC 2544
    }

    /** 0/8 and 240/4, RFC 6890; broadcast is among them. */
    private static boolean nowhere(InetAddress address) {
        byte[] bytes = address.getAddress();
        return bytes.length == 4 && (at(bytes, 0) == 0 || at(bytes, 0) >= 240);
    }

    /** The IPv4 address inside an IPv6 one: compatible and mapped (RFC 4291 §2.5.5), 6to4 (RFC 3056), NAT64 (RFC 6052). */
    private static InetAddress unwrapped(InetAddress address) throws IOException {
        byte[] bytes = address.getAddress();
        if (bytes.length == 4) return address;
        if (at(bytes, 0) == 0x20 && at(bytes, 1) == 0x02) return InetAddress.getByAddress(Arrays.copyOfRange(bytes, 2, 6));
        boolean nat64 = at(bytes, 0) == 0 && at(bytes, 1) == 0x64 && at(bytes, 2) == 0xff && at(bytes, 3) == 0x9b && zero(bytes, 4, 12);
        boolean mapped = zero(bytes, 0, 10) && at(bytes, 10) == 0xff && at(bytes, 11) == 0xff;
        boolean compatible = zero(bytes, 0, 12) && !address.isAnyLocalAddress() && !address.isLoopbackAddress();
        return nat64 || mapped || compatible ? InetAddress.getByAddress(Arrays.copyOfRange(bytes, 12, 16)) : address;
    }

    private static boolean zero(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) if (bytes[i] != 0) return false;
        return true;
    }

    private static int at(byte[] bytes, int index) { return bytes[index] & 0xff; }
}
