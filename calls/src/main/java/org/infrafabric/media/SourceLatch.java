package org.infrafabric.media;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Decides whose packets count. The peer's SDP is only a hint, since a NAT may rewrite it: the first valid packet latches its address and SSRC.
 *
 * <ul>
 * <li>From then on any other address is refused; but for {@link #LEARNING_NANOS} the address that the SDP named may still take over
 * from another one, so that a stranger who was quicker does not win.
 * <li>Another SSRC from the latched address is refused too, until the latched one has been silent for {@link #SILENCE_NANOS}: phones and gateways
 * begin anew when they resume or change their source.
 * <li>A re-INVITE that names another address begins all this again; one that names the same changes nothing.
 * </ul>
 */
final class SourceLatch {
    static final long LEARNING_NANOS = 5_000_000_000L;
    static final long SILENCE_NANOS = 200_000_000L;

    enum Verdict {
        /** From the latched source. */
        ACCEPTED,
        /** This packet latched a source, or another SSRC of it: what was known of the stream before is void. */
        LATCHED,
        /** A stranger's. */
        REFUSED
    }

    private @Nullable InetSocketAddress hint;
    private @Nullable InetSocketAddress source;
    private int ssrc;
    private long latchedNanos;
    private long heardNanos;

    /** The peer's SDP says that it receives at {@code remote}. */
    void expect(InetSocketAddress remote) {
        if (remote.equals(hint) || hint != null && remote.getAddress().isAnyLocalAddress()) return; // 0.0.0.0 is a hold, no place
        hint = remote;
        source = null;
    }

    Verdict judge(InetSocketAddress from, int fromSsrc, long nowNanos) {
        if (source == null) return latch(from, fromSsrc, nowNanos);
        if (from.equals(source)) {
            if (fromSsrc != ssrc) return nowNanos - heardNanos >= SILENCE_NANOS ? latch(from, fromSsrc, nowNanos) : Verdict.REFUSED;
            heardNanos = nowNanos;
            return Verdict.ACCEPTED;
        }
        boolean named = from.equals(hint) && nowNanos - latchedNanos <= LEARNING_NANOS;
        return named ? latch(from, fromSsrc, nowNanos) : Verdict.REFUSED;
    }

    /** Where to send: the latched source, else where the SDP said. */
    @Nullable
    InetSocketAddress target() { return source != null ? source : hint; }

    @Nullable
    InetSocketAddress source() { return source; }

    int ssrc() { return ssrc; }

    private Verdict latch(InetSocketAddress from, int fromSsrc, long nowNanos) {
        source = from;
        ssrc = fromSsrc;
        latchedNanos = nowNanos;
        heardNanos = nowNanos;
        return Verdict.LATCHED;
    }
}
