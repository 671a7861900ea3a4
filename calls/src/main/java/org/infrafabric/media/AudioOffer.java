package org.infrafabric.media;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.infrafabric.sdp.Attribute;
import org.infrafabric.sdp.Connection;
import org.infrafabric.sdp.Direction;
import org.infrafabric.sdp.MediaDescription;
import org.infrafabric.sdp.SessionDescription;

/** What we offer: one audio stream of G.711 with telephone-events, 20 ms a packet. */
public final class AudioOffer {
    /** Payload type that we offer for telephone-events (RFC 4733); dynamic, so any from 96 would do; 101 is what most phones use. */
    static final int TELEPHONE_EVENT = 101;

    private AudioOffer() {}

    /** An offer to talk and listen. See {@link #offer(InetSocketAddress, long, long, Direction)}. */
    public static byte[] offer(InetSocketAddress local, long sessionId, long version) {
        return offer(local, sessionId, version, Direction.SENDRECV);
    }

    /**
     * An offer.
     *
     * @param local where we receive RTP, resolved
     * @param sessionId the same for the life of a dialog, not negative
     * @param version one higher with each description that differs from the one before (RFC 3264 §8)
     * @param direction {@code SENDONLY} or {@code INACTIVE} puts the peer on hold (RFC 3264 §8.4)
     */
    public static byte[] offer(InetSocketAddress local, long sessionId, long version, Direction direction) {
        List<Attribute> attributes = new ArrayList<>();
        attributes.add(new Attribute("rtpmap", "0 PCMU/8000"));
        attributes.add(new Attribute("rtpmap", "8 PCMA/8000"));
        attributes.add(new Attribute("rtpmap", TELEPHONE_EVENT + " telephone-event/8000"));
        attributes.add(new Attribute("fmtp", TELEPHONE_EVENT + " 0-16"));
        attributes.add(new Attribute("ptime", "20"));
        attributes.add(Attribute.flag(direction.attribute()));
        MediaDescription audio = new MediaDescription("audio", local.getPort(), AudioAnswer.PROTOCOL, List.of("0", "8", "" + TELEPHONE_EVENT),
                Optional.empty(), attributes);
        return description(local, sessionId, version, List.of(SessionDescription.UNBOUNDED), List.of(audio)).encode();
    }

    static SessionDescription description(InetSocketAddress local, long sessionId, long version, List<String> timing, List<MediaDescription> media) {
        Connection here = Connection.of(local.getAddress());
        return new SessionDescription(new SessionDescription.Origin("-", Long.toString(sessionId), Long.toString(version), here), "-",
                Optional.of(here), timing, List.of(), media);
    }
}
