package org.infrafabric.server;

import io.javalin.http.Context;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.infrafabric.guard.Approvals;
import org.infrafabric.guard.GuardEntries;
import org.infrafabric.message.Rfc3339;
import org.infrafabric.store.StoreFailure;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/guard}: the policy and roster in force, reading them anew, and approving a change. For operators. */
final class GuardRoutes {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
    private static final int MOST_PROBLEMS = 50;

    private final LiveGuard guard;

    GuardRoutes(LiveGuard guard) { this.guard = guard; }

    void show(Context ctx) { Answers.json(ctx, 200, status(guard.status())); }

    void reload(Context ctx, Principal who) { answer(ctx, written(() -> guard.reload("request", who.id()))); }

    void approve(Context ctx, Principal who) {
        String hash = ctx.pathParam("hash");
        if (!HASH.matcher(hash).matches()) throw new Problem(Problem.Code.PARAMETER, "hash", "A change's hash is 64 lower-case hex digits.");
        answer(ctx, written(() -> guard.approve(hash, who.id())));
    }

    private void answer(Context ctx, LiveGuard.Outcome outcome) {
        switch (outcome) {
            case LiveGuard.Outcome.Loaded(LiveGuard.Status status, boolean changed, List<String> needRestart) -> {
                ObjectNode node = status(status).put("changed", changed);
                needRestart.forEach(node.putArray("needRestart")::add);
                Answers.json(ctx, 200, node);
            }
            case LiveGuard.Outcome.Waiting(Approvals.Change change) -> {
                ObjectNode node = status(guard.status()).put("changed", false);
                node.set("waiting", change(change));
                Answers.json(ctx, 202, node);
            }
            case LiveGuard.Outcome.Rejected(List<org.infrafabric.guard.Problem> problems) -> reject(ctx, problems);
            case LiveGuard.Outcome.Unknown() ->
                throw new Problem(Problem.Code.NOT_FOUND, "hash", "No change of this hash waits: it may be over, or another took its place.");
            case LiveGuard.Outcome.NotAsked(Approvals.Change change) -> throw new Problem(Problem.Code.FORBIDDEN, "Authorization",
                    "This change is for " + String.join(", ", change.of()) + " to approve (guard.approvals in the config).");
        }
    }

    /** The problems stand in the document one by one, so that a pipeline can show them where they belong. */
    private static void reject(Context ctx, List<org.infrafabric.guard.Problem> problems) {
        Problem problem = new Problem(Problem.Code.INVALID_FILE, problems.getFirst().where(),
                problems.getFirst() + (problems.size() > 1 ? " (and " + (problems.size() - 1) + " more)" : "") + ". What was in force stays.");
        ObjectNode document = (ObjectNode) JSON.readTree(problem.document());
        ArrayNode list = document.putArray("problems");
        problems.stream().limit(MOST_PROBLEMS).forEach(each -> list.add(GuardEntries.tree(each)));
        ctx.status(problem.code().status()).contentType("application/problem+json").header("Cache-Control", "no-store")
                .result(document.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private static ObjectNode status(LiveGuard.Status status) {
        ObjectNode node = JSON.createObjectNode().put("hash", status.hash()).put("policyHash", status.policyHash())
                .put("rosterHash", status.rosterHash())
                .put("policy", status.file()).put("since", time(status.since()));
        status.waiting().ifPresent(change -> node.set("waiting", change(change)));
        return node;
    }

    private static ObjectNode change(Approvals.Change change) {
        ObjectNode node = JSON.createObjectNode().put("hash", change.hash()).put("policyHash", change.policyHash())
                .put("rosterHash", change.rosterHash())
                .put("by", change.by()).put("need", change.need()).put("until", time(change.until()));
        change.of().forEach(node.putArray("of")::add);
        change.given().forEach(node.putArray("given")::add);
        return node;
    }

    private static String time(Instant time) { return Rfc3339.format(time); }

    private static LiveGuard.Outcome written(java.util.function.Supplier<LiveGuard.Outcome> work) {
        try {
            return work.get();
        } catch (StoreFailure full) {
            throw new Problem(Problem.Code.OVERLOAD, "", "The witness log cannot be written at present; nothing was changed.", 30);
        }
    }
}
