package org.infrafabric.escalate;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.infrafabric.guard.CouncilRules;
import org.infrafabric.guard.Guardian;
import org.infrafabric.message.Rfc3339;
import org.infrafabric.witness.EventType;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * The guardians' part of an escalation (CONTRACT §3, the council): calls them, gathers them, opens the vote, opens it again after a restart. What it means for
 * the escalation is for {@link Escalation} to say, to which it belongs.
 */
final class Council {
    private static final int PAUSE_GROWTH = 6;

    private final Pace pace;
    private final Out out;
    private final Parties parties;
    private final Map<String, Callee> guardians = new LinkedHashMap<>();
    private long gatheredNanos = Due.NEVER;
    private @Nullable Ballot ballot;
    private @Nullable Instant votingEnds;
    private long ownEndNanos = Due.NEVER; // of the council, whatever the message's deadline says
    private long endsNanos = Due.NEVER; // whichever comes first
    private @Nullable Voting voting; // while it is open

    Council(Pace pace, Out out, Parties parties) {
        this.pace = pace;
        this.out = out;
        this.parties = parties;
    }

    /** As it stood; {@link #resume} opens the vote again. */
    void restore(Kept kept, CouncilRules rules) {
        if (kept.votingEnds().isEmpty()) return;
        Ballot box = new Ballot(rules.quorum(), rules.decide(), kept.eligible());
        kept.votes().forEach(box::cast);
        ballot = box;
        votingEnds = kept.votingEnds().get();
    }

    Optional<Ballot> ballot() { return Optional.ofNullable(ballot); }

    Optional<Instant> votingEnds() { return Optional.ofNullable(votingEnds); }

    Optional<Voting> voting() { return Optional.ofNullable(voting); }

    /** Ids of the guardians who have been called. */
    List<String> summoned() { return List.copyOf(guardians.keySet()); }

    // --- calling them together -------------------------------------------------------------------------------------------------------

    /** Calls all of the roster who have not been called. */
    void summon(long nowNanos) {
        for (Guardian guardian : out.guardians()) {
            if (guardians.containsKey(guardian.id())) continue;
            Callee callee = Callee.of(guardian, pace.guardianRing());
            guardians.put(guardian.id(), callee);
            parties.call(callee, nowNanos);
        }
    }

    /** From now on they may take so long to gather. */
    void gather(CouncilRules rules, long nowNanos) {
        gatheredNanos = nowNanos + rules.gather().toNanos();
        summon(nowNanos);
    }

    /** Nobody is waited for any more. */
    void disperse() { gatheredNanos = Due.NEVER; }

    /** One is on the bridge, or the time to gather is over. */
    boolean gathered(long nowNanos) {
        return Due.passed(gatheredNanos, nowNanos) || parties.guardiansOnTheBridge().findAny().isPresent();
    }

    long gatheredNanos() { return gatheredNanos; }

    boolean onBridge(String guardian) { return parties.guardiansOnTheBridge().anyMatch(party -> party.callee.name.equals(guardian)); }

    /** A guardian who calls in, and perhaps was never called. */
    Callee caller(Guardian guardian) {
        return guardians.computeIfAbsent(guardian.id(), id -> Callee.of(guardian, pace.guardianRing()));
    }

    /** A guardian's call came to nothing; guardians are called until voting ends. */
    void failed(Callee guardian, Optional<Duration> again, long nowNanos) {
        long pauseNanos = pace.guardianPause().toNanos() * Math.min(guardian.attempts, PAUSE_GROWTH);
        if (again.isPresent() && !guardian.spent) guardian.callAgainNanos = nowNanos + Math.max(pauseNanos, again.get().toNanos());
        else guardian.giveUp();
    }

    Stream<Callee> callees() { return List.copyOf(guardians.values()).stream(); }

    // --- the vote --------------------------------------------------------------------------------------------------------------------

    /** Puts up the ballot; gives the payload of the entry of IN_COUNCIL. {@link #open} follows. */
    ObjectNode convene(CouncilRules rules, Anchor anchor, long expiresNanos, long nowNanos) {
        List<String> eligible = out.guardians().stream().map(Guardian::id).sorted().toList();
        Ballot box = new Ballot(rules.quorum(), rules.decide(), eligible);
        ballot = box;
        gatheredNanos = Due.NEVER;
        ownEndNanos = nowNanos + rules.deadline().toNanos();
        end(anchor, expiresNanos);
        return terms(box);
    }

    private void end(Anchor anchor, long expiresNanos) {
        endsNanos = Due.earlier(ownEndNanos, expiresNanos);
        votingEnds = anchor.wallAt(endsNanos);
    }

    /** The wall clock has jumped, and the message's deadline with it. */
    void follow(Anchor anchor, long expiresNanos) {
        if (voting == null) return;
        end(anchor, expiresNanos);
        voting.follow(anchor, endsNanos);
    }

    private ObjectNode terms(Ballot box) {
        return Payload.of("eligible", box.eligible(), "quorum", box.quorum(), "deadline", votingEnds().map(Rfc3339::format));
    }

    /** Opens the vote and tells those who are there; calls the others. */
    void open(Anchor anchor, Optional<String> expert, long nowNanos) {
        Ballot box = ballot;
        if (box == null) return;
        ObjectNode terms = terms(box);
        expert.ifPresent(known -> terms.put("expert", known));
        out.noted(EventType.COUNCIL_OPENED, terms);
        voting = new Voting(box, pace, anchor, out, endsNanos, nowNanos);
        for (Party party : parties.all()) {
            if (party.phase != Party.Phase.JOINED || party.joinedNanos == nowNanos && !party.expert()) continue; // who joins now hears it with the summary
            if (party.expert()) out.hush(party.leg);
            out.say(party.leg, party.expert() ? Phrase.TALK : Phrase.OPEN);
        }
        summon(nowNanos);
    }

    /** Opens the vote again after a restart; the votes stand (CONTRACT §8). False when it is too late for that. */
    boolean resume(Anchor anchor, long nowNanos) {
        Ballot box = ballot;
        Instant ends = votingEnds;
        if (box == null || ends == null || Due.passed(anchor.nanosAt(ends), nowNanos)) return false;
        ownEndNanos = anchor.nanosAt(ends);
        endsNanos = ownEndNanos;
        voting = new Voting(box, pace, anchor, out, endsNanos, nowNanos);
        out.noted(EventType.COUNCIL_RESUMED, Payload.of("eligible", box.eligible(), "votes", box.votes().size()));
        return true;
    }

    void onDigit(Party guardian, char digit, long nowNanos) {
        if (voting == null || nowNanos - guardian.joinedNanos < pace.deafAfterJoining().toNanos()) return;
        voting.digit(guardian.callee.name, digit, nowNanos).ifPresent(taken -> {
            out.hush(guardian.leg);
            out.say(guardian.leg, taken);
        });
    }

    /** No vote is taken any more. */
    void close() { voting = null; }
}
