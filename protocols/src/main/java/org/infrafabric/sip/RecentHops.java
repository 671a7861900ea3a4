package org.infrafabric.sip;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Whoever has spoken lately: the same few speak again and again, and what waits half a minute for late copies need not each keep an address of its own. */
final class RecentHops {
    private static final int SLOTS = 1024; // a power of two

    private final @Nullable Hop[] slots = new Hop[SLOTS];

    /** Where a datagram came from. {@code socket}: number of ours that it came to. */
    Hop udp(InetSocketAddress remote, long socket) {
        int slot = remote.hashCode() * 31 + (int) socket & SLOTS - 1;
        Hop known = slots[slot];
        if (known != null && known.connection() == socket && known.remote().equals(remote)) return known;
        Hop hop = new Hop(Endpoint.Protocol.UDP, remote, socket);
        slots[slot] = hop;
        return hop;
    }
}
