package org.infrafabric.witness;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import org.infrafabric.message.MessageRefused;
import org.infrafabric.message.StrictJson;
import org.infrafabric.message.VerifyKey;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The first line of an export: whose chain follows, and the keys that it says are the node's (CONTRACT §5). */
record ExportHeader(String node, List<VerifyKey> keys) {
    private static final int VERSION = 1;
    private static final int MAX_KEYS = 1_000;

    static ExportHeader of(String node, List<NodeKey> keys) {
        return new ExportHeader(node, keys.stream().map(key -> VerifyKey.parse(key.publicKey())).toList());
    }

    static byte[] write(String node, List<NodeKey> keys) {
        ObjectNode header = JsonNodeFactory.instance.objectNode().put("ifbusExport", VERSION).put("node", node);
        ArrayNode list = header.putArray("keys");
        for (NodeKey key : keys) list.addObject().put("keyId", key.keyId()).put("publicKey", key.publicKey()).put("since", key.since());
        return header.toString().getBytes(UTF_8);
    }

    /** @throws IllegalArgumentException the rest of a sentence that begins with "the export's first line" */
    static ExportHeader read(byte[] line) {
        ObjectNode header;
        try {
            header = StrictJson.parse(line);
        } catch (MessageRefused e) {
            throw new IllegalArgumentException("is no export header {\"ifbusExport\":1,…}: " + e.detail(), e);
        }
        JsonNode version = header.path("ifbusExport");
        if (!version.isIntegralNumber() || version.longValue() != VERSION)
            throw new IllegalArgumentException("is no export header {\"ifbusExport\":1,…}");
        if (!header.path("node").isString()) throw new IllegalArgumentException("names no node");
        JsonNode listed = header.path("keys");
        if (!listed.isArray() || listed.size() > MAX_KEYS) throw new IllegalArgumentException("lists no keys, or over " + MAX_KEYS);
        List<VerifyKey> keys = new ArrayList<>(listed.size());
        for (JsonNode key : listed.values()) {
            if (!key.path("publicKey").isString()) throw new IllegalArgumentException("lists a key without publicKey");
            VerifyKey read = VerifyKey.parse(key.path("publicKey").stringValue());
            if (!key.path("keyId").isString() || !key.path("keyId").stringValue().equals(read.keyId())) {
                throw new IllegalArgumentException("lists a key under an id that is not its own");
            }
            keys.add(read);
        }
        return new ExportHeader(header.path("node").stringValue(), keys);
    }
}
