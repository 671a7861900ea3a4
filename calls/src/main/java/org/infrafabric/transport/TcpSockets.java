package org.infrafabric.transport;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * TCP connections of one owner, taken and made, all on its event loop. A connection to an address is used again while it stands. When there are too
 * many, the one that was silent longest makes room: it can be made anew, and whoever opens many to hold them all only holds its own.
 */
public final class TcpSockets implements AutoCloseable {
    private static final int MAX_CONNECTIONS = 10_000;
    /** From one address: it may be a proxy's, or that of many phones. Beyond, new ones are closed unheard. */
    private static final int SHARE = 10;
    /** A SYN that was lost is sent again after a second. */
    private static final int CONNECT_MILLIS = 1_500;
    /** A peer that does not read what it asked for is cut off when this much waits for it. */
    private static final WriteBufferWaterMark UNSENT = new WriteBufferWaterMark(1 << 19, 1 << 20);

    private final EventLoop loop;
    private final Receiver receiver;
    private final int most;
    private final Map<Long, Connection> open = new LinkedHashMap<>(16, 0.75f, true); // the one that was silent longest first
    private final Map<InetAddress, Integer> byAddress = new HashMap<>();
    private final Map<InetSocketAddress, Connection> byRemote = new HashMap<>();
    private final Map<InetSocketAddress, List<Consumer<Optional<Connection>>>> connecting = new HashMap<>();
    private final List<Channel> listeners = new CopyOnWriteArrayList<>();
    private long numbers;

    /** Who is told what connections bring. On the loop. */
    public interface Receiver {
        /** Somebody has connected to us. */
        void onAccepted(Connection from);

        void onBytes(Connection from, byte[] bytes);

        void onClosed(Connection connection);
    }

    public TcpSockets(EventLoop loop, Receiver receiver) { this(loop, receiver, MAX_CONNECTIONS); }

    /** @param most connections at once; a tenth of them, but at least one, from one address */
    public TcpSockets(EventLoop loop, Receiver receiver, int most) {
        this.loop = loop;
        this.receiver = receiver;
        this.most = most;
    }

    /** Connections that stand. On the loop. */
    public int open() { return open.size(); }

    /**
     * Listens. Not to be called on the loop itself.
     *
     * @throws IOException naming the address and why it could not be had
     */
    public InetSocketAddress listen(InetSocketAddress local) throws IOException {
        ServerBootstrap bootstrap = new ServerBootstrap().group(loop).channel(EventLoops.listener(loop)).option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, UNSENT)
                .childHandler(initializer());
        Channel channel = Binding.await(bootstrap.bind(local), "tcp", local);
        listeners.add(channel);
        return (InetSocketAddress) channel.localAddress();
    }

    /** Sends on connection {@code number} if it stands, else on one to {@code remote}, which is made if need be. On the loop. */
    public void send(long number, InetSocketAddress remote, byte[] bytes, Runnable onFailure) {
        Connection known = open.get(number);
        if (known != null) known.send(bytes, onFailure);
        else reach(remote, made -> made.ifPresentOrElse(connection -> connection.send(bytes, onFailure), onFailure));
    }

    /** Makes a connection to {@code remote} if none stands; {@code then} runs once, at once or later: whether there is one. On the loop. */
    public void connect(InetSocketAddress remote, Consumer<Boolean> then) {
        reach(remote, made -> then.accept(made.isPresent()));
    }

    private void reach(InetSocketAddress remote, Consumer<Optional<Connection>> then) {
        Connection known = byRemote.get(remote);
        if (known != null) {
            then.accept(Optional.of(known));
            return;
        }
        if (connecting.size() >= most) {
            loop.execute(() -> then.accept(Optional.empty()));
            return;
        }
        List<Consumer<Optional<Connection>>> waiting = connecting.computeIfAbsent(remote, to -> new ArrayList<>(1));
        waiting.add(then);
        if (waiting.size() == 1) connect(remote);
    }

    private void connect(InetSocketAddress remote) {
        Inbound inbound = new Inbound(false);
        Bootstrap bootstrap = new Bootstrap().group(loop).channel(EventLoops.stream(loop))
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                .option(ChannelOption.TCP_NODELAY, true).option(ChannelOption.WRITE_BUFFER_WATER_MARK, UNSENT).handler(inbound);
        bootstrap.connect(remote).addListener((ChannelFuture connected) -> {
            List<Consumer<Optional<Connection>>> waiting = connecting.remove(remote);
            if (waiting == null) return;
            if (connected.isSuccess()) inbound.opened(connected.channel()); // the promise is kept before the pipeline hears of it
            for (Consumer<Optional<Connection>> each : waiting) each.accept(inbound.connection);
        });
    }

    /** Closes the listeners and all connections. */
    @Override
    public void close() {
        listeners.forEach(Binding::close);
        listeners.clear();
        loop.execute(() -> List.copyOf(open.values()).forEach(Connection::close));
    }

    private ChannelInitializer<Channel> initializer() {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) { channel.pipeline().addLast(new Inbound(true)); }
        };
    }

    /** One connection; belongs to the loop. */
    public static final class Connection {
        private final long number;
        private final Channel channel;
        private final InetSocketAddress remote;

        private Connection(long number, Channel channel) {
            this.number = number;
            this.channel = channel;
            remote = (InetSocketAddress) channel.remoteAddress();
        }

        /** From 1, never used again. */
        public long number() { return number; }

        public InetSocketAddress remote() { return remote; }

        public void send(byte[] bytes, Runnable onFailure) {
            if (!channel.isWritable()) {
                close();
                channel.eventLoop().execute(onFailure);
                return;
            }
            channel.writeAndFlush(Unpooled.wrappedBuffer(bytes))
                    .addListener(done -> { if (!done.isSuccess()) channel.eventLoop().execute(onFailure); });
        }

        /** Says that nothing more will be sent, after what was; what still comes is for the caller to ignore until it closes. */
        @SuppressWarnings("FutureReturnValueIgnored")
        public void endSending() {
            if (channel instanceof DuplexChannel both) both.shutdownOutput();
            else channel.close();
        }

        @SuppressWarnings("FutureReturnValueIgnored")
        public void close() { channel.close(); }
    }

    private final class Inbound extends SimpleChannelInboundHandler<ByteBuf> {
        private final boolean accepted;
        private Optional<Connection> connection = Optional.empty();

        private Inbound(boolean accepted) { this.accepted = accepted; }

        @Override
        public void channelActive(ChannelHandlerContext context) { opened(context.channel()); }

        private void opened(Channel channel) {
            if (connection.isPresent() || !channel.isActive()) return;
            Connection opened = new Connection(++numbers, channel);
            InetAddress from = opened.remote().getAddress();
            if (accepted && byAddress.getOrDefault(from, 0) >= Math.max(1, most / SHARE)) {
                opened.close();
                return;
            }
            if (open.size() >= most) open.values().iterator().next().close();
            byAddress.merge(from, 1, Integer::sum);
            connection = Optional.of(opened);
            open.put(opened.number(), opened);
            byRemote.put(opened.remote(), opened);
            if (accepted) receiver.onAccepted(opened);
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
            connection.ifPresent(from -> {
                open.get(from.number()); // it is not silent
                receiver.onBytes(from, ByteBufUtil.getBytes(bytes));
            });
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            connection.ifPresent(closed -> {
                open.remove(closed.number());
                byAddress.computeIfPresent(closed.remote().getAddress(), (address, count) -> count == 1 ? null : count - 1);
                byRemote.remove(closed.remote(), closed);
                receiver.onClosed(closed);
            });
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) { connection.ifPresent(Connection::close); }
    }
}
