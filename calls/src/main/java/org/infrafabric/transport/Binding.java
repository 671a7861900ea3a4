package org.infrafabric.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.io.IOException;
import java.net.InetSocketAddress;

/** Waiting for sockets to open and to close. */
final class Binding {
    private Binding() {}

    static Channel await(ChannelFuture binding, String protocol, InetSocketAddress local) throws IOException {
        binding.awaitUninterruptibly();
        Throwable cause = binding.cause();
        if (cause != null)
            throw new IOException("cannot listen on " + protocol + ":" + local.getHostString() + ":" + local.getPort() + ": " + cause.getMessage(),
                    cause);
        return binding.channel();
    }

    static void close(Channel channel) {
        ChannelFuture closing = channel.close();
        if (!channel.eventLoop().inEventLoop()) closing.awaitUninterruptibly(1000);
    }
}
