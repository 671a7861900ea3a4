package org.infrafabric.mcp;

import io.modelcontextprotocol.server.McpServerFeatures.SyncResourceSpecification;
import io.modelcontextprotocol.server.McpServerFeatures.SyncResourceTemplateSpecification;
import io.modelcontextprotocol.server.McpSyncServerExchange;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema.ErrorCodes;
import io.modelcontextprotocol.spec.McpSchema.ReadResourceRequest;
import io.modelcontextprotocol.spec.McpSchema.ReadResourceResult;
import io.modelcontextprotocol.spec.McpSchema.Resource;
import io.modelcontextprotocol.spec.McpSchema.ResourceTemplate;
import io.modelcontextprotocol.spec.McpSchema.TextResourceContents;
import java.util.List;
import org.infrafabric.client.IfbusException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What an agent may read here without calling a tool: the hazards that a message may name, and how one of its own escalations stands, with the decision as it was signed. */
final class McpResources {
    private static final String JSON = "application/json";
    private static final String HAZARDS = "ifbus://hazards";
    private static final String ESCALATION = "ifbus://escalations/";

    private McpResources() {}

    static List<SyncResourceSpecification> fixed() {
        Resource hazards = Resource.builder(HAZARDS, "hazards").title("The hazards that this bus knows").mimeType(JSON)
                .description("What escalate takes as hazards on this bus; any other is refused.").build();
        return List.of(new SyncResourceSpecification(hazards, McpResources::hazards));
    }

    static List<SyncResourceTemplateSpecification> templates() {
        ResourceTemplate escalation = ResourceTemplate.builder(ESCALATION + "{id}", "escalation").title("An escalation of yours").mimeType(JSON)
                .description(
                        "State, history, council and, once there is one, the whole signed decision. Nothing in it was verified: it permits nothing. To act on a "
                                + "decision, fetch it with await_decision.")
                .build();
        return List.of(new SyncResourceTemplateSpecification(escalation, McpResources::escalation));
    }

    private static ReadResourceResult hazards(McpSyncServerExchange exchange, ReadResourceRequest request) {
        return answered(request.uri(), () -> {
            ObjectNode node = JsonMapper.shared().createObjectNode();
            Caller.of(exchange).bus().hazards().forEach(node.putArray("hazards")::add);
            return node.toString();
        });
    }

    private static ReadResourceResult escalation(McpSyncServerExchange exchange, ReadResourceRequest request) {
        return answered(request.uri(),
                () -> Caller.of(exchange).bus().status(request.uri().substring(ESCALATION.length())).json().toString());
    }

    private interface Reading {
        String text() throws IfbusException, InterruptedException;
    }

    private static ReadResourceResult answered(String uri, Reading reading) {
        try {
            return ReadResourceResult.builder(List.of(TextResourceContents.builder(uri, reading.text()).mimeType(JSON).build())).build();
        } catch (IfbusException.Refused refused) {
            if (refused.status() == 404) throw McpError.RESOURCE_NOT_FOUND.apply(uri);
            throw failed(refused.getMessage());
        } catch (IfbusException | IllegalArgumentException broken) {
            throw failed(broken.getMessage());
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
            throw failed("the call was cancelled");
        }
    }

    private static McpError failed(@Nullable String why) {
        return McpError.builder(ErrorCodes.INTERNAL_ERROR).message(String.valueOf(why)).build();
    }
}
