package org.infrafabric.escalate;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.infrafabric.guard.Approval;

/**
 * The votes of one council and the rules that make a result of them (CONTRACT §3, Voting). Knows nothing of time but what it is told to note
 * beside a vote. Belongs to its escalation.
 */
final class Ballot {
    /** What a guardian may say; withdrawing is the absence of all three. */
    enum Choice { APPROVE, REJECT, ABSTAIN }

    /** What comes of it. A tie, or too few votes or approvals, is a hold. */
    enum Result { APPROVE, REJECT, HOLD }

    /** A vote that stands. Conditions go with approvals only. */
    record Cast(String guardian, Choice choice, Instant time, List<String> conditions) {}

    /** How many said what. */
    record Count(int approve, int reject, int abstain) {
        int cast() { return approve + reject + abstain; }
    }

    private final int quorum;
    private final Optional<Approval> needed;
    private final Set<String> eligible;
    private final Map<String, Cast> votes = new LinkedHashMap<>(); // in the order of their last change

    /**
     * @param quorum votes needed, abstentions counted
     * @param needed whose approvals an approval needs beside its majority
     * @param eligible who was in the roster when voting opened
     */
    Ballot(int quorum, Optional<Approval> needed, List<String> eligible) {
        this.quorum = quorum;
        this.needed = needed;
        this.eligible = new TreeSet<>(eligible);
    }

    boolean eligible(String guardian) { return eligible.contains(guardian); }

    List<String> eligible() { return List.copyOf(eligible); }

    int quorum() { return quorum; }

    List<Cast> votes() { return List.copyOf(votes.values()); }

    /** Notes a vote; the last one counts. False when it says what already stands. */
    boolean cast(Cast vote) {
        if (!eligible.contains(vote.guardian())) throw new IllegalArgumentException(vote.guardian() + " is not eligible");
        Cast before = votes.get(vote.guardian());
        if (before != null && before.choice() == vote.choice() && before.conditions().equals(vote.conditions())) return false;
        votes.remove(vote.guardian());
        votes.put(vote.guardian(), vote);
        return true;
    }

    /** Takes a vote back. False when there was none. */
    boolean withdraw(String guardian) { return votes.remove(guardian) != null; }

    Count count() { return new Count(tally(Choice.APPROVE), tally(Choice.REJECT), tally(Choice.ABSTAIN)); }

    /** What it would be if voting closed now. */
    Result result() {
        Count count = count();
        if (count.cast() < quorum || count.approve() == count.reject()) return Result.HOLD;
        if (count.approve() < count.reject()) return Result.REJECT;
        return approvals(false) >= need() ? Result.APPROVE : Result.HOLD;
    }

    private int need() { return needed.map(Approval::need).orElse(0); }

    /** How many of those whose approval counts have approved; with {@code open} also those who have not voted yet. */
    private int approvals(boolean open) {
        return (int) eligible.stream().filter(guardian -> needed.map(approval -> approval.counts(guardian)).orElse(true)).filter(guardian -> {
            Cast vote = votes.get(guardian);
            return vote == null ? open : vote.choice() == Choice.APPROVE;
        }).count();
    }

    /** Conditions of the approvals that stand; any of them makes an approval conditional. */
    List<String> conditions() {
        return votes.values().stream().flatMap(vote -> vote.conditions().stream()).distinct().toList();
    }

    /**
     * Whether no vote that is still open can alter the {@link #result()}. Conditions that an open vote might add do not keep it open: they
     * would colour an approval, not turn it.
     */
    boolean settled() {
        Count count = count();
        int open = eligible.size() - count.cast();
        return switch (result()) {
            case APPROVE -> count.reject() + open < count.approve();
            case REJECT -> count.approve() + open < count.reject();
            case HOLD -> count.cast() + open < quorum || !canReject(count, open) && !canApprove(count, open);
        };
    }

    private static boolean canReject(Count count, int open) { return count.reject() + open > count.approve(); }

    private boolean canApprove(Count count, int open) { return count.approve() + open > count.reject() && approvals(true) >= need(); }

    /** In words, for the decision's reason. */
    String reason() {
        Count count = count();
        if (count.cast() < quorum) return "no quorum: " + count.cast() + " of " + quorum + " votes";
        return switch (result()) {
            case APPROVE -> "majority " + count.approve() + " to " + count.reject();
            case REJECT -> "majority " + count.reject() + " to " + count.approve() + " against";
            case HOLD -> count.approve() == count.reject() ? "tie " + count.approve() + " to " + count.reject()
                    : "majority " + count.approve() + " to " + count.reject() + ", but " + approvals(false) + " of " + need()
                            + " approvals that are needed" + needed.filter(approval -> !approval.of().isEmpty())
                                    .map(approval -> " of " + String.join(", ", approval.of())).orElse("");
        };
    }

    Optional<Cast> of(String guardian) { return Optional.ofNullable(votes.get(guardian)); }

    private int tally(Choice choice) { return (int) votes.values().stream().filter(vote -> vote.choice() == choice).count(); }
}
