package org.infrafabric.mcp;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.modelcontextprotocol.server.McpSyncServerExchange;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;
import org.infrafabric.client.IfbusException;
import org.infrafabric.client.Receipt;
import org.infrafabric.message.IfMessage;
import org.infrafabric.message.MessageRefused;
import org.infrafabric.message.Rfc3339;
import org.infrafabric.message.Sha256;
import org.infrafabric.message.Signatures;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code escalate}: puts a case before people. */
final class EscalateTool extends Tool {
    private static final String COUNCIL = "if://service/guard/council";
    private static final int LEVEL = 2;

    private final Clock clock;

    EscalateTool(Clock clock) { this.clock = clock; }

    @Override
    String name() { return "escalate"; }

    @Override
    String title() { return "Ask people to decide"; }

    @Override
    String description() {
        return """
                Asks people to decide something that you must not decide alone: a hazard to somebody's safety, rights, money, privacy or to the law, or a conflict \
                of interest. Call it BEFORE you act. A real expert's phone rings within a second and a council of people may vote, so ask for real cases only, \
                once for each, and say plainly what you want to do and what could go wrong. It returns at once with an id and with no permission: then call \
                await_decision with that id, and do exactly what its "obey" says. Until a verified decision says proceed, the answer is no. If this or \
                await_decision fails, the answer is no as well.""";
    }

    @Override
    boolean readsOnly() { return false; }

    @Override
    Answer call(Caller caller, ObjectNode arguments, McpSyncServerExchange exchange, CallToolRequest request)
            throws IfbusException, MessageRefused, InterruptedException {
        IfMessage message;
        if (arguments.path("message") instanceof ObjectNode given) {
            message = IfMessage.of(given);
        } else {
            ObjectNode built = message(caller.agent(), arguments, clock.instant());
            message = IfMessage.of(caller.key().isPresent() ? Signatures.sign(built, caller.key().get()) : built);
        }
        Receipt receipt = caller.bus().escalate(message);
        caller.sent(receipt);
        ObjectNode object = JSON.createObjectNode().put("id", receipt.id()).put("traceId", receipt.traceId()).put("state", receipt.state())
                .put("requestSha256", receipt.requestSha256()).put("repeated", receipt.repeated()).put("obey", "wait");
        return new Answer("The bus has it" + (receipt.repeated() ? " already" : "") + ". Nothing is permitted yet: call await_decision with id "
                + receipt.id() + " and obey what it says.", object);
    }

    private static ObjectNode message(String agent, ObjectNode arguments, Instant now) {
        ObjectNode message = JSON.createObjectNode().put("id", arguments.path("id").asString("mcp-" + UUID.randomUUID()))
                .put("timestamp", Rfc3339.format(now)).put("level", LEVEL).put("source", agent).put("destination", COUNCIL).put("version", "1.0");
        ObjectNode payload = message.putObject("payload").put("performative", "ESCALATE");
        for (String name : new String[] {"hazards", "severity", "summary", "conversationId"})
            if (arguments.has(name)) payload.set(name, arguments.path(name));
        if (arguments.has("confidence")) payload.putObject("confidence").set("normalized", arguments.path("confidence"));
        if (arguments.has("deadlineSeconds")) payload.put("deadline", Rfc3339.format(now.plusSeconds(arguments.path("deadlineSeconds").asLong())));
        if (arguments.has("evidence")) evidence(payload.putArray("evidence"), arguments.path("evidence"));
        return message;
    }

    private static void evidence(ArrayNode pieces, JsonNode given) {
        for (JsonNode one : given) {
            ObjectNode piece = pieces.addObject().put("name", one.path("name").asString("")).put("mediaType",
                    one.path("mediaType").asString("text/plain"));
            if (one.has("text")) {
                byte[] bytes = one.path("text").asString("").getBytes(UTF_8);
                piece.put("sha256", Sha256.hex(bytes)).put("data", Base64.getEncoder().encodeToString(bytes));
            } else {
                piece.put("sha256", one.path("sha256").asString("")).put("uri", one.path("uri").asString(""));
            }
        }
    }
}
