package org.infrafabric.sip;

import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.Consumer;

/** What carries bytes for the core: real sockets, or a test's wire. Owner's thread only. */
interface Network {
    /** Sends one message. {@code onFailure} runs later on the owner's thread, at most once, if it is known not to have gone out. */
    void send(Hop to, byte[] message, Runnable onFailure);

    /** Sees to a connection to where {@code to} leads, if there is none yet. {@code then} runs once, at once or later: whether there is one. */
    void connect(Hop to, Consumer<Boolean> then);

    /**
     * The address that a peer reaches us at: for Via and Contact. Empty when we do not listen on that transport.
     *
     * @param remote the peer, where its address is known already
     */
    Optional<InetSocketAddress> local(Endpoint.Protocol protocol, Optional<InetSocketAddress> remote);
}
