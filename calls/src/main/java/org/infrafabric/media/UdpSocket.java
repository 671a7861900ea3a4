package org.infrafabric.media;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import org.jspecify.annotations.Nullable;

/**
 * A socket polled without a selector: a media loop looks at each of its sockets once a tick anyway, so being woken for each packet would only cost.
 * The channel remembers the addresses it saw last, so that a steady stream allocates nothing.
 */
final class UdpSocket implements PacketSocket {
    private static final int EXPEDITED = 0xb8;                            // DSCP EF, RFC 4594 §4.1

    private final DatagramChannel channel;
    private final InetSocketAddress local;

    /** @throws IOException when the address is taken or not ours */
    UdpSocket(InetSocketAddress address) throws IOException {
        channel = DatagramChannel.open(address.getAddress() instanceof Inet4Address ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.IP_TOS, EXPEDITED);
            channel.bind(address);
            local = (InetSocketAddress) channel.getLocalAddress();
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public InetSocketAddress local() { return local; }

    @Override
    public @Nullable InetSocketAddress receive(ByteBuffer into) {
        into.clear();
        try {
            InetSocketAddress from = (InetSocketAddress) channel.receive(into);
            into.flip();
            return from;
        } catch (IOException closedOrRefused) {
            return null;
        }
    }

    @Override
    public boolean send(ByteBuffer packet, InetSocketAddress to) {
        try {
            return channel.send(packet, to) > 0;
        } catch (IOException | RuntimeException unreachable) {            // no route, port 0, unresolved: the peer's affair, and it may pass
            return false;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException ignored) {
            // a UDP socket has nothing left to lose
        }
    }
}
