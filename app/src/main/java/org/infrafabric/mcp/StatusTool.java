package org.infrafabric.mcp;

import io.modelcontextprotocol.server.McpSyncServerExchange;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import org.infrafabric.client.EscalationStatus;
import org.infrafabric.client.IfbusException;
import tools.jackson.databind.node.ObjectNode;

/** {@code escalation_status}: how it stands, without waiting. */
final class StatusTool extends Tool {
    @Override
    String name() { return "escalation_status"; }

    @Override
    String title() { return "How an escalation stands"; }

    @Override
    String description() {
        return """
                Tells how one of your escalations stands: who is being called, whether the council meets, whether there is a decision. It gives no permission and \
                verifies nothing: to act on a decision, fetch it with await_decision.""";
    }

    @Override
    boolean readsOnly() { return true; }

    @Override
    Answer call(Caller caller, ObjectNode arguments, McpSyncServerExchange exchange, CallToolRequest request)
            throws IfbusException, InterruptedException {
        EscalationStatus status = caller.bus().status(arguments.path("id").asString(""));
        boolean decided = status.decision().isPresent();
        ObjectNode object = JSON.createObjectNode().put("id", status.id()).put("traceId", status.traceId()).put("state", status.state())
                .put("decided", decided);
        for (String name : new String[] {"rung", "expert", "history"}) if (status.json().has(name)) object.set(name, status.json().path(name));
        return new Answer("It is in state " + status.state()
                + (decided ? ". There is a decision: call await_decision to get it verified."
                        : ". There is no decision yet, so nothing is permitted."),
                object);
    }
}
