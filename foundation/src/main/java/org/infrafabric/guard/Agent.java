package org.infrafabric.guard;

import java.util.Optional;
import org.infrafabric.message.VerifyKey;

/**
 * An agent that may send messages.
 *
 * @param id its {@code source}, such as {@code if://agent/swarm/legal-1}
 * @param key checks its signatures; empty only where {@code guard.requireSignatures} is false
 */
public record Agent(String id, Optional<VerifyKey> key) {}
