package org.infrafabric.client;

import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How an escalation stands.
 *
 * @param state one of CONTRACT §3's states
 * @param decision the decision as it came: not verified here, see {@link IfbusClient#awaitDecision}
 * @param json all that the bus said
 */
public record EscalationStatus(String id, String traceId, String state, Optional<ObjectNode> decision, ObjectNode json) {
    static EscalationStatus of(ObjectNode json) {
        JsonNode decision = json.path("decision");
        return new EscalationStatus(json.path("id").asString(""), json.path("traceId").asString(""), json.path("state").asString(""),
                decision instanceof ObjectNode signed ? Optional.of(signed) : Optional.empty(), json);
    }
}
