package org.infrafabric.server;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.infrafabric.escalate.EscalationView;
import org.infrafabric.escalate.Escalations;
import org.infrafabric.escalate.Feedback;

/** Escalations that answer what a test tells them to, and remember what they were asked. */
final class ToldEscalations implements Escalations {
    record Submitted(String body, String agent, long receivedNanos, boolean onVirtualThread) {}

    record Voted(String id, String guardian, Vote vote, List<String> conditions, Optional<String> reason) {}

    final Map<String, EscalationView> views = new LinkedHashMap<>();
    final List<Submitted> submitted = new ArrayList<>();
    final List<Voted> votes = new ArrayList<>();
    final List<String> rated = new ArrayList<>();
    Feedback.Result feedbackResult = new Feedback.Result.Kept(
            new Feedback("esc-1", new Feedback.Rater(Feedback.Role.GUARDIAN, "sage"), "sip:expert@127.0.0.1", 4, "2026-11-21T12:09:00.000Z"));
    final List<String> cancelled = new ArrayList<>();
    CompletableFuture<Submission> submission = CompletableFuture.completedFuture(new Submission.Accepted(view("esc-1", "if://agent/a", "RECEIVED")));
    VoteResult voteResult = new VoteResult.Counted(view("esc-1", "if://agent/a", "IN_COUNCIL"));

    static EscalationView view(String id, String source, String state) { return view(id, source, state, Optional.empty(), Optional.empty()); }

    static EscalationView view(String id, String source, String state, long seq) {
        return view(id, source, state, Optional.empty(), Optional.empty(), seq);
    }

    static EscalationView view(String id, String source, String state, Optional<String> decision, Optional<String> recording) {
        return view(id, source, state, decision, recording, 1);
    }

    private static EscalationView view(String id, String source, String state, Optional<String> decision, Optional<String> recording, long seq) {
        var council = new EscalationView.Council(List.of(new EscalationView.Member("sage", true)),
                List.of(new EscalationView.Cast("sage", "approve", "2026-11-21T12:02:10.000Z", List.of("ask counsel"))), 2, true,
                Optional.of("2026-11-21T12:05:00.000Z"));
        return new EscalationView(id, trace(id), source, state, List.of("safety"), "a summary", "high", 1, Optional.of("sip:expert@127.0.0.1"),
                council, decision, List.of(new EscalationView.Step("RECEIVED", "2026-11-21T12:00:00.000Z", seq, "from " + source)), Optional.of(42L),
                Optional.of(900L), recording);
    }

    /** A trace of its own for each id. */
    static String trace(String id) { return String.format("%032x", id.hashCode() & 0xffffffffL); }

    void put(EscalationView view) { views.put(view.id(), view); }

    @Override
    public CompletableFuture<Submission> submit(byte[] body, String agent, long receivedNanos) {
        submitted.add(new Submitted(new String(body, StandardCharsets.UTF_8), agent, receivedNanos, Thread.currentThread().isVirtual()));
        return submission;
    }

    @Override
    public CompletableFuture<Optional<EscalationView>> cancel(String id, String by) {
        cancelled.add(id + " by " + by);
        return CompletableFuture.completedFuture(find(id));
    }

    @Override
    public CompletableFuture<VoteResult> vote(String id, String guardian, Vote vote, List<String> conditions, Optional<String> reason) {
        votes.add(new Voted(id, guardian, vote, conditions, reason));
        return CompletableFuture.completedFuture(voteResult);
    }

    @Override
    public CompletableFuture<Feedback.Result> feedback(String id, Feedback.Rater rater, int usefulness, Optional<String> note) {
        rated.add(id + " by " + rater.role() + " " + rater.id() + ": " + usefulness + note.map(text -> ", " + text).orElse(""));
        return CompletableFuture.completedFuture(feedbackResult);
    }

    @Override
    public List<Feedback> feedback(String id) {
        return feedbackResult instanceof Feedback.Result.Kept(Feedback kept) && kept.escalation().equals(id) ? List.of(kept) : List.of();
    }

    @Override
    public List<Feedback.Standing> standings() { return List.of(); }

    @Override
    public Optional<EscalationView> find(String id) { return Optional.ofNullable(views.get(id)); }

    @Override
    public List<EscalationView> list(Optional<String> agent, long before, int limit) {
        return views.values().stream().filter(view -> agent.map(view.source()::equals).orElse(true))
                .filter(view -> EscalationJson.firstSeq(view).orElse(0L) < before)
                .sorted(Comparator.comparing((EscalationView view) -> EscalationJson.firstSeq(view).orElse(0L)).reversed()).limit(limit).toList();
    }
}
