package org.infrafabric.message;

import java.util.Base64;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What the agent shows to the people: bytes in the message, or where they are.
 *
 * @param mediaType such as {@code text/markdown}
 * @param sha256 lower-case hex of the bytes
 * @param uri where they are; whether that host is allowed is not judged here
 * @param data base64 of the bytes, either alphabet, padded or not
 */
public record Evidence(String name, String mediaType, String sha256, Optional<String> uri, Optional<String> data) {
    static Evidence of(JsonNode node) {
        return new Evidence(node.path("name").asString(""), node.path("mediaType").asString(""), node.path("sha256").asString(""),
                node.path("uri").asStringOpt(), node.path("data").asStringOpt());
    }

    /** The bytes in the message; empty when there are none or they are no base64. */
    public Optional<byte[]> bytes() {
        try {
            return data.map(text -> Base64.getDecoder().decode(text.replace('-', '+').replace('_', '/')));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Whether these are the bytes that the message promised. */
    public boolean isIntact(byte[] bytes) { return Sha256.hex(bytes).equals(sha256); }
}
