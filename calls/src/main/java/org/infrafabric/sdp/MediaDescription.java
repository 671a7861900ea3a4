package org.infrafabric.sdp;

import java.util.List;
import java.util.Optional;

/**
 * One {@code m=} line and what belongs to it.
 *
 * @param media such as {@code audio}
 * @param port 0 means that this stream is refused or not wanted (RFC 3264 §5.1)
 * @param protocol such as {@code RTP/AVP}
 * @param formats as they stand; for RTP payload type numbers, the preferred one first
 * @param connection of its own; else the session's holds
 */
public record MediaDescription(String media, int port, String protocol, List<String> formats, Optional<Connection> connection,
        List<Attribute> attributes) {
    public MediaDescription {
        formats = List.copyOf(formats);
        attributes = List.copyOf(attributes);
    }

    /** Its own direction, if it states one; the last stated holds. */
    public Optional<Direction> direction() {
        return SessionDescription.directionIn(attributes);
    }

    /** The {@code rtpmap} of a payload type, such as {@code PCMU/8000}; the static ones of RFC 3551 may come without. */
    public Optional<String> rtpmap(String format) {
        return of("rtpmap", format);
    }

    /** The {@code fmtp} parameters of a payload type. */
    public Optional<String> fmtp(String format) {
        return of("fmtp", format);
    }

    private Optional<String> of(String name, String format) {
        for (Attribute attribute : attributes) {
            String value = attribute.value();
            if (attribute.name().equals(name) && value.startsWith(format) && value.length() > format.length()
                    && value.charAt(format.length()) == ' ')
                return Optional.of(value.substring(format.length() + 1).strip());
        }
        return Optional.empty();
    }
}
