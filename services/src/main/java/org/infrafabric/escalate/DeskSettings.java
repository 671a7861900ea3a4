package org.infrafabric.escalate;

import java.time.Duration;
import java.util.Set;

/**
 * @param busUri who the bus is in its decisions, such as {@code if://bus/node-1}
 * @param hazards those that a message may name (CONTRACT §3)
 * @param maxLive escalations at a time; beyond it new ones are refused as overload
 * @param callbackHosts {@code host} or {@code host:port} in lower case; a decision goes nowhere else
 * @param deliverFor so long a decision is tried to be delivered (CONTRACT §3: 24 h)
 */
public record DeskSettings(String busUri, Set<String> hazards, int maxLive, Set<String> callbackHosts, Duration deliverFor, Pace pace) {
    public static final Set<String> USUAL_HAZARDS = Set.of("safety", "alignment", "ethics", "bias", "security", "privacy", "legal", "conflict");
    public static final int USUAL_MAX_LIVE = 1_000;
    public static final Duration USUAL_DELIVER_FOR = Duration.ofHours(24);

    /** The usual ones. */
    public static DeskSettings usual(String busUri, Set<String> callbackHosts) {
        return new DeskSettings(busUri, USUAL_HAZARDS, USUAL_MAX_LIVE, callbackHosts, USUAL_DELIVER_FOR, Pace.USUAL);
    }
}
