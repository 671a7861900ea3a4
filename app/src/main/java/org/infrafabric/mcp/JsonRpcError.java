package org.infrafabric.mcp;

import io.modelcontextprotocol.spec.McpSchema.ErrorCodes;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What a transport itself refuses (JSON-RPC 2.0 §5.1). Unlike the SDK's response, it may have no id: that of a message that could not be read is not known. */
record JsonRpcError(@Nullable Object id, int code, String detail) {
    static JsonRpcError unreadable() { return new JsonRpcError(null, ErrorCodes.PARSE_ERROR, "is no JSON-RPC message"); }

    static JsonRpcError refused(@Nullable Object id, String detail) { return new JsonRpcError(id, ErrorCodes.INVALID_REQUEST, detail); }

    byte[] bytes() {
        ObjectNode object = JsonMapper.shared().createObjectNode().put("jsonrpc", "2.0");
        if (id == null) object.putNull("id");
        else object.putPOJO("id", id);
        object.putObject("error").put("code", code).put("message", detail);
        return object.toString().getBytes(StandardCharsets.UTF_8);
    }
}
