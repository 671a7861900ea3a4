package org.infrafabric.media;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.infrafabric.media.AudioPort.Encoding;
import org.infrafabric.media.AudioPort.Negotiated;
import org.jspecify.annotations.Nullable;

/** The stream that one port receives: whose packets count, what they say, and how much of it came. Belongs to the media loop. */
final class RtpReceiver {
    /** What one packet brought. */
    enum Heard {
        /** Not from the latched source, or of a payload type that was not agreed, or no RTP. */
        REFUSED,
        /** Sound, or an event that is known already. */
        MEDIA,
        /** A digit begins: {@link #digit()}. */
        DIGIT
    }

    private final SourceLatch latch = new SourceLatch();
    private final SequenceTracker tracker = new SequenceTracker();
    private final TelephoneEvents events = new TelephoneEvents();
    private final Codecs codecs;
    private final PacketPool pool;
    private @Nullable Playout playout;
    private int audioType = -1;
    private int eventType = -1;
    private Encoding encoding = Encoding.PCMU;
    private boolean heard;
    private char digit;
    private int lastTimestamp;
    private int lastClock;
    private long elapsed;                                                 // on the stream's clock, to the last timestamp

    RtpReceiver(Codecs codecs, PacketPool pool) {
        this.codecs = codecs;
        this.pool = pool;
    }

    /** What was agreed. A latched source stays if the peer's address does. */
    void expect(Negotiated media) {
        latch.expect(media.remote());
        audioType = media.payloadType();
        eventType = media.telephoneEventType();
        if (playout != null && media.encoding().frame() != encoding.frame()) {
            playout.shed();
            playout = null;
        }
        encoding = media.encoding();
    }

    SourceLatch latch() { return latch; }

    SequenceTracker tracker() { return tracker; }

    /** Whether a source is latched and something came from it. */
    boolean heard() { return heard && latch.source() != null; }

    /** The digit of the last {@link Heard#DIGIT}. */
    char digit() { return digit; }

    /** Takes a packet that stands between 0 and the limit of {@code packet}. {@code tick}: the bridge's, now. */
    Heard take(RtpPacket rtp, ByteBuffer packet, InetSocketAddress from, long tick, long nowNanos) {
        if (!rtp.read(packet)) return Heard.REFUSED;
        int kind = kind(rtp.payloadType());
        int length = rtp.payloadLength();
        if (kind < 0 || length > PacketPool.LARGE) return Heard.REFUSED;
        switch (latch.judge(from, rtp.ssrc(), nowNanos)) {
            case REFUSED -> { return Heard.REFUSED; }
            case LATCHED -> tracker.restart();
            case ACCEPTED -> {}
        }
        boolean anew = false;
        switch (tracker.accept(rtp.sequence())) {
            case STRAY -> { return Heard.REFUSED; }
            case BEGUN -> {
                anew = true;
                events.restart();
            }
            case USUAL -> {}
        }
        heard = true;
        Playout to = playout(anew);
        long at = tick * Frames.UNITS;
        to.put(rtp.sequence(), time(rtp.timestamp(), kind, anew), kind, packet, rtp.payloadOffset(), length, at);
        if (kind == PacketQueue.EVENT) {
            digit = events.on(rtp, packet);
            return digit == TelephoneEvents.NONE ? Heard.MEDIA : Heard.DIGIT;
        }
        tracker.arrived(arrival(kind, nowNanos), rtp.timestamp());
        return Heard.MEDIA;
    }

    /** The next 20 ms; false when nothing was said. */
    boolean next(short[] out, long tick) {
        if (playout != null) return playout.take(out, tick * Frames.UNITS);
        Arrays.fill(out, (short) 0);
        return false;
    }

    /** How long sound is held back, and how much of it was made up; in units. */
    long heldBack() {
        return playout == null || !heard ? 0 : playout.behind();
    }

    long concealed() { return playout == null ? 0 : playout.concealed(); }

    /** The interarrival jitter, in microseconds. */
    long jitterMicros() { return tracker.jitter() * 1_000_000L / encoding.clock(); }

    /** Gives back what it holds. */
    void close() {
        if (playout != null) playout.shed();
    }

    private Playout playout(boolean anew) {
        Playout current = playout;
        if (current == null) playout = current = new Playout(encoding.frame() * 50, codecs, pool);
        else if (anew) current.restart();
        return current;
    }

    /** We offer several encodings, and a peer may send any that its answer holds, not only the first (RFC 3264 §6.1); those numbers are fixed by RFC 3551. */
    private int kind(int type) {
        if (audioType < 0) return -1;
        if (type == audioType) return encoding.ordinal();
        if (isEvent(type)) return PacketQueue.EVENT;
        return switch (type) {
            case 0 -> Encoding.PCMU.ordinal();
            case 8 -> Encoding.PCMA.ordinal();
            case 9 -> Encoding.G722.ordinal();
            case ComfortNoise.PAYLOAD_TYPE -> PacketQueue.NOISE;
            default -> -1;
        };
    }

    /** A peer that numbered the type anew in its answer may still use the number of our offer, and RFC 3264 §6.1 tells it to. */
    private boolean isEvent(int type) {
        return eventType >= 0 && (type == eventType || type == AudioOffer.TELEPHONE_EVENT);
    }

    /** RTP timestamps wrap, and Opus has six of them for each unit: what is counted on is how far they are from one another. */
    private long time(int timestamp, int kind, boolean anew) {
        int clock = clock(kind);
        if (anew || clock != lastClock) elapsed = 0;
        else elapsed += timestamp - lastTimestamp;
        lastTimestamp = timestamp;
        lastClock = clock;
        return elapsed * 8_000 / clock;
    }

    /** The time of arrival on the stream's clock; for the jitter that RTCP reports. */
    private int arrival(int kind, long nowNanos) {
        return (int) (nowNanos / 125_000) * (clock(kind) / 8_000);
    }

    private int clock(int kind) { return kind < PacketQueue.EVENT ? Codecs.encoding(kind).clock() : encoding.clock(); }
}
