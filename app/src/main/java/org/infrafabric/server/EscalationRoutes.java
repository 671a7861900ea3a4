package org.infrafabric.server;

import io.javalin.http.Context;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.infrafabric.escalate.EscalationView;
import org.infrafabric.escalate.Escalations;
import org.infrafabric.escalate.Escalations.Refusal;
import org.infrafabric.escalate.Escalations.Submission;
import org.infrafabric.escalate.Escalations.Vote;
import org.infrafabric.escalate.Escalations.VoteResult;
import org.infrafabric.store.StoreFailure;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/escalations} and what hangs below it. */
final class EscalationRoutes {
    private static final int VOTE_BYTES = 16_384;
    private static final int MOST_CONDITIONS = 16;
    private static final int LONGEST_CONDITION = 500;
    private static final int LONGEST_REASON = 2_000;
    private static final int MOST_LISTED = 500;
    private static final long ANSWER_SECONDS = 15;
    private static final JsonMapper STRICT = JsonMapper.builder(JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(32).build()).build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    private final Escalations escalations;
    private final EventStreams streams;
    private final int maxBody;

    EscalationRoutes(Escalations escalations, EventStreams streams, int maxBody) {
        this.escalations = escalations;
        this.streams = streams;
        this.maxBody = maxBody;
    }

    void submit(Context ctx, Principal who) {
        byte[] body = Bodies.json(ctx, maxBody);
        long read = System.nanoTime(); // ringing is measured from here
        switch (answer(escalations.submit(body, who.id(), read))) {
            case Submission.Accepted(EscalationView view) -> {
                ctx.header("Location", EscalationJson.href(view.id()));
                Answers.json(ctx, 202, EscalationJson.receipt(view));
            }
            case Submission.Repeated(EscalationView view) -> {
                ctx.header("Location", EscalationJson.href(view.id()));
                Answers.json(ctx, 200, EscalationJson.receipt(view));
            }
            case Submission.Refused(Refusal why) -> throw new Problem(Problem.Code.of(why.code()), why.field(), why.detail());
        }
    }

    void list(Context ctx, Principal who) {
        int limit = (int) Parameters.number(ctx, "limit", 1, MOST_LISTED, 100);
        Optional<String> agent = who.isOneAgent() ? Optional.of(who.id()) : Optional.empty();
        ObjectNode node = STRICT.createObjectNode();
        ArrayNode array = node.putArray("escalations");
        for (EscalationView view : escalations.list(agent, limit)) array.add(EscalationJson.of(view));
        Answers.json(ctx, 200, node);
    }

    void show(Context ctx, Principal who) { Answers.json(ctx, 200, EscalationJson.of(seen(ctx, who))); }

    void events(Context ctx, Principal who) throws IOException {
        EscalationView view = seen(ctx, who);
        // A trace may hold more than one escalation, another agent's too: an agent gets what names its own.
        Visible visible = who.isOneAgent() ? Visible.of(view.id()) : Visible.all();
        streams.serveTrace(ctx, who, view.traceId(), visible::test);
    }

    void cancel(Context ctx, Principal who) {
        EscalationView view = seen(ctx, who);
        EscalationView after = answer(escalations.cancel(view.id(), who.id().isEmpty() ? view.source() : who.id()))
                .orElseThrow(() -> none(view.id()));
        if (!after.state().equals("CANCELLED") && !EscalationJson.decided(after).equals(Optional.of("cancelled")))
            throw new Problem(Problem.Code.ENDED, "", "Its state is " + after.state() + ": too late to cancel.");
        Answers.json(ctx, 200, EscalationJson.of(after));
    }

    void vote(Context ctx, Principal who) {
        if (who.id().isEmpty())
            throw new Problem(Problem.Code.FORBIDDEN, "Authorization", "This token is bound to no guardian; name one for it in the config.");
        String id = Parameters.escalationId(ctx);
        Ballot ballot = Ballot.read(Bodies.json(ctx, VOTE_BYTES));
        switch (answer(escalations.vote(id, who.id(), ballot.vote, ballot.conditions, ballot.reason))) {
            case VoteResult.Counted(EscalationView view) -> Answers.json(ctx, 200, EscalationJson.of(view));
            case VoteResult.NoSuchEscalation() -> throw none(id);
            case VoteResult.Closed(EscalationView view) -> throw new Problem(Problem.Code.VOTING_CLOSED, "",
                    "Its state is " + view.state() + "; votes count from the beginning of IN_COUNCIL until the council has decided.");
            case VoteResult.NotEligible() ->
                throw new Problem(Problem.Code.NOT_ELIGIBLE, "", "Guardian " + who.id() + " was not in the roster when voting opened.");
        }
    }

