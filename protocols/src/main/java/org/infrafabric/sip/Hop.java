package org.infrafabric.sip;

import java.net.InetSocketAddress;

/**
 * Where a message goes, or came from.
 *
 * @param connection number of the TCP connection, or of our UDP socket; 0 where any to that address will do
 */
record Hop(Endpoint.Protocol protocol, InetSocketAddress remote, long connection) {
    static Hop to(Endpoint endpoint) { return new Hop(endpoint.protocol(), endpoint.address(), 0); }

    boolean reliable() { return protocol == Endpoint.Protocol.TCP; }

    Endpoint endpoint() { return new Endpoint(protocol, remote); }
}
