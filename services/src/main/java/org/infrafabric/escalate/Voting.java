package org.infrafabric.escalate;

import java.util.List;
import java.util.Optional;
import org.infrafabric.witness.EventType;

/** One council's vote while it is open: takes votes by phone and by HTTP, and says when it closes (CONTRACT §3). Belongs to its escalation. */
final class Voting {
    /** What became of a vote. */
    enum Voted { COUNTED, CLOSED, NOT_ELIGIBLE }

    private final Ballot ballot;
    private final Pace pace;
    private Anchor anchor;
    private final Out out;
    private long endsNanos;
    private long settledNanos;

    Voting(Ballot ballot, Pace pace, Anchor anchor, Out out, long endsNanos, long nowNanos) {
        this.ballot = ballot;
        this.pace = pace;
        this.anchor = anchor;
        this.out = out;
        this.endsNanos = endsNanos;
        watch(nowNanos);
    }

    Ballot ballot() { return ballot; }

    /** The wall clock has jumped. */
    void follow(Anchor now, long newEndNanos) {
        anchor = now;
        endsNanos = newEndNanos;
    }

    long dueNanos() { return Due.earlier(endsNanos, settledNanos); }

    /** A digit from a guardian who has been on the bridge long enough; gives what the bus took it for, if it was one of the keys. */
    Optional<Phrase> digit(String guardian, char digit, long nowNanos) {
        if (!ballot.eligible(guardian) || Due.passed(endsNanos, nowNanos)) return Optional.empty();
        Optional<Key> key = Key.of(digit);
        key.ifPresent(pressed -> take(guardian, pressed.choice(), List.of(), Optional.empty(), "dtmf", nowNanos));
        return key.map(Key::taken);
    }

    /** What a key of the phone stands for (CONTRACT §3), and what is said back. {@code choice} empty: the vote is taken back. */
    private record Key(Optional<Ballot.Choice> choice, Phrase taken) {
        static Optional<Key> of(char digit) {
            return switch (digit) {
                case '1' -> Optional.of(new Key(Optional.of(Ballot.Choice.APPROVE), Phrase.APPROVED));
                case '2' -> Optional.of(new Key(Optional.of(Ballot.Choice.REJECT), Phrase.REJECTED));
                case '3' -> Optional.of(new Key(Optional.of(Ballot.Choice.ABSTAIN), Phrase.ABSTAINED));
                case '*' -> Optional.of(new Key(Optional.empty(), Phrase.WITHDRAWN));
                default -> Optional.empty();
            };
        }
    }

    Voted http(String guardian, Optional<Ballot.Choice> choice, List<String> conditions, Optional<String> reason, long nowNanos) {
        if (!ballot.eligible(guardian)) return Voted.NOT_ELIGIBLE;
        if (Due.passed(endsNanos, nowNanos)) return Voted.CLOSED;
        take(guardian, choice, conditions, reason, "http", nowNanos);
        return Voted.COUNTED;
    }

    /** The decision, when voting is over by now. */
    Optional<String> close(long nowNanos) {
        boolean late = Due.passed(endsNanos, nowNanos);
        if (!late && !Due.passed(settledNanos, nowNanos)) return Optional.empty();
        Ballot.Count count = ballot.count();
        out.noted(EventType.COUNCIL_CLOSED, Payload.of("approve", count.approve(), "reject", count.reject(), "abstain", count.abstain(), "quorum",
                ballot.quorum(), "cause", late ? "deadline" : "settled"));
        return Optional.of(switch (ballot.result()) {
            case APPROVE -> ballot.conditions().isEmpty() ? "approve" : "approve-with-conditions";
            case REJECT -> "reject";
            case HOLD -> "hold";
        });
    }

    private void take(String guardian, Optional<Ballot.Choice> choice, List<String> conditions, Optional<String> reason, String channel,
            long nowNanos) {
        if (choice.isEmpty()) {
            if (!ballot.withdraw(guardian)) return;
            out.noted(EventType.VOTE_WITHDRAWN, Payload.of("guardian", guardian, "channel", channel));
        } else {
            List<String> kept = choice.get() == Ballot.Choice.APPROVE ? conditions : List.of();
            if (!ballot.cast(new Ballot.Cast(guardian, choice.get(), anchor.wallAt(nowNanos), kept))) return;
            out.noted(EventType.VOTE_CAST, Payload.of("guardian", guardian, "vote", Words.of(choice.get()), "channel", channel, "conditions",
                    kept.isEmpty() ? Optional.empty() : Optional.of(kept), "reason", reason));
        }
        watch(nowNanos);
    }

    /** It closes a little after the change that left nothing open, so that a slip of the finger can be mended. */
    private void watch(long nowNanos) {
        settledNanos = ballot.settled() ? nowNanos + pace.settle().toNanos() : Due.NEVER;
    }
}
