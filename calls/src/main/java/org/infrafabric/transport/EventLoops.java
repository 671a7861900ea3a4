package org.infrafabric.transport;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;

/** The event loops of one purpose: epoll where the kernel has it, NIO elsewhere. */
public final class EventLoops implements AutoCloseable {
    private final EventLoopGroup group;

    private EventLoops(EventLoopGroup group) { this.group = group; }

    /**
     * Starts loops; their threads come when they are first used and do not hold up the process.
     *
     * @param name of the threads
     */
    public static EventLoops open(String name, int threads) {
        DefaultThreadFactory factory = new DefaultThreadFactory(name, true);
        return new EventLoops(
                new MultiThreadIoEventLoopGroup(threads, factory, Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory()));
    }

    /** The next loop in turn. */
    public EventLoop next() { return group.next(); }

    /** Ends the loops within about a second; what was queued still runs. */
    @Override
    public void close() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }

    static boolean usesEpoll(EventLoop loop) {
        return loop instanceof IoEventLoop io && Epoll.isAvailable() && io.isCompatible(EpollIoHandle.class);
    }

    static Class<? extends Channel> datagram(EventLoop loop) {
        return usesEpoll(loop) ? EpollDatagramChannel.class : NioDatagramChannel.class;
    }

    static Class<? extends ServerChannel> listener(EventLoop loop) {
        return usesEpoll(loop) ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    static Class<? extends Channel> stream(EventLoop loop) {
        return usesEpoll(loop) ? EpollSocketChannel.class : NioSocketChannel.class;
    }
}
