package org.infrafabric.client;

import org.infrafabric.message.Decision;
import org.infrafabric.message.VerifyKey;
import tools.jackson.databind.node.ObjectNode;

/**
 * A decision whose signature holds.
 *
 * @param message the whole signed IFMessage, to be kept as proof
 * @param key who signed
 * @param pinned whether the agent knew that key beforehand; if not, it is the word of whoever answered at the bus's address
 */
public record SignedDecision(Decision decision, ObjectNode message, VerifyKey key, boolean pinned) {}
