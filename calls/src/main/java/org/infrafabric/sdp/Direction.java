package org.infrafabric.sdp;

import java.util.Locale;
import java.util.Optional;

/** Which way media flows, seen from whoever wrote the description (RFC 8866 §6.7). */
public enum Direction {
    SENDRECV(true, true), SENDONLY(true, false), RECVONLY(false, true), INACTIVE(false, false);

    private final boolean sends;
    private final boolean receives;

    Direction(boolean sends, boolean receives) {
        this.sends = sends;
        this.receives = receives;
    }

    public boolean sends() { return sends; }

    public boolean receives() { return receives; }

    /** The widest direction that answers this one (RFC 3264 §6.1): what it sends we receive. */
    public Direction mirrored() {
        return of(receives, sends);
    }

    /** The attribute's name in a description. */
    public String attribute() { return name().toLowerCase(Locale.ROOT); }

    public static Direction of(boolean sends, boolean receives) {
        if (sends) return receives ? SENDRECV : SENDONLY;
        return receives ? RECVONLY : INACTIVE;
    }

    /** The direction that an attribute of this name stands for, empty when it is another attribute. Names are case-sensitive (RFC 8866 §5.13). */
    static Optional<Direction> named(String attribute) {
        return switch (attribute) {
            case "sendrecv" -> Optional.of(SENDRECV);
            case "sendonly" -> Optional.of(SENDONLY);
            case "recvonly" -> Optional.of(RECVONLY);
            case "inactive" -> Optional.of(INACTIVE);
            default -> Optional.empty();
        };
    }
}
