package org.infrafabric.media;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** When one port sends its RTCP, and to whom (RFC 3550 §6.2, §6.3). Belongs to the media loop. */
final class RtcpSession {
    private static final long INTERVAL_NANOS = 5_000_000_000L;            // the least that §6.2 allows; with two members it is always this
    /** §6.3.1: e - 3/2, by which an interval is divided because timer reconsideration makes it longer than it should be. */
    private static final double COMPENSATION = Math.E - 1.5;
    private static final int MAX_PACKETS_A_POLL = 8;

    private final PacketSocket socket;
    private final Rtcp rtcp;
    private final InstantSource wall;
    private final SplittableRandom random;
    private long dueNanos;
    private boolean armed;
    private boolean saidAnything;
    private @Nullable InetSocketAddress rtpTarget;
    private @Nullable InetSocketAddress target;
    private int peer;

    RtcpSession(PacketSocket socket, Rtcp rtcp, InstantSource wall, long seed) {
        this.socket = socket;
        this.rtcp = rtcp;
        this.wall = wall;
        this.random = new SplittableRandom(seed);
    }

    /** Sends a report if one is due. */
    void tick(ByteBuffer out, RtpSender sender, RtpReceiver receiver, long nowNanos) {
        if (!armed) {
            armed = true;
            dueNanos = nowNanos + spread(INTERVAL_NANOS / 2);             // §6.2: half of it before the first
        }
        if (nowNanos - dueNanos < 0) return;
        dueNanos = nowNanos + spread(INTERVAL_NANOS);
        send(out, sender, receiver, nowNanos, false);
    }

    /** Reports a last time, with a BYE, if we have said anything (§6.3.7). */
    void goodbye(ByteBuffer out, RtpSender sender, RtpReceiver receiver, long nowNanos) {
        if (saidAnything || sender.packets() > 0) send(out, sender, receiver, nowNanos, true);
    }

    /** Reads what the peer reports, only from the host that RTP comes from, or should; true when a sound report was there. */
    boolean poll(ByteBuffer in, RtpReceiver receiver, long nowNanos) {
        InetSocketAddress target = receiver.latch().target();
        boolean reported = false;
        for (int i = 0; i < MAX_PACKETS_A_POLL; i++) {
            InetSocketAddress from = socket.receive(in);
            if (from == null) return reported;
            if (target == null || !target.getAddress().equals(from.getAddress())) continue;
            reported |= rtcp.read(in, receiver.latch().ssrc(), nowNanos, wall.millis());
        }
        return reported;
    }

    Rtcp rtcp() { return rtcp; }

    private void send(ByteBuffer out, RtpSender sender, RtpReceiver receiver, long nowNanos, boolean goodbye) {
        InetSocketAddress rtp = receiver.latch().target();
        if (rtp == null) return;
        if (!rtp.equals(rtpTarget)) {
            rtpTarget = rtp;
            target = RtpPort.oneAbove(rtp);
        }
        if (receiver.heard() && receiver.latch().ssrc() != peer) {
            peer = receiver.latch().ssrc();
            rtcp.restart();
        }
        rtcp.report(out, sender.packets() > 0, sender.packets(), sender.octets(), sender.clock(), receiver.heard(), peer, receiver.tracker(),
                nowNanos, wall.millis(), goodbye);
        InetSocketAddress to = target;
        if (to != null) saidAnything |= socket.send(out, to);
    }

    /** §6.3.1: between half and one and a half of {@code nanos}, so that reports do not fall into step, compensated. */
    private long spread(long nanos) {
        return (long) ((nanos / 2 + random.nextLong(nanos)) / COMPENSATION);
    }
}
