package org.infrafabric.sdp;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * A session description, RFC 8866: as much of it as offer and answer need. What it drops on parsing ({@code i u e p b r z k}) is checked for form only.
 *
 * @param origin the {@code o=} line
 * @param name the {@code s=} line
 * @param connection for media that have none of their own
 * @param timing values of the {@code t=} lines; an answer repeats the offer's (RFC 3264 §6)
 */
public record SessionDescription(Origin origin, String name, Optional<Connection> connection, List<String> timing, List<Attribute> attributes,
        List<MediaDescription> media) {
    /** A session that is not bound in time (§5.9). */
    public static final String UNBOUNDED = "0 0";

    public SessionDescription {
        name = name.isEmpty() ? "-" : name;                               // §5.3: what stands for no name
        timing = timing.isEmpty() ? List.of(UNBOUNDED) : List.copyOf(timing);
        attributes = List.copyOf(attributes);
        media = List.copyOf(media);
    }

    /**
     * Who made the description.
     *
     * @param sessionId digits; some peers write more than 64 bits hold
     * @param version rises with each change (RFC 3264 §8)
     */
    public record Origin(String username, String sessionId, String version, Connection address) {
        @Override
        public String toString() { return username + " " + sessionId + " " + version + " " + address; }
    }

    /**
     * Reads a description. Lone LF ends a line as CRLF does, a missing {@code s=} or {@code t=} is forgiven, the order of lines within a
     * section is too; all else holds. Bytes are read as ISO 8859-1, so that what is not ASCII comes out as it went in.
     *
     * @throws MalformedSdp with the line at fault; also over {@value SdpReader#MAX_BYTES} bytes, or over the other bounds there
     */
    public static SessionDescription parse(byte[] text) throws MalformedSdp {
        return new SdpReader(text).read();
    }

    /** The description as bytes, lines ended by CRLF, in the order that RFC 8866 §5 demands. */
    public byte[] encode() {
        StringBuilder out = new StringBuilder(256);
        line(out, 'v', "0");
        line(out, 'o', origin.toString());
        line(out, 's', name);
        connection.ifPresent(it -> line(out, 'c', it.toString()));
        timing.forEach(it -> line(out, 't', it));
        attributes.forEach(it -> line(out, 'a', it.toString()));
        for (MediaDescription it : media) {
            line(out, 'm', it.media() + " " + it.port() + " " + it.protocol() + " " + String.join(" ", it.formats()));
            it.connection().ifPresent(own -> line(out, 'c', own.toString()));
            it.attributes().forEach(own -> line(out, 'a', own.toString()));
        }
        return out.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Where {@code stream} is received: its own connection, else the session's. */
    public Optional<Connection> connectionOf(MediaDescription stream) {
        return stream.connection().or(() -> connection);
    }

    /** The direction of {@code stream}: its own, else the session's, else sendrecv (RFC 8866 §6.7). */
    public Direction directionOf(MediaDescription stream) {
        return stream.direction().or(() -> directionIn(attributes)).orElse(Direction.SENDRECV);
    }

    static Optional<Direction> directionIn(List<Attribute> attributes) {
        Optional<Direction> found = Optional.empty();
        for (Attribute attribute : attributes) {
            Optional<Direction> named = Direction.named(attribute.name());
            if (named.isPresent()) found = named;
        }
        return found;
    }

    private static void line(StringBuilder out, char type, String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '\r' || c == '\n' || c == 0) throw new IllegalArgumentException("a line of SDP cannot hold a line end or NUL");
        }
        out.append(type).append('=').append(value).append("\r\n");
    }
}
