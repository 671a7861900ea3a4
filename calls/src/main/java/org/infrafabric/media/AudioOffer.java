package org.infrafabric.media;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.infrafabric.media.AudioPort.Encoding;
import org.infrafabric.sdp.Attribute;
import org.infrafabric.sdp.Connection;
import org.infrafabric.sdp.Direction;
import org.infrafabric.sdp.MediaDescription;
import org.infrafabric.sdp.SessionDescription;

/**
 * What we offer: one audio stream of the encodings that a port may speak, with telephone-events, 20 ms a packet. It says nothing that goes without saying: the INVITE
 * around it is to fit a datagram.
 */
public final class AudioOffer {
    /** Payload type that we offer for telephone-events (RFC 4733); dynamic, so any from 96 would do; 101 is what most phones use. */
    static final int TELEPHONE_EVENT = 101;
    /** The same on Opus's clock: all payload types of a stream should share one (RFC 4733 §2.1). */
    static final int TELEPHONE_EVENT_48K = 102;
    /** Payload type that we offer for Opus. */
    static final int OPUS = 111;

    private AudioOffer() {}

    /** An offer of G.711 alone, to talk and listen. See {@link #offer(InetSocketAddress, List, long, long, Direction)}. */
    public static byte[] offer(InetSocketAddress local, long sessionId, long version) {
        return offer(local, Encoding.G711, sessionId, version, Direction.SENDRECV);
    }

    /** An offer of G.711 alone. See {@link #offer(InetSocketAddress, List, long, long, Direction)}. */
    public static byte[] offer(InetSocketAddress local, long sessionId, long version, Direction direction) {
        return offer(local, Encoding.G711, sessionId, version, direction);
    }

    /**
     * An offer.
     *
     * @param local where we receive RTP, resolved
     * @param encodings what a port can speak, best first: {@link AudioPort#encodings()}
     * @param sessionId the same for the life of a dialog, not negative
     * @param version one higher with each description that differs from the one before (RFC 3264 §8)
     * @param direction {@code SENDONLY} or {@code INACTIVE} puts the peer on hold (RFC 3264 §8.4)
     */
    public static byte[] offer(InetSocketAddress local, List<Encoding> encodings, long sessionId, long version, Direction direction) {
        List<String> formats = new ArrayList<>();
        List<Attribute> attributes = new ArrayList<>();
        for (Encoding encoding : encodings) {
            String type = Integer.toString(encoding == Encoding.OPUS ? OPUS : encoding.staticType());
            formats.add(type);
            if (encoding != Encoding.OPUS) continue; // a static type says what it is, RFC 3551 §6
            attributes.add(new Attribute("rtpmap", type + " " + encoding.map()));
            attributes.add(new Attribute("fmtp", type + " " + OPUS_PARAMETERS));
        }
        if (encodings.contains(Encoding.OPUS)) events(TELEPHONE_EVENT_48K, 48_000, formats, attributes);
        events(TELEPHONE_EVENT, 8_000, formats, attributes);
        attributes.add(new Attribute("ptime", "20"));
        if (direction != Direction.SENDRECV) attributes.add(Attribute.flag(direction.attribute())); // that is what no word means, RFC 8866 §6.7
        MediaDescription audio = new MediaDescription("audio", local.getPort(), AudioAnswer.PROTOCOL, formats, Optional.empty(), attributes);
        return description(local, sessionId, version, List.of(SessionDescription.UNBOUNDED), List.of(audio)).encode();
    }

    /** RFC 7587 §6.1: we hear no more than 8 kHz of bandwidth and make use of forward error correction. No word more: 1,300 bytes of INVITE fit a datagram. */
    static final String OPUS_PARAMETERS = "maxplaybackrate=16000;useinbandfec=1";

    private static void events(int type, int clock, List<String> formats, List<Attribute> attributes) {
        formats.add(Integer.toString(type));
        attributes.add(new Attribute("rtpmap", type + " telephone-event/" + clock));
        attributes.add(new Attribute("fmtp", type + " 0-16"));
    }

    static SessionDescription description(InetSocketAddress local, long sessionId, long version, List<String> timing, List<MediaDescription> media) {
        Connection here = Connection.of(local.getAddress());
        return new SessionDescription(new SessionDescription.Origin("-", Long.toString(sessionId), Long.toString(version), here), "-",
                Optional.of(here), timing, List.of(), media);
    }
}