    void recording(Context ctx, Principal who) throws IOException {
        EscalationView view = seen(ctx, who);
        String file = view.recording().orElseThrow(() -> new Problem(Problem.Code.NOT_FOUND, "id", "There is no recording of it, or not yet."));
        Recording.send(ctx, file, view.id() + ".wav");
    }

    private EscalationView seen(Context ctx, Principal who) {
        String id = Parameters.escalationId(ctx);
        EscalationView view = escalations.find(id).orElseThrow(() -> none(id));
        if (who.isOneAgent() && !view.source().equals(who.id())) throw none(id); // whether another's exists is not told
        return view;
    }

    private static Problem none(String id) { return new Problem(Problem.Code.NOT_FOUND, "id", "There is no escalation '" + id + "'."); }

    private static <T> T answer(CompletableFuture<T> future) {
        try {
            return future.get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException slow) {
            // The same message again is the same escalation, so trying again is safe whatever became of this one.
            throw new Problem(Problem.Code.OVERLOAD, "", "No answer within " + ANSWER_SECONDS + " s; send it again.", 5);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new Problem(Problem.Code.OVERLOAD, "", "The server is stopping.", 5);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof StoreFailure)
                throw new Problem(Problem.Code.OVERLOAD, "", "The witness log cannot be written at present; nothing was changed.", 30);
            throw new IllegalStateException(failed.getCause());
        }
    }

    /** A vote as its body says it. Who votes is not in it: that is the token's guardian. */
    private record Ballot(Vote vote, List<String> conditions, Optional<String> reason) {
        static Ballot read(byte[] body) {
            JsonNode node;
            try {
                node = STRICT.readTree(body);
            } catch (JacksonException broken) {
                throw new Problem(Problem.Code.MALFORMED, "", broken.getOriginalMessage());
            }
            if (!node.isObject()) throw schema("", "An object with 'vote' is needed.");
            Vote vote = switch (node.path("vote").asString("").toLowerCase(Locale.ROOT)) {
                case "approve" -> Vote.APPROVE;
                case "reject" -> Vote.REJECT;
                case "abstain" -> Vote.ABSTAIN;
                case "withdraw" -> Vote.WITHDRAW;
                default -> throw schema("/vote", "One of approve, reject, abstain, withdraw.");
            };
            List<String> conditions = conditions(node.path("conditions"));
            if (!conditions.isEmpty() && vote != Vote.APPROVE) throw schema("/conditions", "Only an approval may carry conditions.");
            return new Ballot(vote, conditions, reason(node.path("reason")));
        }

        private static List<String> conditions(JsonNode node) {
            if (node.isMissingNode() || node.isNull()) return List.of();
            if (!node.isArray() || node.size() > MOST_CONDITIONS)
                throw schema("/conditions", "A list of at most " + MOST_CONDITIONS + " conditions.");
            List<String> conditions = new ArrayList<>();
            for (int i = 0; i < node.size(); i++) {
                String text = node.get(i).isString() ? node.get(i).asString().strip() : "";
                if (text.isEmpty() || text.length() > LONGEST_CONDITION)
                    throw schema("/conditions/" + i, "Text of 1 to " + LONGEST_CONDITION + " characters.");
                conditions.add(text);
            }
            return conditions;
        }

        private static Optional<String> reason(JsonNode node) {
            if (node.isMissingNode() || node.isNull()) return Optional.empty();
            if (!node.isString() || node.asString().length() > LONGEST_REASON)
                throw schema("/reason", "Text of at most " + LONGEST_REASON + " characters.");
            return Optional.of(node.asString().strip()).filter(text -> !text.isEmpty());
        }

        private static Problem schema(String field, String detail) { return new Problem(Problem.Code.SCHEMA, field, detail); }
    }
}
