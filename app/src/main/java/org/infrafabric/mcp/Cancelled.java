package org.infrafabric.mcp;

import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The client wants a request of its own no more (MCP, "Cancellation"); the SDK does not know this notification. */
record Cancelled(Object requestId) {
    /** Null when the message is something else. */
    static @Nullable Cancelled by(JSONRPCMessage message) {
        return message instanceof JSONRPCNotification notification && notification.method().equals("notifications/cancelled")
                && notification.params() instanceof Map<?, ?> params && params.get("requestId") instanceof Object id ? new Cancelled(id) : null;
    }
}
