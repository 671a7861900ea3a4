package org.infrafabric.escalate;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.infrafabric.call.LegEnd;
import org.infrafabric.guard.CouncilRules;
import org.infrafabric.guard.Expert;
import org.infrafabric.guard.Guardian;
import org.infrafabric.guard.Judgement;
import org.infrafabric.message.Rfc3339;
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
    /** What the escalation asks of the world. Legs are numbers, never used twice. */
    interface Out {
        /** A state was entered: its entry. */
        void entered(State state, ObjectNode detail);

        /** Something else worth an entry. */
        void noted(EventType type, ObjectNode detail);

        /** The last entry and the one decision. */
        void concluded(State end, Verdict verdict);

        /** Call this one; answers with {@code onRinging}, {@code onAnswered}, {@code onEnded}. */
        void dial(int leg, Callee callee);

        /** Say this to one party, after what it is hearing; {@code onSaid} follows. */
        void say(int leg, Phrase phrase);

        /** Stop what one party is hearing. */
        void hush(int leg);

        /** Say this to all in the mix; {@code onAnnounced} follows. */
        void announce(Phrase phrase);

        /** Into the mix. */
        void join(int leg);

        void hangUp(int leg, String reason);

        /** No leg is left: close the bridge, write the recording; {@code onTidied} follows. */
        void tidy();

        /** The guardians in the roster now. */
        List<Guardian> guardians();
    }

    /** What became of a vote. */
    enum Voted { COUNTED, CLOSED, NOT_ELIGIBLE }

    /** What a briefing may take at most; a voice that hangs must not hold an escalation. */
    private static final Duration BRIEFING_AT_MOST = Duration.ofSeconds(180);
    /** For the recording's files after the last leg. */
    private static final Duration TIDY_AT_MOST = Duration.ofSeconds(30);
    private static final int GUARDIAN_PAUSE_GROWTH = 6;
    private static final CouncilRules NO_COUNCIL = new CouncilRules(0, Duration.ZERO, Duration.ZERO, false, false);
    private static final long NEVER = Due.NEVER;

    private final Matter matter;
    private final Pace pace;
    private final Out out;
    private final Anchor anchor;

    private State state = State.RECEIVED;
    private @Nullable Plan plan;
    private int rung; // from 1; 0 before ringing
    private int loop = 1;
    private boolean withoutExpert; // all rungs are spent and the council meets all the same
    private @Nullable String expert; // URI of who has accepted
    private @Nullable Ballot ballot;
    private @Nullable Instant votingEnds;
    private @Nullable Verdict verdict;
    private boolean over;

    private final Parties parties;
    private List<Callee> experts = List.of(); // of this rung
    private final Map<String, Callee> guardians = new LinkedHashMap<>();

    private long expiresNanos = NEVER; // the message's deadline
    private long gatheredNanos = NEVER;
    private long aloneUntilNanos = NEVER; // for the expert who decides without a council
    private @Nullable Voting voting; // while it is open
    private long tidyNanos = NEVER;
    private boolean tidying;

    Escalation(Matter matter, Pace pace, Out out, Instant wall, long nowNanos) { this(matter, pace, out, 0, wall, nowNanos); }

    private Escalation(Matter matter, Pace pace, Out out, int legs, Instant wall, long nowNanos) {
        this.matter = matter;
        this.pace = pace;
        this.out = out;
        this.parties = new Parties(pace, out, this, legs);
        this.anchor = new Anchor(wall, nowNanos);
        matter.deadline().ifPresent(deadline -> expiresNanos = anchor.nanosAt(deadline));
    }

    /** As it stood when {@code kept} was taken; {@link #onRestart} makes it go on. */
    Escalation(Matter matter, Pace pace, Out out, Kept kept, Instant wall, long nowNanos) {
        this(matter, pace, out, kept.legs(), wall, nowNanos);
        state = kept.state();
        plan = kept.plan().orElse(null);
        rung = kept.rung();
        loop = kept.loop();
        withoutExpert = kept.withoutExpert();
        expert = kept.expert().orElse(null);
        if (kept.votingEnds().isPresent()) {
            ballot = new Ballot(rules().quorum(), kept.eligible());
            kept.votes().forEach(ballot::cast);
            votingEnds = kept.votingEnds().get();
        }
    }

    /** All that a later life needs. */
    Kept kept() {
        return new Kept(state, Optional.ofNullable(plan), rung, loop, parties.legs(), withoutExpert, Optional.ofNullable(expert),
                ballot == null ? List.of() : ballot.eligible(), ballot == null ? List.of() : ballot.votes(), Optional.ofNullable(votingEnds));
    }

    State state() { return state; }

    int rung() { return rung; }

    Matter matter() { return matter; }

    Optional<String> expert() { return Optional.ofNullable(expert); }

    Optional<Ballot> ballot() { return Optional.ofNullable(ballot); }

    Optional<Plan> plan() { return Optional.ofNullable(plan); }

    /** How it ended, once it has. */
    Optional<Verdict> verdict() { return Optional.ofNullable(verdict); }

    Optional<Instant> votingEnds() { return Optional.ofNullable(votingEnds); }

    /** Nothing is left to do, ever. */
    boolean over() { return over; }

    /** Legs that have not ended. */
    int liveLegs() { return parties.size(); }

    boolean onBridge(String guardian) {
        return parties.guardiansOnTheBridge().anyMatch(party -> party.callee.name.equals(guardian));
    }

    /** Ids of the guardians who have been called. */
    List<String> summoned() { return List.copyOf(guardians.keySet()); }

    /** URI of the expert who has accepted, or else of one whose phone rings. */
    Optional<String> reached() {
        return expert().or(() -> parties.all().stream().filter(party -> party.expert() && party.phase != Party.Phase.GONE)
                .map(party -> party.callee.name).findFirst());
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
        if (judgement instanceof Judgement.People people) plan = new Plan(people.rungs(), people.council());
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
                else ring(Math.max(1, rung), true, nowNanos);
            }
            case IN_COUNCIL -> resumeCouncil(nowNanos);
            default -> finishIfEmpty(nowNanos);
        }
    }

    void onRinging(int leg, int status, long millis) {
        parties.of(leg).ifPresent(party -> out.noted(EventType.CALL_RINGING,
                Payload.of("leg", leg, "party", party.callee.name, "status", status, "millis", millis)));
    }

    void onFirstPacket(int leg, long millis) {
        parties.of(leg).ifPresent(party -> out.noted(EventType.FIRST_AUDIO, Payload.of("leg", leg, "party", party.callee.name, "millis", millis)));
    }

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
        Callee callee = experts.stream().filter(known -> known.name.equals(asExpert.uri())).findFirst().orElseGet(() -> {
            Callee late = Callee.of(asExpert);
            late.giveUp(); // who calls by itself need not be called
            experts = append(experts, late);
            return late;
        });
        return parties.takeIn(callee, from, nowNanos);
    }

    /** The same for a guardian. */
    int onCalledIn(Guardian guardian, String from, long nowNanos) {
        boolean open = plan != null && rules().quorum() > 0
                && switch (state) { case RINGING, ACCEPTED, BRIEFED, IN_COUNCIL -> true; default -> false; };
        if (!open) return 0;
        Callee callee = guardians.computeIfAbsent(guardian.id(), id -> Callee.of(guardian, pace.guardianRing()));
        return parties.takeIn(callee, from, nowNanos);
    }

    void onDigit(int leg, char digit, long nowNanos) { parties.of(leg).ifPresent(party -> digit(party, digit, nowNanos)); }

    private void digit(Party party, char digit, long nowNanos) {
        switch (party.phase) {
            case ASKED -> parties.onReply(party, digit, nowNanos);
            case DECIDING -> { if (digit == '1' || digit == '2') expertDecides(party, digit == '1', nowNanos); }
            case JOINED -> { if (!party.expert()) voteByPhone(party, digit, nowNanos); }
            case CALLING, BRIEFING, LEAVING, GONE -> {}
        }
    }

    /** A phrase said to one party is over, or was stopped. */
    void onSaid(int leg, Phrase phrase, long nowNanos) {
        parties.of(leg).ifPresent(party -> {
            if (party.phase == Party.Phase.BRIEFING && phrase == Phrase.BRIEFING) briefed(party, nowNanos);
            else if (party.phase == Party.Phase.LEAVING && last(phrase)) parties.drop(party, "bye", nowNanos);
        });
    }

    /** What was announced to all is over. */
    void onAnnounced(Phrase phrase, long nowNanos) {
        if (phrase != Phrase.OUTCOME) return;
        for (Party party : parties.all()) if (party.phase == Party.Phase.LEAVING) parties.drop(party, "the escalation is over", nowNanos);
    }

    void onEnded(int leg, LegEnd end, long nowNanos) {
        parties.onEnded(leg, end, nowNanos);
        finishIfEmpty(nowNanos);
    }

    /** A guardian votes over HTTP. {@code choice} empty: takes its vote back. */
    Voted onVote(String guardian, Optional<Ballot.Choice> choice, List<String> conditions, Optional<String> reason, long nowNanos) {
        return voting == null ? Voted.CLOSED : voting.http(guardian, choice, conditions, reason, nowNanos);
    }

    /** Ends it if there is no decision yet. False when it was too late. */
    boolean onCancel(String by, long nowNanos) {
        if (state.decided()) return false;
        conclude(State.CANCELLED, Verdict.without("cancelled", "cancelled by " + by), nowNanos);
        return true;
    }

    /** The recording is written, or there was none, or it failed. */
    void onTidied() {
        if (over || !tidying) return;
        tidyNanos = NEVER;
        over = true;
        if (state == State.DECIDED) enter(State.CLOSED, Payload.of());
    }

    /** When {@link #onTime} wants to be called next; {@link Due#NEVER} when only the world can move this on. */
    long dueNanos() {
        if (over) return NEVER;
        long due = Due.earlier(tidyNanos, parties.dueNanos());
        if (!state.decided()) {
            due = Due.earlier(due, voting == null ? Due.earlier(expiresNanos, aloneUntilNanos) : voting.dueNanos());
            if (awaitsGuardians()) due = Due.earlier(due, gatheredNanos);
            for (Callee callee : experts) due = Due.earlier(due, callee.callAgainNanos);
            for (Callee callee : guardians.values()) due = Due.earlier(due, callee.callAgainNanos);
        }
        return due;
    }

    void onTime(long nowNanos) {
        if (over) return;
        if (tidying) {
            if (Due.passed(tidyNanos, nowNanos)) onTidied();
            return;
        }
        if (!state.decided()) {
            if (voting != null) closeVoting(voting, nowNanos);
            else if (Due.passed(expiresNanos, nowNanos)) expire(nowNanos);
            else if (Due.passed(aloneUntilNanos, nowNanos)) decide(nowNanos, "hold", "no decision by the deadline");
            else if (Due.passed(gatheredNanos, nowNanos)) openIfGathered(nowNanos);
        }
        parties.onTime(nowNanos);
        if (!state.decided()) {
            for (Callee callee : List.copyOf(experts)) callAgain(callee, nowNanos);
            for (Callee callee : List.copyOf(guardians.values())) callAgain(callee, nowNanos);
        }
        finishIfEmpty(nowNanos);
    }

    // --- the rungs ---------------------------------------------------------------------------------------------------------------------

    private void ring(int number, boolean restarted, long nowNanos) {
        List<List<Expert>> rungs = plan == null ? List.of() : plan.rungs();
        if (number > rungs.size()) {
            rungsSpent(nowNanos);
            return;
        }
        rung = number;
        expert = null;
        experts = rungs.get(number - 1).stream().map(Callee::of).toList();
        ObjectNode detail = Payload.of("rung", number, "experts", experts.stream().map(callee -> callee.name).toList());
        if (restarted) detail.put("restarted", true);
        enter(State.RINGING, detail);
        experts.forEach(callee -> parties.call(callee, nowNanos));
        if (rules().ringEarly() && rules().quorum() > 0) ringGuardians(nowNanos);
        nextRungIfSpent(nowNanos);
    }

    private void nextRungIfSpent(long nowNanos) {
        if (state == State.RINGING && !withoutExpert && experts.stream().allMatch(Callee::done)) ring(rung + 1, false, nowNanos);
    }

    private void rungsSpent(long nowNanos) {
        boolean any = plan != null && plan.rungs().stream().anyMatch(experts -> !experts.isEmpty());
        if (any && loop < pace.loops()) {
            loop++;
            ring(1, false, nowNanos);
        } else if (rules().withoutExpert() && rules().quorum() > 0) {
            gatherWithoutExpert(nowNanos);
        } else {
            conclude(State.EXHAUSTED, Verdict.without("hold", any ? "no expert was reached" : "no expert on duty fits the hazards"), nowNanos);
        }
    }

    private void gatherWithoutExpert(long nowNanos) {
        withoutExpert = true;
        if (state != State.RINGING) enter(State.RINGING, Payload.of("rung", rung, "experts", List.of())); // no expert fits at all
        gatheredNanos = nowNanos + rules().gather().toNanos();
        ringGuardians(nowNanos);
        openIfGathered(nowNanos);
    }

    private void ringGuardians(long nowNanos) {
        for (Guardian guardian : out.guardians()) {
            if (guardians.containsKey(guardian.id())) continue;
            Callee callee = Callee.of(guardian, pace.guardianRing());
            guardians.put(guardian.id(), callee);
            parties.call(callee, nowNanos);
        }
    }

    private void callAgain(Callee callee, long nowNanos) {
        if (!Due.passed(callee.callAgainNanos, nowNanos)) return;
        callee.callAgainNanos = NEVER;
        if (callee.leg == 0 && !callee.spent && !state.decided()) parties.call(callee, nowNanos);
    }

    /** A call came to nothing. Experts are tried a bounded number of times, guardians until voting ends. */
    @Override
    public void failed(Callee callee, boolean again, long nowNanos) {
        boolean guardian = callee.role == Callee.Role.GUARDIAN;
        boolean wanted = guardian || state == State.RINGING || state == State.IN_COUNCIL;
        if (!again || callee.spent || !wanted || !guardian && callee.attempts >= pace.attempts()) callee.giveUp();
        else if (guardian) callee.callAgainNanos = nowNanos + pace.guardianPause().toNanos() * Math.min(callee.attempts, GUARDIAN_PAUSE_GROWTH);
        else callee.callAgainNanos = nowNanos + pace.retryPause().toNanos();
        if (!guardian) nextRungIfSpent(nowNanos);
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
        enter(State.ACCEPTED, Payload.of("rung", rung, "expert", expert));
        for (Callee other : experts) if (other != party.callee) other.giveUp();
        for (Party other : parties.all()) {
            if (other == party || !other.expert()) continue;
            if (other.phase == Party.Phase.CALLING) parties.drop(other, "answered elsewhere", nowNanos);
            else if (other.phase == Party.Phase.ASKED) parties.dismiss(other, Phrase.TAKEN, nowNanos);
        }
        party.phase = Party.Phase.BRIEFING;
        party.dueNanos = nowNanos + BRIEFING_AT_MOST.toNanos();
        out.say(party.leg, Phrase.BRIEFING);
        if (rules().quorum() == 0) return;
        gatheredNanos = nowNanos + rules().gather().toNanos();
        ringGuardians(nowNanos);
    }

    private void briefed(Party party, long nowNanos) {
        enter(State.BRIEFED, Payload.of("expert", party.callee.name));
        if (rules().quorum() == 0) {
            party.phase = Party.Phase.DECIDING;
            party.dueNanos = nowNanos + pace.reminder().toNanos();
            aloneUntilNanos = nowNanos + rules().deadline().toNanos();
            out.say(party.leg, Phrase.DECIDE);
            return;
        }
        join(party, nowNanos);
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
            failed(party.callee, fault, nowNanos); // who hangs up has gone on purpose
            return;
        }
        if (party.phase == Party.Phase.JOINED) out.noted(EventType.EXPERT_LEFT, Payload.of("expert", party.callee.name, "leg", party.leg));
        if (state == State.IN_COUNCIL) return; // the council goes on without, CONTRACT §3
        out.noted(EventType.CALL_DECLINED, Payload.of("leg", party.leg, "party", party.callee.name, "cause", "hung up before the council"));
        expert = null; // nobody has the case any more, whether or not a rung is left
        gatheredNanos = NEVER;
        aloneUntilNanos = NEVER;
        ring(rung + 1, false, nowNanos);
    }

    @Override
    public void waited(Party party, long nowNanos) {
        switch (party.phase) {
            case BRIEFING -> briefed(party, nowNanos);
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
        if (!awaitsGuardians()) return;
        boolean guardianThere = parties.guardiansOnTheBridge().findAny().isPresent();
        if (guardianThere || Due.passed(gatheredNanos, nowNanos)) openCouncil(nowNanos);
    }

    private void openCouncil(long nowNanos) {
        List<String> eligible = out.guardians().stream().map(Guardian::id).sorted().toList();
        Ballot box = new Ballot(rules().quorum(), eligible);
        ballot = box;
        gatheredNanos = NEVER;
        long endsNanos = Due.earlier(nowNanos + rules().deadline().toNanos(), expiresNanos);
        votingEnds = anchor.wallAt(endsNanos);
        String deadline = Rfc3339.format(votingEnds);
        enter(State.IN_COUNCIL, Payload.of("eligible", eligible, "quorum", box.quorum(), "deadline", deadline));
        out.noted(EventType.COUNCIL_OPENED, Payload.of("eligible", eligible, "quorum", box.quorum(), "deadline", deadline, "expert", expert()));
        voting = new Voting(box, pace, anchor, out, endsNanos, nowNanos);
        for (Party party : parties.all()) {
            if (party.phase != Party.Phase.JOINED || party.joinedNanos == nowNanos && !party.expert()) continue; // who joins now hears it with the summary
            if (party.expert()) out.hush(party.leg);
            out.say(party.leg, party.expert() ? Phrase.TALK : Phrase.OPEN);
        }
        ringGuardians(nowNanos);
    }

    private void resumeCouncil(long nowNanos) {
        Ballot box = ballot;
        Instant ends = votingEnds;
        if (box == null || ends == null || Due.passed(anchor.nanosAt(ends), nowNanos)) {
            decide(nowNanos, "hold", "restarted");
            return;
        }
        voting = new Voting(box, pace, anchor, out, anchor.nanosAt(ends), nowNanos);
        out.noted(EventType.COUNCIL_RESUMED, Payload.of("eligible", box.eligible(), "votes", box.votes().size()));
        if (plan != null && expert != null) {
            plan.rungs().stream().flatMap(List::stream).filter(known -> known.uri().equals(expert)).findFirst().ifPresent(known -> {
                Callee callee = Callee.of(known);
                experts = List.of(callee);
                parties.call(callee, nowNanos);
            });
        }
        ringGuardians(nowNanos);
    }

    private void voteByPhone(Party party, char digit, long nowNanos) {
        if (voting == null || nowNanos - party.joinedNanos < pace.deafAfterJoining().toNanos()) return;
        voting.digit(party.callee.name, digit, nowNanos).ifPresent(taken -> {
            out.hush(party.leg);
            out.say(party.leg, taken);
        });
    }

    private void closeVoting(Voting open, long nowNanos) {
        open.close(nowNanos).ifPresent(decision -> decide(nowNanos, decision, open.ballot().reason()));
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
        Ballot box = ballot;
        List<Ballot.Cast> votes = box == null ? List.of() : box.votes();
        List<String> conditions = box != null && decision.equals("approve-with-conditions") ? box.conditions() : List.of();
        conclude(State.DECIDED, new Verdict(decision, conditions, reason, votes, rules().quorum()), nowNanos);
    }

    /** The one place where a decision is made; a second one is not possible. */
    private void conclude(State end, Verdict how, long nowNanos) {
        if (state.decided()) return;
        List<Ballot.Cast> votes = ballot == null ? how.votes() : ballot.votes();
        verdict = new Verdict(how.decision(), how.conditions(), how.reason(), votes, plan == null ? 0 : rules().quorum());
        voting = null;
        state = end;
        out.concluded(end, verdict);
        boolean announced = false;
        for (Party party : parties.all()) {
            switch (party.phase) {
                case CALLING -> parties.drop(party, Words.of(end), nowNanos);
                case JOINED -> {
                    announced = true;
                    parties.leaving(party, nowNanos);
                }
                case ASKED, BRIEFING, DECIDING -> parties.dismiss(party, Phrase.OUTCOME, nowNanos);
                case LEAVING, GONE -> {}
            }
        }
        if (announced) out.announce(Phrase.OUTCOME);
        finishIfEmpty(nowNanos);
    }

    private void finishIfEmpty(long nowNanos) {
        if (!state.decided() || tidying || over || !parties.isEmpty()) return;
        tidying = true;
        tidyNanos = nowNanos + TIDY_AT_MOST.toNanos();
        out.tidy();
    }

    private void enter(State next, ObjectNode detail) {
        state = next;
        out.entered(next, detail);
    }

    // --- small things ------------------------------------------------------------------------------------------------------------------

    /** Without a plan there are no rungs and no council. */
    private CouncilRules rules() { return plan == null ? NO_COUNCIL : plan.rules(); }

    private static boolean last(Phrase phrase) { return phrase == Phrase.TAKEN || phrase == Phrase.DECLINED || phrase == Phrase.OUTCOME; }

    private static <T> List<T> append(List<T> list, T item) {
        List<T> longer = new ArrayList<>(list);
        longer.add(item);
        return List.copyOf(longer);
    }
}
