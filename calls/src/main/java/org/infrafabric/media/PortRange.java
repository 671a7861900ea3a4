package org.infrafabric.media;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.BitSet;

/**
 * Finds an even port for RTP with the odd one above it for RTCP (RFC 3550 §11). A port that was freed comes round again as late as possible. Any thread.
 *
 * <p>A map of what this range gave out says at once when nothing is left; the system is asked only about pairs that the map calls free, and about no more than
 * {@link #MAX_TRIES} of them, so that a range which other programs hold costs the caller little.
 */
final class PortRange {
    static final int MAX_TRIES = 32;

    private final InetAddress address;
    private final int first;
    private final int pairs;
    private final Opener opener;
    private final BitSet given;
    private int next;

    /** How a socket comes about. */
    @FunctionalInterface
    interface Opener {
        PacketSocket open(InetSocketAddress address) throws IOException;
    }

    /** @param startAt which pair is tried first, any number */
    PortRange(InetAddress address, int firstPort, int lastPort, int startAt) {
        this(address, firstPort, lastPort, startAt, UdpSocket::new);
    }

    PortRange(InetAddress address, int firstPort, int lastPort, int startAt, Opener opener) {
        this.address = address;
        this.first = firstPort + (firstPort & 1);
        this.pairs = (lastPort - first + 1) / 2;
        this.opener = opener;
        this.given = new BitSet(pairs);
        this.next = pairs == 0 ? 0 : Math.floorMod(startAt, pairs);
    }

    /** Two sockets. {@code freed} gives their place in the range back. */
    record Pair(PacketSocket rtp, PacketSocket rtcp, Runnable freed) {
        /** Once. */
        void close() {
            rtp.close();
            rtcp.close();
            freed.run();
        }
    }

    /** @throws IOException when all are given out, or {@value #MAX_TRIES} that should be free are held by other programs */
    Pair open() throws IOException {
        IOException last = new IOException("all are in use by calls of ours");
        int tries = 0;
        for (; tries < MAX_TRIES; tries++) {
            int pair = take();
            if (pair < 0) break;
            try {
                return open(pair);
            } catch (IOException taken) {
                giveBack(pair);
                last = taken;
            }
        }
        throw new IOException(
                "no free pair of RTP ports at " + address.getHostAddress() + " in " + first + "-" + (first + 2 * pairs - 1) + " after " + tries
                        + " tries; widen media.ports or look who holds them",
                last);
    }

    private Pair open(int pair) throws IOException {
        int port = first + 2 * pair;
        PacketSocket rtp = opener.open(new InetSocketAddress(address, port));
        try {
            return new Pair(rtp, opener.open(new InetSocketAddress(address, port + 1)), () -> giveBack(pair));
        } catch (IOException taken) {
            rtp.close();
            throw taken;
        }
    }

    private synchronized int take() {
        int pair = given.nextClearBit(next);
        if (pair >= pairs) pair = given.nextClearBit(0);
        if (pair >= pairs) return -1;
        given.set(pair);
        next = pair + 1 == pairs ? 0 : pair + 1;
        return pair;
    }

    private synchronized void giveBack(int pair) { given.clear(pair); }
}
