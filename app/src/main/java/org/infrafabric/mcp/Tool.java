package org.infrafabric.mcp;

import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.McpSyncServerExchange;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ToolAnnotations;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import org.infrafabric.client.IfbusException;
import org.infrafabric.message.MessageRefused;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** One tool: its name, what it says of itself, its schemas ({@code NAME.input.json}, {@code NAME.output.json}), and what it does. */
abstract class Tool {
    static final JsonMapper JSON = JsonMapper.shared();
    private static final String NO = " There is no permission: do not do what you wanted to ask about.";

    abstract String name();

    abstract String title();

    /** For the model that decides whether and how to call it. */
    abstract String description();

    abstract boolean readsOnly();

    abstract Answer call(Caller caller, ObjectNode arguments, McpSyncServerExchange exchange, CallToolRequest request)
            throws IfbusException, MessageRefused, InterruptedException;

    /** @param sentence what it means, for the model; the object follows it as JSON text and as structured content */
    record Answer(String sentence, ObjectNode object) {}

    SyncToolSpecification specification() {
        ToolAnnotations hints = ToolAnnotations.builder().title(title()).readOnlyHint(readsOnly()).destructiveHint(false).idempotentHint(readsOnly())
                .openWorldHint(true).build();
        var tool = io.modelcontextprotocol.spec.McpSchema.Tool.builder(name(), schema("input")).title(title()).description(description())
                .outputSchema(schema("output")).annotations(hints).build();
        return new SyncToolSpecification(tool, this::answer);
    }

    private CallToolResult answer(McpSyncServerExchange exchange, CallToolRequest request) {
        try {
            ObjectNode arguments = JSON.valueToTree(request.arguments() == null ? Map.of() : request.arguments());
            Answer answer = call(Caller.of(exchange), arguments, exchange, request);
            return CallToolResult.builder().addTextContent(answer.sentence).addTextContent(answer.object.toString())
                    .structuredContent(map(answer.object)).isError(false).build();
        } catch (IfbusException.Refused e) {
            return failed("The bus refused it: " + e.getMessage() + "." + hint(e));
        } catch (IfbusException.Unproven e) {
            return failed("What came back is not proven to be the bus's decision: " + e.getMessage() + "." + NO);
        } catch (IfbusException e) {
            return failed(e.getMessage() + "." + NO + " Try again later.");
        } catch (MessageRefused e) {
            return failed("The message is none that the bus would take: " + (e.field().isEmpty() ? "it " : e.field() + " ") + e.detail() + ".");
        } catch (IllegalArgumentException e) {
            return failed(e.getMessage() + ".");
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
            return failed("The call was cancelled." + NO);
        }
    }

    private static String hint(IfbusException.Refused refused) {
        if (refused.code().equals("signature")) {
            return " This bus takes signed messages only: run 'ifbus mcp --sign KEYFILE', or pass a message that you signed yourself." + NO;
        }
        String again = refused.retryAfter().map(wait -> " Try again in " + wait.toSeconds() + " s.").orElse("");
        return refused.status() == 404 ? "" : NO + again;
    }

    private static CallToolResult failed(String sentence) { return CallToolResult.builder().addTextContent(sentence).isError(true).build(); }

    private Map<String, Object> schema(String direction) {
        String file = name() + "." + direction + ".json";
        try (InputStream in = Tool.class.getResourceAsStream(file)) {
            if (in == null) throw new IllegalStateException(file + " is not in the jar");
            return JSON.readValue(in, new TypeReference<Map<String, Object>>() {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Object> map(ObjectNode object) { return JSON.convertValue(object, new TypeReference<Map<String, Object>>() {}); }
}
