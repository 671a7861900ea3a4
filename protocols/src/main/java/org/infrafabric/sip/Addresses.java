package org.infrafabric.sip;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** IP addresses as SIP writes them (RFC 3261 §25.1, brackets around IPv6); never looks a name up. */
final class Addresses {
    private Addresses() {}

    /** Whether {@code host} is an IPv4 address or an IPv6 reference. */
    static boolean isLiteral(String host) {
        return NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(bare(host));
    }

    /** @throws IllegalArgumentException when it is no address or the port is out of range */
    static InetSocketAddress literal(String host, int port) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(bare(host));
        if (bytes == null) throw new IllegalArgumentException(host + " is no IP address");
        try {
            return new InetSocketAddress(InetAddress.getByAddress(bytes), port);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(host + " is no IP address", e);
        }
    }

    /** {@code host:port}. */
    static String text(InetSocketAddress address) { return host(address) + ":" + address.getPort(); }

    static String host(InetSocketAddress address) {
        InetAddress ip = address.getAddress();
        if (ip == null) return address.getHostString();
        return ip.getAddress().length == 16 ? "[" + NetUtil.toAddressString(ip) + "]" : NetUtil.toAddressString(ip);
    }

    private static String bare(String host) {
        return host.length() > 2 && host.charAt(0) == '[' && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }
}
