package org.infrafabric.server;

import io.javalin.http.Context;
import java.util.Locale;
import java.util.Optional;
import org.infrafabric.escalate.Escalations;
import org.infrafabric.escalate.EscalationView;
import org.infrafabric.escalate.Feedback;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/escalations/{id}/feedback}: how useful the expert was, said after the call by those who took part, kept for routing. */
final class FeedbackRoutes {
    /** A note in the longest UTF-8 with every character escaped, and some air. */
    private static final int BYTES = 16_384;

    private final Escalations escalations;
    private final EscalationRoutes routes;

    FeedbackRoutes(Escalations escalations, EscalationRoutes routes) {
        this.escalations = escalations;
        this.routes = routes;
    }

    /** What was said so far. Notes stand in the log, as blobs that can be deleted. */
    void list(Context ctx, Principal who) {
        ObjectNode node = JsonMapper.shared().createObjectNode();
        ArrayNode array = node.putArray("feedback");
        for (Feedback one : escalations.feedback(routes.seen(ctx, who).id())) array.add(json(one));
        Answers.json(ctx, 200, node);
    }

    /** The last word of each rater counts; who rates is the token's owner, never the body's. */
    void give(Context ctx, Principal who) {
        EscalationView view = routes.seen(ctx, who);
        ObjectNode body = Bodies.object(ctx, BYTES);
        JsonNode usefulness = body.path("usefulness");
        if (!usefulness.isInt() || usefulness.asInt() < Feedback.LEAST || usefulness.asInt() > Feedback.MOST)
            throw new Problem(Problem.Code.SCHEMA, "/usefulness", "A whole number from " + Feedback.LEAST + " (of no use) to " + Feedback.MOST + ".");
        Feedback.Result result = EscalationRoutes.answer(escalations.feedback(view.id(), rater(who), usefulness.asInt(), note(body.path("note"))));
        switch (result) {
            case Feedback.Result.Kept(Feedback kept) -> Answers.json(ctx, 200, json(kept));
            case Feedback.Result.NoSuchEscalation() -> throw EscalationRoutes.none(view.id());
            case Feedback.Result.TooEarly(EscalationView now) ->
                throw new Problem(Problem.Code.TOO_EARLY, "", "Its state is " + now.state() + "; say it when there is a decision.");
            case Feedback.Result.NobodyToRate(EscalationView now) ->
                throw new Problem(Problem.Code.NOBODY_TO_RATE, "", "No expert took this call, so there is nobody to rate.");
            case Feedback.Result.NotEntitled() ->
                throw new Problem(Problem.Code.NOT_ELIGIBLE, "",
                        "Only the agent that asked, the guardians of its council and operators rate its expert.");
        }
    }

    private static Feedback.Rater rater(Principal who) {
        if (who.id().isEmpty())
            throw new Problem(Problem.Code.FORBIDDEN, "Authorization", "This token is bound to nobody; rate with one that is.");
        return new Feedback.Rater(switch (who.role()) {
            case OPERATOR -> Feedback.Role.OPERATOR;
            case AGENT -> Feedback.Role.AGENT;
            case GUARDIAN -> Feedback.Role.GUARDIAN;
            case EDGE -> throw new Problem(Problem.Code.FORBIDDEN, "Authorization", "An edge proxy has no part in an escalation.");
        }, who.id());
    }

    private static Optional<String> note(JsonNode node) {
        if (node.isMissingNode() || node.isNull()) return Optional.empty();
        if (!node.isString() || node.asString().length() > Feedback.LONGEST_NOTE)
            throw new Problem(Problem.Code.SCHEMA, "/note", "Text of at most " + Feedback.LONGEST_NOTE + " characters.");
        return Optional.of(node.asString().strip()).filter(text -> !text.isEmpty());
    }

    private static ObjectNode json(Feedback feedback) {
        ObjectNode node = JsonMapper.shared().createObjectNode().put("escalation", feedback.escalation()).put("expert", feedback.expert())
                .put("usefulness", feedback.usefulness()).put("time", feedback.time());
        node.putObject("rater").put("role", feedback.rater().role().name().toLowerCase(Locale.ROOT)).put("id", feedback.rater().id());
        return node;
    }
}
