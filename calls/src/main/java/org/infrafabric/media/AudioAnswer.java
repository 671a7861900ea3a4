package org.infrafabric.media;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.infrafabric.media.AudioPort.Encoding;
import org.infrafabric.media.AudioPort.Negotiated;
import org.infrafabric.sdp.Attribute;
import org.infrafabric.sdp.Direction;
import org.infrafabric.sdp.MalformedSdp;
import org.infrafabric.sdp.MediaDescription;
import org.infrafabric.sdp.SessionDescription;
import org.jspecify.annotations.Nullable;

/**
 * Our answer to an offer, and what was settled by it (RFC 3264 §6).
 *
 * @param sdp to be sent back
 * @param media for {@link AudioPort#connect}
 */
public record AudioAnswer(byte[] sdp, Negotiated media) {
    static final String PROTOCOL = "RTP/AVP";
    private static final int CLOCK_RATE = 8000;

    /**
     * Answers an offer: the first audio stream with G.711 is taken, in the codec that the peer likes best of those we have; every other
     * stream is refused with port 0. Payload type numbers stay those of the offer. Peers that hold us get what answers their hold.
     *
     * @param local where we receive RTP, resolved
     * @throws MalformedSdp when it is no session description
     * @throws NoCommonCodec when no stream of it can be taken
     */
    public static AudioAnswer answer(byte[] offer, InetSocketAddress local, long sessionId, long version) throws MalformedSdp, NoCommonCodec {
        return answer(offer, local, sessionId, version, Direction.SENDRECV);
    }

    /**
     * The same while we hold the peer, or do not want to send.
     *
     * @param willing the widest direction that the answer may have
     */
    public static AudioAnswer answer(byte[] offer, InetSocketAddress local, long sessionId, long version, Direction willing)
            throws MalformedSdp, NoCommonCodec {
        SessionDescription theirs = SessionDescription.parse(offer);
        List<MediaDescription> answers = new ArrayList<>(theirs.media().size());
        Negotiated taken = null;
        for (MediaDescription stream : theirs.media()) {
            Choice choice = taken == null ? choose(theirs, stream, willing) : null;
            if (choice == null) {
                answers.add(refusal(stream));
                continue;
            }
            taken = choice.negotiated;
            answers.add(choice.accepting(stream, local.getPort()));
        }
        if (taken == null) throw new NoCommonCodec("no stream with PCMU or PCMA over RTP/AVP at an IP address; offered were " + summary(theirs));
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
        Choice choice = choose(theirs, stream, Direction.SENDRECV);                         // by encoding: an answer may number payload types anew (RFC 3264 §6.1)
        if (choice == null) throw new NoCommonCodec("the answer takes none of what we offered: " + summary(theirs));
        Negotiated media = choice.negotiated;
        boolean weSend = ours.direction().orElse(Direction.SENDRECV).sends();
        return new Negotiated(media.remote(), media.encoding(), media.payloadType(), media.telephoneEventType(), media.sending() && weSend);
    }

    /** How a stream would be taken. */
    private record Choice(Negotiated negotiated, Direction direction, String audioMap, @Nullable String eventFormat) {
        MediaDescription accepting(MediaDescription stream, int port) {
            String audio = Integer.toString(negotiated.payloadType());
            List<String> formats = new ArrayList<>(List.of(audio));
            List<Attribute> attributes = new ArrayList<>(List.of(new Attribute("rtpmap", audio + " " + audioMap)));
            if (eventFormat != null) {
                formats.add(eventFormat);
                attributes.add(new Attribute("rtpmap", eventFormat + " telephone-event/" + CLOCK_RATE));
                attributes.add(new Attribute("fmtp", eventFormat + " 0-16"));
            }
            attributes.add(new Attribute("ptime", "20"));
            attributes.add(Attribute.flag(direction.attribute()));
            return new MediaDescription(stream.media(), port, stream.protocol(), formats, Optional.empty(), attributes);
        }
    }

    private static @Nullable Choice choose(SessionDescription whole, MediaDescription stream, Direction willing) {
        if (!stream.media().equals("audio") || stream.port() == 0 || !stream.protocol().equals(PROTOCOL)) return null;
        InetAddress address = whole.connectionOf(stream).flatMap(it -> it.unicast()).orElse(null);
        if (address == null) return null;
        int audio = -1;
        Encoding encoding = Encoding.PCMU;
        int events = -1;
        for (String format : stream.formats()) {
            int type = payloadType(format);
            if (type < 0) continue;
            String map = stream.rtpmap(format).orElse(type == 0 ? "PCMU/8000" : type == 8 ? "PCMA/8000" : "").toUpperCase(Locale.ROOT);
            if (map.endsWith("/1")) map = map.substring(0, map.length() - 2); // one channel, said aloud
            switch (map) {
                case "PCMU/8000", "PCMA/8000" -> {
                    if (audio >= 0) continue;
                    audio = type;
                    encoding = map.startsWith("PCMU") ? Encoding.PCMU : Encoding.PCMA;
                }
                case "TELEPHONE-EVENT/8000" -> { if (events < 0) events = type; }
                default -> {}
            }
        }
        if (audio < 0) return null;
        boolean oldHold = address.isAnyLocalAddress();                  // RFC 3264 §8.4: c=0.0.0.0, the older way to hold
        Direction theirs = whole.directionOf(stream);
        if (oldHold) theirs = Direction.of(theirs.sends(), false);
        Direction ours = Direction.of(theirs.receives() && willing.sends(), theirs.sends() && willing.receives());
        Negotiated negotiated = new Negotiated(new InetSocketAddress(address, stream.port()), encoding, audio, events, ours.sends());
        return new Choice(negotiated, ours, encoding + "/" + CLOCK_RATE, events < 0 ? null : Integer.toString(events));
    }

    /** RFC 3264 §6: a refused stream keeps its place, with port 0 and some format. */
    private static MediaDescription refusal(MediaDescription stream) {
        return new MediaDescription(stream.media(), 0, stream.protocol(), stream.formats(), Optional.empty(), List.of());
    }

    private static int payloadType(String format) {
        if (format.isEmpty() || format.length() > 3) return -1;
        int value = 0;
        for (int i = 0; i < format.length(); i++) {
            int digit = format.charAt(i) - '0';
            if (digit < 0 || digit > 9) return -1;
            value = value * 10 + digit;
        }
        return value <= 127 ? value : -1;
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
