package org.infrafabric.media;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.infrafabric.media.AudioPort.Encoding;
import org.infrafabric.media.AudioPort.Negotiated;
import org.infrafabric.media.AudioPort.Wishes;
import org.infrafabric.sdp.Attribute;
import org.infrafabric.sdp.Direction;
import org.infrafabric.sdp.MediaDescription;
import org.infrafabric.sdp.SessionDescription;
import org.jspecify.annotations.Nullable;

/** How one stream of a description would be taken: the first of its formats that we have, and what goes with it. */
record AudioChoice(Negotiated negotiated, Direction direction) {
    private static final int LOWEST_RATE = 8_000;

    /** What a stream says of one payload type, read once. */
    private record Format(int type, String name) {}

    /** Null where it is no audio stream that we could take. {@code willing}: the widest direction that we would have. */
    static @Nullable AudioChoice of(SessionDescription whole, MediaDescription stream, List<Encoding> encodings, Direction willing) {
        if (!stream.media().equals("audio") || stream.port() == 0 || !stream.protocol().equals(AudioAnswer.PROTOCOL)) return null;
        InetAddress address = whole.connectionOf(stream).flatMap(it -> it.unicast()).orElse(null);
        if (address == null) return null;
        List<Format> formats = formats(stream);
        Encoding encoding = null;
        int type = -1;
        for (Format format : formats) {
            encoding = named(format.name());
            type = format.type();
            if (encoding != null && encodings.contains(encoding)) break;
            encoding = null;
        }
        if (encoding == null) return null;
        boolean oldHold = address.isAnyLocalAddress();                    // RFC 3264 §8.4: c=0.0.0.0, the older way to hold
        Direction theirs = whole.directionOf(stream);
        if (oldHold) theirs = Direction.of(theirs.sends(), false);
        Direction ours = Direction.of(theirs.receives() && willing.sends(), theirs.sends() && willing.receives());
        Format events = events(formats, encoding.clock());
        InetSocketAddress remote = new InetSocketAddress(address, stream.port());
        Negotiated negotiated = new Negotiated(remote, encoding, type, events == null ? -1 : events.type(), ours.sends(), ours.receives(),
                wishes(stream, formats, encoding, type, events));
        return new AudioChoice(negotiated, ours);
    }

    /** The encodings among a stream's formats. */
    static List<Encoding> encodings(MediaDescription stream) {
        List<Encoding> all = new ArrayList<>();
        for (Format format : formats(stream)) {
            Encoding encoding = named(format.name());
            if (encoding != null) all.add(encoding);
        }
        return all;
    }

    /** Our answer to the stream. */
    MediaDescription accepting(MediaDescription stream, int port) {
        String audio = Integer.toString(negotiated.payloadType());
        List<String> formats = new ArrayList<>(List.of(audio));
        List<Attribute> attributes = new ArrayList<>(List.of(new Attribute("rtpmap", audio + " " + negotiated.encoding().map())));
        if (negotiated.encoding() == Encoding.OPUS) attributes.add(new Attribute("fmtp", audio + " " + AudioOffer.OPUS_PARAMETERS));
        if (negotiated.telephoneEventType() >= 0) {
            String events = Integer.toString(negotiated.telephoneEventType());
            formats.add(events);
            attributes.add(new Attribute("rtpmap", events + " telephone-event/" + negotiated.wishes().eventClock()));
            attributes.add(new Attribute("fmtp", events + " 0-16"));
        }
        if (negotiated.wishes().comfortNoise()) formats.add(Integer.toString(ComfortNoise.PAYLOAD_TYPE));
        attributes.add(new Attribute("ptime", "20"));
        attributes.add(Attribute.flag(direction.attribute()));
        return new MediaDescription(stream.media(), port, stream.protocol(), formats, Optional.empty(), attributes);
    }

    /** Those whose payload type says, or is said, what it is; names in upper case, without the number of channels where that is one. */
    private static List<Format> formats(MediaDescription stream) {
        List<Format> all = new ArrayList<>();
        for (String format : stream.formats()) {
            int type = payloadType(format);
            if (type < 0) continue;
            String name = stream.rtpmap(format).orElse(standing(type)).toUpperCase(Locale.ROOT);
            if (name.endsWith("/1")) name = name.substring(0, name.length() - 2);
            all.add(new Format(type, name));
        }
        return all;
    }

    /** RFC 3551 §6, table 4. */
    private static String standing(int type) {
        if (type == ComfortNoise.PAYLOAD_TYPE) return "CN/8000";
        for (Encoding each : Encoding.ALL) if (each.staticType() == type) return each.map();
        return "";
    }

    private static @Nullable Encoding named(String name) {
        for (Encoding each : Encoding.ALL) if (each.map().equalsIgnoreCase(name)) return each;
        return null;
    }

    /** Telephone-events on the clock of the audio, else on any that we know. */
    private static @Nullable Format events(List<Format> formats, int clock) {
        Format other = null;
        for (Format format : formats) {
            if (format.name().equals("TELEPHONE-EVENT/" + clock)) return format;
            if (other == null && (format.name().equals("TELEPHONE-EVENT/8000") || format.name().equals("TELEPHONE-EVENT/48000"))) other = format;
        }
        return other;
    }

    private static Wishes wishes(MediaDescription stream, List<Format> formats, Encoding encoding, int type, @Nullable Format events) {
        boolean noise = formats.contains(new Format(ComfortNoise.PAYLOAD_TYPE, "CN/8000"));
        int eventClock = events != null && events.name().endsWith("/48000") ? 48_000 : 8_000;
        if (encoding != Encoding.OPUS) return new Wishes(noise && encoding.frame() == Frames.NARROW, eventClock, 0, 48_000, false);
        String parameters = stream.fmtp(Integer.toString(type)).orElse("");
        return new Wishes(false, eventClock, parameter(parameters, "maxaveragebitrate", 0),
                Math.max(LOWEST_RATE, parameter(parameters, "maxplaybackrate", 48_000)),
                parameter(parameters, "cbr", 0) == 1);
    }

    /** A number among {@code name=value} pairs; the usual one where it is missing or no number. */
    private static int parameter(String parameters, String name, int usual) {
        for (String each : parameters.split(";", -1)) {
            String pair = each.strip();
            if (!pair.startsWith(name + "=")) continue;
            String value = pair.substring(name.length() + 1);
            return value.matches("[0-9]{1,9}") ? Integer.parseInt(value) : usual;
        }
        return usual;
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
}
