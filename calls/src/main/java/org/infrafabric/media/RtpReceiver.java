package org.infrafabric.media;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
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
    private final JitterBuffer jitter = new JitterBuffer();
    private final TelephoneEvents events = new TelephoneEvents();
    private int audioType = -1;
    private int eventType = -1;
    private G711 law = G711.PCMU;
    private boolean heard;
    private char digit;

    /** What was agreed. A latched source stays if the peer's address does. */
    void expect(Negotiated media) {
        latch.expect(media.remote());
        audioType = media.payloadType();
        eventType = media.telephoneEventType();
        law = G711.of(media.encoding());
    }

    SourceLatch latch() { return latch; }

    SequenceTracker tracker() { return tracker; }

    /** Whether a source is latched and something came from it. */
    boolean heard() { return heard && latch.source() != null; }

    /** The digit of the last {@link Heard#DIGIT}. */
    char digit() { return digit; }

    /** Takes a packet that stands between 0 and the limit of {@code packet}. {@code decoded} is scratch. */
    Heard take(RtpPacket rtp, ByteBuffer packet, InetSocketAddress from, short[] decoded, long nowNanos) {
        if (!rtp.read(packet)) return Heard.REFUSED;
        int type = rtp.payloadType();
        G711 decoder = law(type);
        boolean event = decoder == null && isEvent(type);
        if (decoder == null && !event) return Heard.REFUSED;
        switch (latch.judge(from, rtp.ssrc(), nowNanos)) {
            case REFUSED -> { return Heard.REFUSED; }
            case LATCHED -> tracker.restart();
            case ACCEPTED -> {}
        }
        switch (tracker.accept(rtp.sequence())) {
            case STRAY -> { return Heard.REFUSED; }
            case BEGUN -> {
                jitter.restart();
                events.restart();
            }
            case USUAL -> {}
        }
        heard = true;
        if (decoder == null) {
            jitter.quiet();
            digit = events.on(rtp, packet);
            return digit == TelephoneEvents.NONE ? Heard.MEDIA : Heard.DIGIT;
        }
        tracker.arrived((int) (nowNanos / 125_000), rtp.timestamp());     // 8 kHz units
        int length = rtp.payloadLength();
        if (length <= JitterBuffer.MAX_PACKET) {
            decoder.decode(packet, rtp.payloadOffset(), length, decoded);
            jitter.put(rtp.timestamp(), decoded, length);
        }
        return Heard.MEDIA;
    }

    /** The next 20 ms; false when nothing was said. */
    boolean next(short[] out) { return jitter.take(out); }

    /** We offer both laws, and a peer may send whichever its answer holds, not only the first (RFC 3264 §6.1); their numbers are fixed by RFC 3551. */
    private @Nullable G711 law(int type) {
        if (type == audioType) return law;
        if (audioType < 0 || type == eventType) return null;
        return type == 0 ? G711.PCMU : type == 8 ? G711.PCMA : null;
    }

    /** A peer that numbered the type anew in its answer may still use the number of our offer, and RFC 3264 §6.1 tells it to. */
    private boolean isEvent(int type) {
        return eventType >= 0 && (type == eventType || type == AudioOffer.TELEPHONE_EVENT);
    }
}
