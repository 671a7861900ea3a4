package org.infrafabric.call;

import java.util.Optional;

/**
 * How a leg ended.
 *
 * @param failure why, or empty when it was answered and then hung up in the ordinary way
 * @param byPeer the other side ended it
 * @param status the protocol's own code (SIP status), 0 where there was none
 * @param phrase the peer's words, for people
 */
public record LegEnd(Optional<CallFailure> failure, boolean byPeer, int status, String phrase) {}
