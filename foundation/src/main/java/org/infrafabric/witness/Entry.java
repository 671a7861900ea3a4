package org.infrafabric.witness;

import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A sealed entry of the log (CONTRACT §5).
 *
 * @param seq position in this node's chain, from 1
 * @param time RFC 3339 UTC with three decimals
 * @param component such as {@code IF.sip}
 * @param event such as {@code invite_sent}
 * @param traceId 32 lower-case hex digits
 * @param hash lower-case hex SHA-256 of the canonical entry without hash and sig
 * @param json the whole entry as one line of JSON, ready for an export or an event stream
 * @param payload what {@code json} says under that name, so that nobody has to parse it again; shared by all who follow the log, never to be changed
 */
public record Entry(long seq, String time, String component, String event, String traceId, String hash, String json, ObjectNode payload) {
    /** An entry of which only the line is at hand. */
    public Entry(long seq, String time, String component, String event, String traceId, String hash, String json) {
        this(seq, time, component, event, traceId, hash, json, payloadOf(json));
    }

    /** The escalation that the payload names. */
    public Optional<String> escalation() {
        JsonNode id = payload.get("escalation");
        return id != null && id.isString() ? Optional.of(id.stringValue()) : Optional.empty();
    }

    private static ObjectNode payloadOf(String json) {
        return JsonMapper.shared().readTree(json).path("payload") instanceof ObjectNode payload ? payload : JsonMapper.shared().createObjectNode();
    }
}
