package org.infrafabric.mcp;

import io.modelcontextprotocol.server.McpSyncServerExchange;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import java.util.function.Consumer;
import org.infrafabric.client.EscalationStatus;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Tells a client that asked for it how an escalation goes on: a notification for each state, and one now and then while nothing changes, so that its timeout is renewed. */
final class Progress implements Consumer<EscalationStatus> {
    private final McpSyncServerExchange exchange;
    private final @Nullable Object token;
    private int told;
    private double steps;
    private String state = "";

    Progress(McpSyncServerExchange exchange, CallToolRequest request) {
        this.exchange = exchange;
        this.token = request.meta() == null ? null : request.meta().get("progressToken");
    }

    /** The state last seen; empty while the bus could not be asked. */
    String state() { return state; }

    @Override
    public void accept(EscalationStatus status) {
        state = status.state();
        JsonNode history = status.json().path("history");
        if (told == history.size()) tell("still " + state);
        for (; told < history.size(); told++) {
            String detail = history.get(told).path("detail").asString("");
            tell(history.get(told).path("state").asString("") + (detail.isEmpty() ? "" : ": " + detail));
        }
    }

    /** The protocol wants each step's number above the last one's; how many there will be, nobody knows. */
    private void tell(String message) {
        if (token != null) exchange.progressNotification(new ProgressNotification(token, ++steps, null, message));
    }
}
