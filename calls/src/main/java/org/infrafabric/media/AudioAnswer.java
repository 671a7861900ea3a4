package org.infrafabric.media;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.infrafabric.media.AudioPort.Encoding;
import org.infrafabric.media.AudioPort.Negotiated;
import org.infrafabric.sdp.Direction;
import org.infrafabric.sdp.MalformedSdp;
import org.infrafabric.sdp.MediaDescription;
import org.infrafabric.sdp.SessionDescription;

/**
 * Our answer to an offer, and what was settled by it (RFC 3264 §6).
 *
 * @param sdp to be sent back
 * @param media for {@link AudioPort#connect}
 */
public record AudioAnswer(byte[] sdp, Negotiated media) {
    static final String PROTOCOL = "RTP/AVP";

    /** As {@link #answer(byte[], InetSocketAddress, List, long, long, Direction)} with G.711 alone, willing to talk and to listen. */
    public static AudioAnswer answer(byte[] offer, InetSocketAddress local, long sessionId, long version) throws MalformedSdp, NoCommonCodec {
        return answer(offer, local, Encoding.G711, sessionId, version, Direction.SENDRECV);
    }

    /** As {@link #answer(byte[], InetSocketAddress, List, long, long, Direction)} with G.711 alone. */
    public static AudioAnswer answer(byte[] offer, InetSocketAddress local, long sessionId, long version, Direction willing)
            throws MalformedSdp, NoCommonCodec {
        return answer(offer, local, Encoding.G711, sessionId, version, willing);
    }

    /**
     * Answers an offer: the first audio stream that we can speak is taken, in the codec that the peer likes best of those we have; every other
     * stream is refused with port 0. Payload type numbers stay those of the offer. Peers that hold us get what answers their hold.
     *
     * @param local where we receive RTP, resolved
     * @param encodings what we have: {@link AudioPort#encodings()}; the order is the peer's
     * @param willing the widest direction that the answer may have: less than both while we hold the peer, or do not want to send
     * @throws MalformedSdp when it is no session description
     * @throws NoCommonCodec when no stream of it can be taken
     */
    public static AudioAnswer answer(byte[] offer, InetSocketAddress local, List<Encoding> encodings, long sessionId, long version, Direction willing)
            throws MalformedSdp, NoCommonCodec {
        SessionDescription theirs = SessionDescription.parse(offer);
        List<MediaDescription> answers = new ArrayList<>(theirs.media().size());
        Negotiated taken = null;
        for (MediaDescription stream : theirs.media()) {
            AudioChoice choice = taken == null ? AudioChoice.of(theirs, stream, encodings, willing) : null;
            if (choice == null) {
                answers.add(refusal(stream));
                continue;
            }
            taken = choice.negotiated();
            answers.add(choice.accepting(stream, local.getPort()));
        }
        if (taken == null)
            throw new NoCommonCodec("no stream with one of " + encodings + " over RTP/AVP at an IP address; offered were " + summary(theirs));
        return new AudioAnswer(AudioOffer.description(local, sessionId, version, theirs.timing(), answers).encode(), taken);
    }

    /**
     * Answers an offer in which no stream is wanted any more: each port is 0 (RFC 3264 §8.2), and so is each of the answer. Empty when some stream is wanted.
     *
     * @throws MalformedSdp when it is no session description
     */
    public static Optional<byte[]> answerToNothing(byte[] offer, InetSocketAddress local, long sessionId, long version) throws MalformedSdp {
        SessionDescription theirs = SessionDescription.parse(offer);
        if (theirs.media().isEmpty() || theirs.media().stream().anyMatch(stream -> stream.port() != 0)) return Optional.empty();
        List<MediaDescription> answers = theirs.media().stream().map(AudioAnswer::refusal).toList();
        return Optional.of(AudioOffer.description(local, sessionId, version, theirs.timing(), answers).encode());
    }

    /**
     * Reads the peer's answer to an offer of ours.
     *
     * @throws MalformedSdp when it is no session description, or has other streams than the offer (RFC 3264 §6)
     * @throws NoCommonCodec when the peer refused the stream, or took none of the encodings that we offered
     */
    public static Negotiated accept(byte[] ourOffer, byte[] answer) throws MalformedSdp, NoCommonCodec {
        MediaDescription ours = SessionDescription.parse(ourOffer).media().getFirst();
        SessionDescription theirs = SessionDescription.parse(answer);
        if (theirs.media().size() != 1) throw new MalformedSdp(0, "the answer has " + theirs.media().size() + " media, the offer has one");
        MediaDescription stream = theirs.media().getFirst();
        AudioChoice choice = AudioChoice.of(theirs, stream, AudioChoice.encodings(ours), Direction.SENDRECV); // by encoding: an answer may number payload types anew (RFC 3264 §6.1)
        if (choice == null) throw new NoCommonCodec("the answer takes none of what we offered: " + summary(theirs));
        Negotiated media = choice.negotiated();
        Direction offered = ours.direction().orElse(Direction.SENDRECV);
        return new Negotiated(media.remote(), media.encoding(), media.payloadType(), media.telephoneEventType(), media.sending() && offered.sends(),
                media.receiving() && offered.receives(), media.wishes());
    }

    /** RFC 3264 §6: a refused stream keeps its place, with port 0 and some format. */
    private static MediaDescription refusal(MediaDescription stream) {
        return new MediaDescription(stream.media(), 0, stream.protocol(), stream.formats(), Optional.empty(), List.of());
    }

    private static String summary(SessionDescription description) {
        List<String> streams = new ArrayList<>();
        for (MediaDescription stream : description.media()) {
            if (streams.size() == 4) break;
            streams.add(stream.media() + " " + stream.port() + " " + stream.protocol() + " " + String.join(" ", stream.formats()));
        }
        String all = String.join("; ", streams);
        return all.isEmpty() ? "none" : all.substring(0, Math.min(all.length(), 200));
    }
}
