package org.infrafabric.server;

import java.util.Optional;
import org.infrafabric.escalate.EscalationView;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** An escalation as JSON (CONTRACT §2). */
public final class EscalationJson {
    private static final JsonMapper JSON = JsonMapper.shared();

    private EscalationJson() {}

    /** The whole view; what there is none of yet is left out, but for {@code expert}, which is null. {@code recording} is the path where it can be fetched, not the server's file. */
    public static ObjectNode of(EscalationView view) {
        ObjectNode node = JSON.createObjectNode().put("id", view.id()).put("traceId", view.traceId()).put("source", view.source());
        strings(node.putArray("hazards"), view.hazards());
        node.put("summary", view.summary()).put("severity", view.severity()).put("state", view.state()).put("rung", view.rung());
        node.put("expert", view.expert().orElse(null)); // CONTRACT §2: always there, unlike the decision
        node.set("council", council(view.council()));
        view.decision().ifPresent(decision -> node.set("decision", JSON.readTree(decision)));
        ArrayNode history = node.putArray("history");
        for (EscalationView.Step step : view.history())
            history.addObject().put("state", step.state()).put("time", step.time()).put("seq", step.seq()).put("detail", step.detail());
        view.ringMillis().ifPresent(millis -> node.put("ringMillis", millis));
        view.setupMillis().ifPresent(millis -> node.put("setupMillis", millis));
        if (view.recording().isPresent()) node.put("recording", href(view.id()) + "/recording");
        return node.put("href", href(view.id()));
    }

    /** A line of a list. {@code decided} is the word of the decision, {@code seq} that of its first entry. */
    static ObjectNode summary(EscalationView view) {
        ObjectNode node = JSON.createObjectNode().put("id", view.id()).put("traceId", view.traceId()).put("source", view.source());
        strings(node.putArray("hazards"), view.hazards());
        node.put("summary", view.summary()).put("severity", view.severity()).put("state", view.state()).put("rung", view.rung());
        node.put("expert", view.expert().orElse(null)).put("votingOpen", view.council().open());
        decided(view).ifPresent(word -> node.put("decided", word));
        view.history().stream().findFirst().ifPresent(first -> node.put("begun", first.time()).put("seq", first.seq()));
        return node.put("href", href(view.id()));
    }

    /** Where it stands among all others: the older, the smaller. */
    static Optional<Long> firstSeq(EscalationView view) {
        return view.history().stream().findFirst().map(EscalationView.Step::seq);
    }

    /** What {@code POST /v1/escalations} answers. */
    public static ObjectNode receipt(EscalationView view) {
        return JSON.createObjectNode().put("id", view.id()).put("traceId", view.traceId()).put("state", view.state()).put("href", href(view.id()));
    }

    /** The word of the decision, once there is one. */
    static Optional<String> decided(EscalationView view) {
        return view.decision().map(decision -> JSON.readTree(decision).path("payload").path("decision").asString(""));
    }

    static String href(String id) { return "/v1/escalations/" + id; }

    private static ObjectNode council(EscalationView.Council council) {
        ObjectNode node = JSON.createObjectNode();
        ArrayNode members = node.putArray("members");
        for (EscalationView.Member member : council.members())
            members.addObject().put("guardian", member.guardian()).put("onBridge", member.onBridge());
        ArrayNode votes = node.putArray("votes");
        for (EscalationView.Cast cast : council.votes()) {
            ObjectNode vote = votes.addObject().put("guardian", cast.guardian()).put("vote", cast.vote()).put("time", cast.time());
            strings(vote.putArray("conditions"), cast.conditions());
        }
        node.put("quorum", council.quorum()).put("open", council.open());
        council.deadline().ifPresent(deadline -> node.put("deadline", deadline));
        return node;
    }

    private static void strings(ArrayNode array, Iterable<String> values) { values.forEach(array::add); }
}
