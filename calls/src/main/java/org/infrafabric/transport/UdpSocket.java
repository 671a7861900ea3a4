package org.infrafabric.transport;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.BiConsumer;

/** A UDP socket on an event loop. Datagrams come and go on that loop. */
public final class UdpSocket implements AutoCloseable {
    private static final int MAX_DATAGRAM = 65_535;
    private static final int BUFFER_BYTES = 4 << 20;

    private final Channel channel;

    private UdpSocket(Channel channel) { this.channel = channel; }

    /**
     * Binds. Not to be called on the loop itself.
     *
     * @param received is given each datagram and its source, on the loop
     * @throws IOException naming the address and why it could not be had
     */
    public static UdpSocket bind(EventLoop loop, InetSocketAddress local, BiConsumer<byte[], InetSocketAddress> received) throws IOException {
        Bootstrap bootstrap = new Bootstrap().group(loop).channel(EventLoops.datagram(loop))
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(MAX_DATAGRAM)).option(ChannelOption.SO_RCVBUF, BUFFER_BYTES)
                .option(ChannelOption.SO_SNDBUF, BUFFER_BYTES).handler(new Inbound(received));
        return new UdpSocket(Binding.await(bootstrap.bind(local), "udp", local));
    }

    public InetSocketAddress local() { return (InetSocketAddress) channel.localAddress(); }

    /** Sends one datagram; {@code onFailure} runs on the loop, later, if the kernel refuses it. */
    public void send(byte[] datagram, InetSocketAddress to, Runnable onFailure) {
        channel.writeAndFlush(new DatagramPacket(Unpooled.wrappedBuffer(datagram), to))
                .addListener(done -> {
                    if (!done.isSuccess()) channel.eventLoop().execute(onFailure);
                });
    }

    /** Closes it and returns when it is closed, or at once on the loop. */
    @Override
    public void close() { Binding.close(channel); }

    private static final class Inbound extends SimpleChannelInboundHandler<DatagramPacket> {
        private final BiConsumer<byte[], InetSocketAddress> received;

        Inbound(BiConsumer<byte[], InetSocketAddress> received) { this.received = received; }

        @Override
        protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
            received.accept(ByteBufUtil.getBytes(packet.content()), packet.sender());
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            // A datagram socket reports here what ICMP says of some earlier peer; the transactions' own timers deal with that peer.
        }
    }
}
