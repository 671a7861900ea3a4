package org.infrafabric.escalate;

import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** An entry's payload, written down as names and values. */
final class Payload {
    private Payload() {}

    /** @param namesAndValues in turn; an empty {@link Optional} is left out */
    static ObjectNode of(Object... namesAndValues) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        for (int i = 0; i < namesAndValues.length; i += 2) put(node, (String) namesAndValues[i], namesAndValues[i + 1]);
        return node;
    }

    private static void put(ObjectNode node, String name, Object value) {
        switch (value) {
            case String text -> node.put(name, text);
            case Integer number -> node.put(name, number);
            case Long number -> node.put(name, number);
            case Boolean flag -> node.put(name, flag);
            case JsonNode json -> node.set(name, json);
            case Optional<?> maybe -> maybe.ifPresent(inner -> put(node, name, inner));
            case List<?> list -> node.set(name, array(list));
            default -> throw new IllegalArgumentException(name + ": " + value.getClass());
        }
    }

    private static ArrayNode array(List<?> list) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        for (Object item : list) {
            if (item instanceof JsonNode json) array.add(json);
            else array.add(String.valueOf(item));
        }
        return array;
    }
}
