package org.infrafabric.media;

import java.net.InetSocketAddress;
import java.util.List;

/**
 * One party's audio: what it says comes in here, what it shall hear goes out. Opened by an {@link AudioBridge}, whose media loop owns it;
 * every method may be called from any thread and returns at once.
 */
public interface AudioPort {
    /** Where this port receives RTP; RTCP is one port above. */
    InetSocketAddress local();

    /** What may be agreed on for this port, best first; for {@link AudioOffer} and {@link AudioAnswer}. */
    default List<Encoding> encodings() {
        return Encoding.G711;
    }

    /** Begins to send and to accept, as offer and answer settled it. Called again after a re-INVITE. */
    void connect(Negotiated media);

    /**
     * Plays to this party alone, after what is already queued and over whatever it hears of the bridge.
     *
     * @param audio at 8000 samples a second
     * @param finished runs on the listener's executor when the last sample was sent, or when it was stopped
     */
    void play(Pcm audio, Runnable finished);

    /** Forgets what is queued and playing. */
    void stopPlaying();

    /** In the mix: it hears the others and they hear it. Until then it hears only what is played to it, and its sound is recorded alone. */
    void join();

    /** Out of the mix again, but still connected. */
    void leave();

    /** Muted, it still hears the others in the mix, and is recorded alone, but they do not hear it. */
    void mute(boolean muted);

    /** Sends a telephone-event (RFC 4733) of 100 ms. {@code digit}: 0-9, *, #, A-D. */
    void sendDigit(char digit);

    Stats stats();

    /** Ends sending and receiving and frees the sockets. */
    void close();

    /** What a port tells; called on the executor given when it was opened. */
    interface Listener {
        /** The first RTP packet from the latched source. */
        void onFirstPacket();

        /** A telephone-event began, from the latched source and SSRC, once per RTP timestamp (CONTRACT §6). */
        void onDigit(char digit);

        /**
         * A peer that should be sending has sent neither RTP nor RTCP for as long as the engine was told to wait: its phone is dead, or its network. Told once, until
         * something came again.
         */
        default void onSilence() {}
    }

    /** Packets counted since the port was opened. */
    record Stats(long received, long sent, long lost, long refused, Quality quality) {
        public Stats(long received, long sent, long lost, long refused) { this(received, sent, lost, refused, Quality.UNKNOWN); }
    }

    /**
     * How well it is heard.
     *
     * @param jitterMicros of packets that come, RFC 3550 §6.4.1
     * @param roundTripMicros as the last reports told, or -1
     * @param lostThere packets of ours that the peer says were lost, or -1
     * @param delayMicros that sound is held back
     * @param concealedMillis of sound that was made up
     */
    record Quality(long jitterMicros, long roundTripMicros, long lostThere, long delayMicros, long concealedMillis) {
        public static final Quality UNKNOWN = new Quality(0, -1, -1, 0, 0);
    }

    /**
     * What offer and answer agreed on.
     *
     * @param remote where the peer said it receives; the first packet from another port latches that one instead
     * @param encoding of the RTP payload
     * @param payloadType for audio
     * @param telephoneEventType RFC 4733 payload type, or -1 where the peer offered none
     * @param sending false while the peer holds us
     * @param receiving false while we hold the peer: its silence is as it should be
     * @param wishes what else the peer said of how it wants to be sent
     */
    record Negotiated(InetSocketAddress remote, Encoding encoding, int payloadType, int telephoneEventType, boolean sending, boolean receiving,
            Wishes wishes) {
        /** Of a peer without wishes, who is held in both directions or in none. */
        public Negotiated(InetSocketAddress remote, Encoding encoding, int payloadType, int telephoneEventType, boolean sending) {
            this(remote, encoding, payloadType, telephoneEventType, sending, sending, Wishes.NONE);
        }
    }

    /**
     * A peer's wishes beyond the encoding.
     *
     * @param comfortNoise it understands RFC 3389, payload type 13, so silence need not be sent as sound
     * @param eventClock RTP clock of its telephone-events: 8000, or 48000 beside Opus
     * @param maxBitrate bits a second that Opus may take, 0 for no limit (RFC 7587 §6.1 {@code maxaveragebitrate})
     * @param maxPlaybackRate samples a second beyond which it hears nothing
     * @param constantBitrate it wants Opus so
     */
    record Wishes(boolean comfortNoise, int eventClock, int maxBitrate, int maxPlaybackRate, boolean constantBitrate) {
        /** Of a peer that said nothing. */
        public static final Wishes NONE = new Wishes(false, 8_000, 0, 48_000, false);
    }

    /** RTP payload encodings. */
    enum Encoding {
        /** ITU-T G.711. */
        PCMU("PCMU/8000", 0, 8_000, 160),
        /** ITU-T G.711. */
        PCMA("PCMA/8000", 8, 8_000, 160),
        /** ITU-T G.722 at 64 kbit/s; its RTP clock is half its sampling rate, an old mistake that stays (RFC 3551 §4.5.2). */
        G722("G722/8000", 9, 8_000, 320),
        /** RFC 6716 over RFC 7587. */
        OPUS("opus/48000/2", -1, 48_000, 320);

        /** What every telephone has. */
        public static final List<Encoding> G711 = List.of(PCMU, PCMA);
        /** All, best first. */
        public static final List<Encoding> ALL = List.of(OPUS, G722, PCMU, PCMA);

        private final String map;
        private final int type;
        private final int clock;
        private final int frame;

        Encoding(String map, int type, int clock, int frame) {
            this.map = map;
            this.type = type;
            this.clock = clock;
            this.frame = frame;
        }

        /** As {@code a=rtpmap} has it. */
        public String map() { return map; }

        /** Its payload type by RFC 3551, or -1 where that is agreed each time. */
        public int staticType() { return type; }

        /** RTP timestamp units a second. */
        public int clock() { return clock; }

        /** Samples in 20 ms: 160 at 8 kHz, 320 at 16 kHz. */
        public int frame() { return frame; }
    }
}
