package org.infrafabric.media;

import java.net.InetSocketAddress;

/**
 * One party's audio: what it says comes in here, what it shall hear goes out. Opened by an {@link AudioBridge}, whose media loop owns it;
 * every method may be called from any thread and returns at once.
 */
public interface AudioPort {
    /** Where this port receives RTP; RTCP is one port above. */
    InetSocketAddress local();

    /** Begins to send and to accept, as offer and answer settled it. Called again after a re-INVITE. */
    void connect(Negotiated media);

    /**
     * Plays to this party alone, after what is already queued and over whatever it hears of the bridge.
     *
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
    }

    /** Packets counted since the port was opened. */
    record Stats(long received, long sent, long lost, long refused) {}

    /**
     * What offer and answer agreed on.
     *
     * @param remote where the peer said it receives; the first packet from another port latches that one instead
     * @param encoding of the RTP payload
     * @param payloadType for audio
     * @param telephoneEventType RFC 4733 payload type, or -1 where the peer offered none
     * @param sending false while the peer holds us
     */
    record Negotiated(InetSocketAddress remote, Encoding encoding, int payloadType, int telephoneEventType, boolean sending) {}

    /** RTP payload encodings. */
    enum Encoding {
        PCMU, PCMA
    }
}
