package org.infrafabric.message;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** IFMessage v2.1 to v1.0, by the table of CONTRACT §3. */
final class MessageV21 {
    private static final int DEFAULT_LEVEL = 2;
    /** Names with a place of their own in v1.0. Under these, an unknown field of v2.1 would pass for something that its schema never checked. */
    private static final Set<String> TOP = Set.of("id", "timestamp", "trace_id", "version", "sender", "receiver", "performative", "hazards",
            "conversation_id",
            "content", "level", "signature", "traceId", "source", "destination", "payload");
    private static final Set<String> PAYLOAD = Set.of("performative", "hazards", "conversationId");

    private MessageV21() {}

    /** @param v21 a message that its schema has let through; it is not changed */
    static ObjectNode toV10(ObjectNode v21) {
        ObjectNode v10 = v21.objectNode();
        move(v21, "id", v10, "id");
        move(v21, "timestamp", v10, "timestamp");
        if (v21.has("level")) move(v21, "level", v10, "level");
        else v10.put("level", DEFAULT_LEVEL);
        move(v21, "sender", v10, "source");
        move(v21, "receiver", v10, "destination");
        move(v21, "trace_id", v10, "traceId");
        v10.put("version", "1.0");
        ObjectNode payload = v10.putObject("payload");
        payload.put("performative", v21.path("performative").asString("").toUpperCase(Locale.ROOT));
        move(v21, "hazards", payload, "hazards");
        move(v21, "conversation_id", payload, "conversationId");
        keepUnknown(v21.path("content"), PAYLOAD, payload);
        keepUnknown(v21, TOP, v10);
        return v10;
    }

    private static void move(ObjectNode from, String name, ObjectNode to, String newName) {
        JsonNode value = from.get(name);
        if (value != null) to.set(newName, value.deepCopy());
    }

    private static void keepUnknown(JsonNode from, Set<String> known, ObjectNode to) {
        for (Map.Entry<String, JsonNode> field : from.properties()) {
            if (!known.contains(field.getKey())) to.set(field.getKey(), field.getValue().deepCopy());
        }
    }
}
