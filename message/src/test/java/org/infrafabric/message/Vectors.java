package org.infrafabric.message;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The golden vectors, made by an independent implementation. */
final class Vectors {
    private static final JsonMapper JSON = JsonMapper.shared();

    private Vectors() {}

    static JsonNode read(String name) {
        try (InputStream in = Vectors.class.getResourceAsStream("/vectors/" + name)) {
            return JSON.readTree(in);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static SigningKey key(String who) { return SigningKey.ofSeed(read("keys.json").path(who).path("seed").asString()); }

    static List<JsonNode> messages() { return read("messages.json").path("messages").valueStream().toList(); }

    static JsonNode message(String name) { return messages().stream().filter(m -> m.path("name").asString().equals(name)).findFirst().orElseThrow(); }

    /** A fresh copy of the plain escalation, for tests to spoil. */
    static ObjectNode plain() {
        return (ObjectNode) message("plain").path("message").deepCopy();
    }
}
