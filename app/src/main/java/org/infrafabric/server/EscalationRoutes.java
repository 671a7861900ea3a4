package org.infrafabric.server;

import io.javalin.http.Context;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.infrafabric.escalate.EscalationView;
import org.infrafabric.escalate.Escalations;
import org.infrafabric.escalate.Escalations.Refusal;
import org.infrafabric.escalate.Escalations.Submission;
import org.infrafabric.escalate.Escalations.Vote;
import org.infrafabric.escalate.Escalations.VoteResult;
import org.infrafabric.store.StoreFailure;
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
    /** A phone must ring within a second; a loop that is later than this cannot promise it. */
    private static final Duration LATEST = Duration.ofMillis(500);
    private static final int BUSY_SECONDS = 2;

    private final Escalations escalations;
    private final EventStreams streams;
    private final int maxBody;
    private final Supplier<Duration> lag;

    EscalationRoutes(Escalations escalations, EventStreams streams, int maxBody, Supplier<Duration> lag) {
        this.lag = lag;
        this.escalations = escalations;
        this.streams = streams;
        this.maxBody = maxBody;
    }

    void submit(Context ctx, Principal who) {
        if (lag.get().compareTo(LATEST) > 0)
            throw new Problem(Problem.Code.OVERLOAD, "", "The bus is busy with what runs; nothing was created. Send it again in a few seconds.",
                    BUSY_SECONDS);
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
        long before = Parameters.number(ctx, "before", 1, Long.MAX_VALUE, Long.MAX_VALUE);
        Function<EscalationView, ObjectNode> form = form(ctx);
        Optional<String> agent = who.isOneAgent() ? Optional.of(who.id()) : Optional.empty();
        ObjectNode node = JsonMapper.shared().createObjectNode();
        ArrayNode array = node.putArray("escalations");
        List<EscalationView> page = escalations.list(agent, before, limit);
        for (EscalationView view : page) array.add(form.apply(view));
        if (page.size() == limit) EscalationJson.firstSeq(page.getLast()).ifPresent(seq -> node.put("next", seq));
        Answers.json(ctx, 200, node);
    }

    void show(Context ctx, Principal who) { Answers.json(ctx, 200, form(ctx).apply(seen(ctx, who))); }

    /** {@code fields=summary}: a line of a list, without council, decision and history. */
    private static Function<EscalationView, ObjectNode> form(Context ctx) {
        return Parameters.choice(ctx, "fields", List.of("all", "summary"), "all").equals("summary") ? EscalationJson::summary : EscalationJson::of;
    }

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
        Ballot ballot = Ballot.read(Bodies.object(ctx, VOTE_BYTES));
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

    /** The escalation that the path names, if this token may see it. */
    EscalationView seen(Context ctx, Principal who) {
        String id = Parameters.escalationId(ctx);
        EscalationView view = escalations.find(id).orElseThrow(() -> none(id));
        if (who.isOneAgent() && !view.source().equals(who.id())) throw none(id); // whether another's exists is not told
        return view;
    }

    static Problem none(String id) { return new Problem(Problem.Code.NOT_FOUND, "id", "There is no escalation '" + id + "'."); }

    static <T> T answer(CompletableFuture<T> future) {
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
        static Ballot read(ObjectNode node) {
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
