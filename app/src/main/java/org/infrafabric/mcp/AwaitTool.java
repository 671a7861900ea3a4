package org.infrafabric.mcp;

import io.modelcontextprotocol.server.McpSyncServerExchange;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import java.time.Duration;
import java.util.Optional;
import org.infrafabric.client.IfbusException;
import org.infrafabric.client.SignedDecision;
import org.infrafabric.message.Decision;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code await_decision}: waits for the people, verifies what they decided, and says what obeying means. */
final class AwaitTool extends Tool {
    private static final int USUAL_WAIT_SECONDS = 50;   // the usual request timeout of MCP clients is 60 s
    private static final int LONGEST_WAIT_SECONDS = 600;

    @Override
    String name() { return "await_decision"; }

    @Override
    String title() { return "Wait for the decision and obey it"; }

    @Override
    String description() {
        return """
                Waits until people have decided on an escalation, verifies the bus's signature under the decision, and says in "obey" what you must do: \
                proceed (do what you asked for and no more), proceed-with-conditions (only if you meet every listed condition, else treat it as stop), \
                stop (do not do it; do not look for another way to the same end and do not ask again in other words), your-own-rules (no people were needed), \
                or wait (not decided yet: call this tool again, and do nothing meanwhile). An error means there is no permission. Sends progress \
                notifications while phones ring and people talk. People need minutes, so expect to call it several times.""";
    }

    @Override
    boolean readsOnly() { return true; }

    @Override
    Answer call(Caller caller, ObjectNode arguments, McpSyncServerExchange exchange, CallToolRequest request)
            throws IfbusException, InterruptedException {
        String id = arguments.path("id").asString("");
        int wait = Math.clamp(arguments.path("waitSeconds").asInt(USUAL_WAIT_SECONDS), 0, LONGEST_WAIT_SECONDS);
        Optional<String> sent = caller.requestSha256(id);
        Progress progress = new Progress(exchange, request);
        try {
            return decided(caller.bus().awaitDecision(id, sent, Duration.ofSeconds(wait), progress), progress.state(), sent.isPresent());
        } catch (IfbusException.TimedOut e) {
            if (progress.state().isEmpty()) throw e;   // the bus was never there to be asked: not a wait, but a failure
            ObjectNode object = JSON.createObjectNode().put("id", id).put("state", progress.state()).put("decided", false).put("obey", "wait");
            return new Answer(
                    "People have not decided yet (" + progress.state() + "). Do nothing of what you asked about; call await_decision again.", object);
        }
    }

    private static Answer decided(SignedDecision signed, String state, boolean compared) {
        Decision decision = signed.decision();
        ObjectNode object = JSON.createObjectNode().put("id", decision.inReplyTo()).put("state", state).put("decided", true)
                .put("obey", obey(decision.verdict())).put("decision", decision.verdict().label());
        ArrayNode conditions = object.putArray("conditions");
        decision.conditions().forEach(conditions::add);
        object.put("reason", decision.reason());
        object.set("votes", signed.message().path("payload").path("votes"));
        object.putObject("verified").put("keyId", signed.key().keyId()).put("publicKey", signed.key().toString()).put("known", signed.pinned())
                .put("answersWhatWasSent", compared);
        object.set("message", signed.message());
        return new Answer(sentence(decision), object);
    }

    /** What the agent must do; fails closed: whatever is no clear permission is none. */
    static String obey(Decision.Verdict verdict) {
        return switch (verdict) {
            case APPROVE -> "proceed";
            case APPROVE_WITH_CONDITIONS -> "proceed-with-conditions";
            case NOT_REQUIRED -> "your-own-rules";
            case REJECT, HOLD, DENIED, CANCELLED -> "stop";
        };
    }

    private static String sentence(Decision decision) {
        String what = "Decided: " + decision.verdict().label() + " (" + decision.reason() + "). ";
        return what + switch (decision.verdict()) {
            case APPROVE -> "You may do what you asked for, and no more.";
            case APPROVE_WITH_CONDITIONS -> "You may do it only if you meet all of these conditions; if you cannot, do not do it: "
                    + String.join("; ", decision.conditions()) + ".";
            case NOT_REQUIRED -> "The bus's policy needs no people for this. That is no approval: your own rules decide.";
            case REJECT -> "People said no. Do not do it, and do not look for another way to the same end.";
            case HOLD -> "Nobody has permitted it: people could not be reached or did not agree in time. Do not do it; tell whoever you work for.";
            case DENIED -> "The bus's policy does not let this go to people. Do not do it; tell whoever you work for.";
            case CANCELLED -> "It was called off before a decision. Do not do it.";
        };
    }
}
