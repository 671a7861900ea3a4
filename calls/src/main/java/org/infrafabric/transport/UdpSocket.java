package org.infrafabric.transport;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * A UDP socket on an event loop. Datagrams come and go on that loop: several at a time where the kernel can (recvmmsg, sendmmsg). What is sent while a
 * batch is worked off goes out with the batch, anything else at once.
 */
public final class UdpSocket implements AutoCloseable {
    private static final int MAX_DATAGRAM = 65_535;
    private static final int BUFFER_BYTES = 4 << 20;
    private static final int AT_A_TIME = 8; // each has room for the longest datagram
    /** Datagrams taken before other sockets and timers of the loop have their turn. */
    private static final int BATCH = 32;

    private final Channel channel;
    private final Inbound inbound;

    private UdpSocket(Channel channel, Inbound inbound) {
        this.channel = channel;
        this.inbound = inbound;
    }

    /** Who is told what comes in. On the loop. */
    public interface Receiver {
        void onDatagram(byte[] datagram, InetSocketAddress from);

        /** A batch is worked off; {@code more}: it was a full one, so that others may be waiting in the kernel. */
        default void onBatch(boolean more) {}
    }

    /**
     * Binds. Not to be called on the loop itself.
     *
     * @throws IOException naming the address and why it could not be had
     */
    public static UdpSocket bind(EventLoop loop, InetSocketAddress local, Receiver receiver) throws IOException {
        Inbound inbound = new Inbound(receiver);
        boolean several = EventLoops.usesEpoll(loop);
        Bootstrap bootstrap = new Bootstrap().group(loop).channel(EventLoops.datagram(loop)).option(ChannelOption.SO_RCVBUF, BUFFER_BYTES)
                .option(ChannelOption.RECVBUF_ALLOCATOR,
                        new FixedRecvByteBufAllocator(several ? AT_A_TIME * MAX_DATAGRAM : MAX_DATAGRAM).maxMessagesPerRead(BATCH))
                .option(ChannelOption.SO_SNDBUF, BUFFER_BYTES)
                // The default allocator pools nothing as large as a batch's buffer, and would clear a new one for each read.
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT).handler(inbound);
        if (several) bootstrap.option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, MAX_DATAGRAM);
        return new UdpSocket(Binding.await(bootstrap.bind(local), "udp", local), inbound);
    }

    public InetSocketAddress local() { return (InetSocketAddress) channel.localAddress(); }

    /** Sends one datagram; {@code onFailure} runs on the loop, later, if the kernel refuses it. On the loop. */
    public void send(byte[] datagram, InetSocketAddress to, Runnable onFailure) {
        channel.write(new DatagramPacket(Unpooled.wrappedBuffer(datagram), to)).addListener(done -> {
            if (!done.isSuccess()) channel.eventLoop().execute(onFailure);
        });
        if (!inbound.reading) channel.flush();
    }

    /** Closes it and returns when it is closed, or at once on the loop. */
    @Override
    public void close() { Binding.close(channel); }

    private static final class Inbound extends SimpleChannelInboundHandler<DatagramPacket> {
        private final Receiver receiver;
        private boolean reading;
        private int batch;

        Inbound(Receiver receiver) { this.receiver = receiver; }

        @Override
        protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
            reading = true;
            batch++;
            receiver.onDatagram(ByteBufUtil.getBytes(packet.content()), packet.sender());
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            reading = false;
            context.flush();
            boolean more = batch >= BATCH;
            batch = 0;
            receiver.onBatch(more);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            // A datagram socket reports here what ICMP says of some earlier peer; the transactions' own timers deal with that peer.
        }
    }
}
