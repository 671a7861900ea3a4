package org.infrafabric.media;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** One UDP socket that never blocks. One thread at a time. */
interface PacketSocket {
    InetSocketAddress local();

    /** Clears {@code into} and puts the next waiting packet there, flipped; null when none waits. What does not fit is cut off. */
    @Nullable
    InetSocketAddress receive(ByteBuffer into);

    /** Sends what stands between position and limit; false when the system would not take it. */
    boolean send(ByteBuffer packet, InetSocketAddress to);

    void close();
}
