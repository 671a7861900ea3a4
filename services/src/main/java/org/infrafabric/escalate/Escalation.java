package org.infrafabric.escalate;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.infrafabric.call.LegEnd;
import org.infrafabric.guard.CouncilRules;
import org.infrafabric.guard.Expert;
import org.infrafabric.guard.Guardian;
import org.infrafabric.guard.Judgement;
import org.infrafabric.witness.EventType;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * One escalation from its message to its end: DESIGN §5, CONTRACT §3 and §8.
 *
 * <p>Owns no clock, socket or thread: it is told what happened and when, and says what to do through {@link Out}. One owner calls it. It is woken
 * by {@link #onTime} at {@link #dueNanos()}. It decides at most once, and from every state time alone brings it to an end.
 */
final class Escalation implements Parties.Course {
    private static final CouncilRules NO_COUNCIL = new CouncilRules(0, Duration.ZERO, Duration.ZERO, false, false);
    private static final long NEVER = Due.NEVER;

    private final Matter matter;
    private final Out out;
    private Anchor anchor;

    private State state = State.RECEIVED;
    private @Nullable Plan plan;
    private boolean withoutExpert; // all rungs are spent and the council meets all the same
    private @Nullable String expert; // URI of who has accepted

    private final Parties parties;
    private final Ladder ladder;
    private final Hearing hearing;
    private final Council council;
    private final Ending ending;

    private long expiresNanos = NEVER; // the message's deadline

    Escalation(Matter matter, Pace pace, Out out, Instant wall, long nowNanos) { this(matter, pace, out, 0, wall, nowNanos); }

    private Escalation(Matter matter, Pace pace, Out out, int legs, Instant wall, long nowNanos) {
        this.matter = matter;
        this.out = out;
        this.parties = new Parties(pace, out, this, legs);
        this.ladder = new Ladder(pace.rungs(), parties);
        this.hearing = new Hearing(pace, out);
        this.council = new Council(pace, out, parties);
        this.ending = new Ending(out, parties);
        this.anchor = new Anchor(wall, nowNanos);
        follow();
    }

    /** The message's deadline is a time of the wall clock and goes with it. */
    private void follow() {
        matter.deadline().ifPresent(deadline -> expiresNanos = anchor.nanosAt(deadline));
    }

    /** As it stood when {@code kept} was taken; {@link #onRestart} makes it go on. */
    Escalation(Matter matter, Pace pace, Out out, Kept kept, Instant wall, long nowNanos) {
        this(matter, pace, out, kept.legs(), wall, nowNanos);
        state = kept.state();
        kept.plan().ifPresent(this::plan);
        ladder.restore(kept.rung(), kept.loop());
        withoutExpert = kept.withoutExpert();
        expert = kept.expert().orElse(null);
        council.restore(kept, rules());
    }

    /** All that a later life needs. */
    Kept kept() {
        return new Kept(state, plan(), rung(), ladder.loop(), parties.legs(), withoutExpert, expert(),
                ballot().map(Ballot::eligible).orElse(List.of()), votes(), votingEnds());
    }

    State state() { return state; }

    int rung() { return ladder.rung(); }

    Matter matter() { return matter; }

    Optional<String> expert() { return Optional.ofNullable(expert); }

    Optional<Ballot> ballot() { return council.ballot(); }

    Optional<Plan> plan() { return Optional.ofNullable(plan); }

    /** How it ended, once it has. */
    Optional<Verdict> verdict() { return ending.verdict(); }

    Optional<Instant> votingEnds() { return council.votingEnds(); }

    /** Nothing is left to do, ever. */
    boolean over() { return ending.over(); }

    /** Legs that have not ended. */
    int liveLegs() { return parties.size(); }

    boolean onBridge(String guardian) { return council.onBridge(guardian); }

    /** Ids of the guardians who have been called. */
    List<String> summoned() { return council.summoned(); }

    /** URI of the expert who has accepted, or else of one whose phone rings. */
    Optional<String> reached() {
        return expert().or(parties::expertOnCall);
    }

    // --- what can happen ---------------------------------------------------------------------------------------------------------------

    /** The message is in, and sound. {@code signed}: it carried a signature that was checked. */
    void onReceived(String agent, boolean signed, ObjectNode detail) {
        out.entered(State.RECEIVED, detail);
        enter(State.VALIDATED, Payload.of("agent", agent, "signed", signed));
    }

    void onJudged(Judgement judgement, long nowNanos) {
        if (state != State.VALIDATED) return;
        String reason = judgement.ruling().reason();
        if (judgement instanceof Judgement.People people) plan(new Plan(people.rungs(), people.council()));
        enter(State.JUDGED, Payload.of("result", judgement.result(), "reason", reason));
        switch (judgement) {
            case Judgement.People people -> { if (Due.passed(expiresNanos, nowNanos)) expire(nowNanos); }
            case Judgement.Held held -> conclude(State.HELD, Verdict.without("hold", reason), nowNanos);
            case Judgement.Shared shared -> conclude(State.SHARED, Verdict.without("not-required", reason), nowNanos);
            case Judgement.Denied denied -> conclude(State.DENIED, Verdict.without("denied", reason), nowNanos);
        }
    }

    /** The first entry is durable, so calls can carry its hash: ring. */
    void onReady(long nowNanos) {
        if (state == State.JUDGED) ring(1, false, nowNanos);
    }

    /** After a crash (CONTRACT §8). The legs of the former life have been told to end. */
    void onRestart(long nowNanos) {
        switch (state) {
            case RECEIVED, VALIDATED -> conclude(State.DENIED, Verdict.without("denied", "restarted before the guard had answered"), nowNanos);
            case JUDGED, RINGING, ACCEPTED, BRIEFED -> {
                expert = null;
                if (Due.passed(expiresNanos, nowNanos)) conclude(State.EXPIRED, Verdict.without("hold", "restarted"), nowNanos);
                else if (withoutExpert) gatherWithoutExpert(nowNanos);
                else ring(Math.max(1, rung()), true, nowNanos);
            }
            case IN_COUNCIL -> resumeCouncil(nowNanos);
            default -> finishIfEmpty(nowNanos);
        }
    }

    /** The wall clock has jumped: what is timed goes on as it was, but the message's deadline is now elsewhere. */
    void onClockJump(Instant wall, long nowNanos) {
        anchor = new Anchor(wall, nowNanos);
        follow();
        council.follow(anchor, expiresNanos);
    }

    void onRinging(int leg, int status, long millis) { parties.onRinging(leg, status, millis); }

    void onFirstPacket(int leg, long millis) { parties.onFirstPacket(leg, millis); }

    /** @param millis since the message was read */
    void onAnswered(int leg, long millis, long nowNanos) {
        parties.of(leg).ifPresent(party -> parties.onAnswered(party, millis, nowNanos));
    }

    /**
     * A party has called in by itself. The leg is answered when this gives its number; 0 when it has no part in this now.
     *
     * @param from for the log
     */
    int onCalledIn(Expert asExpert, String from, long nowNanos) {
        if (!wantsExpert(asExpert.uri())) return 0;
        return parties.takeIn(ladder.caller(asExpert), from, nowNanos);
    }

    /** The same for a guardian. */
    int onCalledIn(Guardian guardian, String from, long nowNanos) {
        boolean open = plan != null && rules().quorum() > 0
                && switch (state) { case RINGING, ACCEPTED, BRIEFED, IN_COUNCIL -> true; default -> false; };
        if (!open) return 0;
        return parties.takeIn(council.caller(guardian), from, nowNanos);
    }

    void onDigit(int leg, char digit, long nowNanos) { parties.of(leg).ifPresent(party -> digit(party, digit, nowNanos)); }

    private void digit(Party party, char digit, long nowNanos) {
        switch (party.phase) {
            case ASKED -> parties.onReply(party, digit, nowNanos);
            case DECIDING -> { if (digit == '1' || digit == '2') expertDecides(party, digit == '1', nowNanos); }
            case JOINED -> { if (!party.expert()) council.onDigit(party, digit, nowNanos); }
            case CALLING, EXTENSION, BRIEFING, LEAVING, GONE -> {}
        }
    }

    /** A phrase said to one party is over, or was stopped. */
    void onSaid(int leg, Phrase phrase, long nowNanos) {
        parties.of(leg).ifPresent(party -> {
            if (party.phase == Party.Phase.BRIEFING && phrase == Phrase.BRIEFING) briefed(party, Payload.of(), nowNanos);
            else parties.onSaid(party, phrase, nowNanos);
        });
    }

    /** There was no voice to say a phrase: the party has heard a tone. */
    void onUnspoken(int leg, Phrase phrase, long nowNanos) {
        parties.of(leg).ifPresent(party -> {
            parties.onUnspoken(party, phrase);
            if (party.phase == Party.Phase.BRIEFING && phrase == Phrase.BRIEFING) unheard(party, nowNanos);
            else parties.onSaid(party, phrase, nowNanos);
        });
    }

    /** What was announced to all is over. {@code spoken}: in words, not by a tone. */
    void onAnnounced(Phrase phrase, boolean spoken, long nowNanos) {
        if (!spoken) out.noted(EventType.PROMPT_UNSPOKEN, Payload.of("party", "all", "prompt", Words.of(phrase)));
        if (phrase == Phrase.OUTCOME) ending.onAnnounced(nowNanos);
    }

    void onEnded(int leg, LegEnd end, long nowNanos) {
        parties.onEnded(leg, end, nowNanos);
        finishIfEmpty(nowNanos);
    }

    /** A guardian votes over HTTP. {@code choice} empty: takes its vote back. */
    Voting.Voted onVote(String guardian, Optional<Ballot.Choice> choice, List<String> conditions, Optional<String> reason, long nowNanos) {
        return council.voting().map(open -> open.http(guardian, choice, conditions, reason, nowNanos)).orElse(Voting.Voted.CLOSED);
    }

    /** Ends it if there is no decision yet. False when it was too late. */
    boolean onCancel(String by, long nowNanos) {
        if (state.decided()) return false;
        conclude(State.CANCELLED, Verdict.without("cancelled", "cancelled by " + by), nowNanos);
        return true;
    }

    /** The recording is written, or there was none, or it failed. */
    void onTidied() {
        if (ending.onTidied() && state == State.DECIDED) enter(State.CLOSED, Payload.of());
    }

    /** When {@link #onTime} wants to be called next; {@link Due#NEVER} when only the world can move this on. */
    long dueNanos() {
        if (over()) return NEVER;
        long due = Due.earlier(ending.dueNanos(), parties.dueNanos());
        if (!state.decided()) {
            due = Due.earlier(due, council.voting().map(Voting::dueNanos).orElseGet(() -> Due.earlier(expiresNanos, hearing.aloneUntilNanos())));
            if (climbing()) due = Due.earlier(due, ladder.endsNanos());
            if (awaitsGuardians()) due = Due.earlier(due, council.gatheredNanos());
            for (Callee callee : callees()) due = Due.earlier(due, callee.callAgainNanos);
        }
        return due;
    }

    void onTime(long nowNanos) {
        if (over()) return;
        if (ending.tidying()) {
            if (Due.passed(ending.dueNanos(), nowNanos)) onTidied();
            return;
        }
        if (!state.decided()) {
            Voting open = council.voting().orElse(null);
            if (open != null) open.close(nowNanos).ifPresent(decision -> decide(nowNanos, decision, open.ballot().reason()));
            else if (Due.passed(expiresNanos, nowNanos)) expire(nowNanos);
            else if (Due.passed(hearing.aloneUntilNanos(), nowNanos)) decide(nowNanos, "hold", "no decision by the deadline");
            else if (Due.passed(council.gatheredNanos(), nowNanos)) openIfGathered(nowNanos);
        }
        if (climbing() && Due.passed(ladder.endsNanos(), nowNanos)) {
            ladder.close(nowNanos);
            climb(nowNanos);
        }
        parties.onTime(nowNanos);
        if (!state.decided()) callees().forEach(callee -> parties.callAgain(callee, nowNanos));
        finishIfEmpty(nowNanos);
    }

    // --- the rungs ---------------------------------------------------------------------------------------------------------------------

    private void ring(int number, boolean restarted, long nowNanos) {
        if (!ladder.has(number)) {
            rungsSpent(nowNanos);
            return;
        }
        ladder.stepOn(number, nowNanos);
        expert = null;
        ObjectNode detail = Payload.of("rung", number, "experts", ladder.experts().stream().map(callee -> callee.name).toList());
        if (restarted) detail.put("restarted", true);
        enter(State.RINGING, detail);
        ladder.call(nowNanos);
        if (rules().ringEarly() && rules().quorum() > 0) council.summon(nowNanos);
        climb(nowNanos);
    }

    private boolean climbing() { return state == State.RINGING && !withoutExpert; }

    /** Calls whose turn it is, and goes on to the next rung when this one is spent. */
    private void climb(long nowNanos) {
        if (!climbing()) return;
        ladder.call(nowNanos);
        if (ladder.spent()) ring(ladder.following(), false, nowNanos);
    }

    private void rungsSpent(long nowNanos) {
        if (rules().withoutExpert() && rules().quorum() > 0) {
            gatherWithoutExpert(nowNanos);
        } else {
            conclude(State.EXHAUSTED, Verdict.without("hold",
                    ladder.anybody() ? "no expert was reached" : "no expert on duty fits the hazards"), nowNanos);
        }
    }

    private void gatherWithoutExpert(long nowNanos) {
        withoutExpert = true;
        if (state != State.RINGING) enter(State.RINGING, Payload.of("rung", rung(), "experts", List.of())); // no expert fits at all
        council.gather(rules(), nowNanos);
        openIfGathered(nowNanos);
    }

    @Override
    public void failed(Callee callee, Optional<Duration> again, long nowNanos) {
        if (callee.role == Callee.Role.GUARDIAN) {
            council.failed(callee, again, nowNanos);
        } else {
            ladder.failed(callee, again, state == State.RINGING || state == State.IN_COUNCIL, nowNanos);
            climb(nowNanos);
        }
    }

    // --- one party ---------------------------------------------------------------------------------------------------------------------

    @Override
    public boolean decided() { return state.decided(); }

    @Override
    public void accepted(Party party, long nowNanos) {
        if (!party.expert()) join(party, nowNanos);
        else if (state == State.IN_COUNCIL) join(party, nowNanos); // called again after a restart, or called in
        else if (state == State.RINGING && !withoutExpert) expertAccepts(party, nowNanos);
        else parties.dismiss(party, Phrase.TAKEN, nowNanos);
    }

    private void expertAccepts(Party party, long nowNanos) {
        expert = party.callee.name;
        enter(State.ACCEPTED, Payload.of("rung", rung(), "expert", expert));
        ladder.taken(party, nowNanos);
        hearing.begin(party, nowNanos);
        if (rules().quorum() > 0) council.gather(rules(), nowNanos);
    }

    /** @param how what is to be said of it */
    private void briefed(Party party, ObjectNode how, long nowNanos) {
        enter(State.BRIEFED, Payload.of("expert", party.callee.name).setAll(how));
        if (rules().quorum() == 0) hearing.decides(party, rules().deadline(), nowNanos);
        else join(party, nowNanos);
    }

    /** Nobody decides what they have not heard; in a council others can tell the expert. */
    private void unheard(Party party, long nowNanos) {
        if (hearing.again(party, nowNanos)) return;
        if (rules().quorum() > 0) {
            briefed(party, Payload.of("spoken", false), nowNanos);
            return;
        }
        out.noted(EventType.CALL_DECLINED, Payload.of("leg", party.leg, "party", party.callee.name, "cause", "could not be told the case"));
        parties.dismiss(party, Phrase.DECLINED, nowNanos);
        goOnWithoutThem(nowNanos);
    }

    private void join(Party party, long nowNanos) {
        party.phase = Party.Phase.JOINED;
        party.joinedNanos = nowNanos;
        party.dueNanos = NEVER;
        boolean late = state == State.IN_COUNCIL;
        if (party.expert()) out.noted(EventType.EXPERT_JOINED, Payload.of("expert", party.callee.name, "leg", party.leg));
        else out.noted(EventType.GUARDIAN_JOINED, Payload.of("guardian", party.callee.name, "leg", party.leg));
        out.join(party.leg);
        if (!late) openIfGathered(nowNanos);
        boolean open = state == State.IN_COUNCIL;
        if (!party.expert()) out.say(party.leg, open ? Phrase.LATE_SUMMARY : Phrase.SUMMARY);
        else if (late) out.say(party.leg, Phrase.TALK);
        else if (!open) parties.remind(party, Phrase.WAIT, nowNanos);
    }

    /** Somebody who took part is off the line. */
    @Override
    public void left(Party party, boolean fault, long nowNanos) {
        if (!party.expert()) {
            out.noted(EventType.GUARDIAN_LEFT, Payload.of("guardian", party.callee.name, "leg", party.leg));
            failed(party.callee, fault ? Parties.SOON : Parties.NEVER, nowNanos); // who hangs up has gone on purpose
            return;
        }
        if (party.phase == Party.Phase.JOINED) out.noted(EventType.EXPERT_LEFT, Payload.of("expert", party.callee.name, "leg", party.leg));
        if (state == State.IN_COUNCIL) return; // the council goes on without, CONTRACT §3
        out.noted(EventType.CALL_DECLINED, Payload.of("leg", party.leg, "party", party.callee.name, "cause", "hung up before the council"));
        goOnWithoutThem(nowNanos);
    }

    /** Nobody has the case any more, whether or not a rung is left. */
    private void goOnWithoutThem(long nowNanos) {
        expert = null;
        council.disperse();
        hearing.end();
        ring(ladder.following(), false, nowNanos);
    }

    @Override
    public void waited(Party party, long nowNanos) {
        switch (party.phase) {
            case BRIEFING -> { if (!hearing.retold(party, nowNanos)) briefed(party, Payload.of(), nowNanos); }
            case DECIDING -> parties.remind(party, Phrase.DECIDE, nowNanos);
            default -> {
                if (party.expert() && state == State.BRIEFED) parties.remind(party, Phrase.WAIT, nowNanos);
                else party.dueNanos = NEVER;
            }
        }
    }

    private boolean wantsExpert(String uri) {
        return switch (state) {
            case RINGING -> !withoutExpert;
            case IN_COUNCIL -> uri.equals(expert);
            default -> false;
        };
    }

    // --- the council -------------------------------------------------------------------------------------------------------------------

    /** The expert is on the bridge, or none will be. */
    private boolean awaitsGuardians() {
        return state == State.BRIEFED && rules().quorum() > 0 || state == State.RINGING && withoutExpert;
    }

    private void openIfGathered(long nowNanos) {
        if (!awaitsGuardians() || !council.gathered(nowNanos)) return;
        enter(State.IN_COUNCIL, council.convene(rules(), anchor, expiresNanos, nowNanos));
        council.open(anchor, expert(), nowNanos);
    }

    private void resumeCouncil(long nowNanos) {
        if (!council.resume(anchor, nowNanos)) {
            decide(nowNanos, "hold", "restarted");
            return;
        }
        expert().ifPresent(ladder::recall);
        ladder.experts().forEach(callee -> parties.call(callee, nowNanos));
        council.summon(nowNanos);
    }

    private void expertDecides(Party party, boolean approve, long nowNanos) {
        out.noted(EventType.EXPERT_DECIDED, Payload.of("expert", party.callee.name, "vote", approve ? "approve" : "reject"));
        decide(nowNanos, approve ? "approve" : "reject", "decided by the expert " + party.callee.name);
    }

    // --- the end -----------------------------------------------------------------------------------------------------------------------

    private void expire(long nowNanos) {
        conclude(State.EXPIRED, Verdict.without("hold", "the message's deadline passed before a council met"), nowNanos);
    }

    private void decide(long nowNanos, String decision, String reason) {
        List<String> conditions = decision.equals("approve-with-conditions") ? ballot().map(Ballot::conditions).orElse(List.of()) : List.of();
        conclude(State.DECIDED, new Verdict(decision, conditions, reason, votes(), rules().quorum()), nowNanos);
    }

    /** The one place where a decision is made; a second one is not possible. */
    private void conclude(State end, Verdict how, long nowNanos) {
        if (state.decided()) return;
        Verdict verdict = new Verdict(how.decision(), how.conditions(), how.reason(), votes(), rules().quorum());
        council.close();
        state = end;
        ending.begin(end, verdict, nowNanos);
        finishIfEmpty(nowNanos);
    }

    private void finishIfEmpty(long nowNanos) {
        if (state.decided()) ending.tidyIfEmpty(nowNanos);
    }

    private void enter(State next, ObjectNode detail) {
        state = next;
        out.entered(next, detail);
    }

    // --- small things ------------------------------------------------------------------------------------------------------------------

    /** Without a plan there are no rungs and no council. */
    private CouncilRules rules() { return plan == null ? NO_COUNCIL : plan.rules(); }

    private void plan(Plan chosen) {
        plan = chosen;
        ladder.plan(chosen);
    }

    private List<Callee> callees() { return Stream.concat(ladder.experts().stream(), council.callees()).toList(); }

    private List<Ballot.Cast> votes() { return ballot().map(Ballot::votes).orElse(List.of()); }
}
