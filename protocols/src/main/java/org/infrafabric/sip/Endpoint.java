package org.infrafabric.sip;

import java.net.InetSocketAddress;

/** A transport and an address: where we listen, or where a message goes. */
public record Endpoint(Protocol protocol, InetSocketAddress address) {
    /** SIP's transports that this core speaks. */
    public enum Protocol {
        UDP, TCP;

        /** As a Via and a URI parameter say it. */
        String token() { return this == UDP ? "udp" : "tcp"; }
    }

    public static Endpoint udp(InetSocketAddress address) { return new Endpoint(Protocol.UDP, address); }

    public static Endpoint tcp(InetSocketAddress address) { return new Endpoint(Protocol.TCP, address); }

    /**
     * Reads {@code udp:HOST:PORT} or {@code tcp:HOST:PORT}, as the config has it; HOST must be an address, in brackets if IPv6.
     *
     * @throws IllegalArgumentException saying what is wrong
     */
    public static Endpoint parse(String text) {
        int colon = text.indexOf(':');
        int port = text.lastIndexOf(':');
        if (colon < 0 || port <= colon)
            throw new IllegalArgumentException("\"" + text + "\" is no listening address: write udp:HOST:PORT or tcp:HOST:PORT");
        Protocol protocol = switch (text.substring(0, colon)) {
            case "udp" -> Protocol.UDP;
            case "tcp" -> Protocol.TCP;
            default -> throw new IllegalArgumentException("\"" + text + "\": the transport must be udp or tcp");
        };
        String host = text.substring(colon + 1, port);
        InetSocketAddress address;
        try {
            address = Addresses.literal(host, Integer.parseInt(text.substring(port + 1)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("\"" + text + "\": host must be an IP address and port 0 to 65535", e);
        }
        return new Endpoint(protocol, address);
    }

    /** {@code udp:127.0.0.1:5060}. */
    @Override
    public String toString() { return protocol.token() + ":" + Addresses.text(address); }
}
