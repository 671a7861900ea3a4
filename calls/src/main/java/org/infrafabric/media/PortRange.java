package org.infrafabric.media;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;

/** Finds an even port for RTP with the odd one above it for RTCP (RFC 3550 §11). A port that was freed comes round again as late as possible. */
final class PortRange {
    private static final int MAX_TRIES = 2_000;

    private final InetAddress address;
    private final int first;
    private final int pairs;
    private final AtomicInteger turn;

    /** @param startAt which pair is tried first, any number */
    PortRange(InetAddress address, int firstPort, int lastPort, int startAt) {
        this.address = address;
        this.first = firstPort + (firstPort & 1);
        this.pairs = (lastPort - first + 1) / 2;
        this.turn = new AtomicInteger(startAt);
    }

    record Pair(PacketSocket rtp, PacketSocket rtcp) {}

    /** @throws IOException when none of up to {@value #MAX_TRIES} pairs was free */
    Pair open() throws IOException {
        int tries = Math.min(pairs, MAX_TRIES);
        IOException last = new IOException("the range is empty");
        for (int i = 0; i < tries; i++) {
            int port = first + 2 * Math.floorMod(turn.getAndIncrement(), pairs);
            try {
                PacketSocket rtp = new UdpSocket(new InetSocketAddress(address, port));
                try {
                    return new Pair(rtp, new UdpSocket(new InetSocketAddress(address, port + 1)));
                } catch (IOException taken) {
                    rtp.close();
                    throw taken;
                }
            } catch (IOException taken) {
                last = taken;
            }
        }
        throw new IOException(
                "no free pair of RTP ports at " + address.getHostAddress() + " in " + first + "-" + (first + 2 * pairs - 1) + " after " + tries
                        + " tries; widen media.ports or look who holds them",
                last);
    }
}
