package org.infrafabric.call;

import java.time.Duration;
import java.util.Optional;

/**
 * How a leg ended.
 *
 * @param failure why, or empty when it was answered and then hung up in the ordinary way
 * @param byPeer the other side ended it
 * @param status the protocol's own code (SIP status), 0 where there was none
 * @param phrase the peer's words, for people
 * @param retryAfter so long the peer does not want to be called again (RFC 3261 §20.33), zero where it did not say; a day at most
 */
public record LegEnd(Optional<CallFailure> failure, boolean byPeer, int status, String phrase, Duration retryAfter) {
    /** The peer did not say when to call again. */
    public LegEnd(Optional<CallFailure> failure, boolean byPeer, int status, String phrase) {
        this(failure, byPeer, status, phrase, Duration.ZERO);
    }
}
