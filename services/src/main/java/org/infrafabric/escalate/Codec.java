package org.infrafabric.escalate;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** How an escalation's records are written into the store's columns, and read again, also by a later version that knows more fields. */
final class Codec {
    private static final JsonMapper MAPPER = JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

    private Codec() {}

    static String write(Object record) { return MAPPER.writeValueAsString(record); }

    static <T> T read(String json, Class<T> type) {
        try {
            return MAPPER.readValue(json, type);
        } catch (JacksonException e) {
            throw new IllegalStateException("the store holds no readable " + type.getSimpleName() + ": " + e.getOriginalMessage(), e);
        }
    }
}
