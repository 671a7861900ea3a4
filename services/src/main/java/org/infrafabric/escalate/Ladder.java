package org.infrafabric.escalate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.infrafabric.guard.Expert;

/** The rungs of experts: calls those whose turn it is, counts how often that was tried and how often the whole ladder was gone through. Belongs to its escalation. */
final class Ladder {
    private final RungRules rules;
    private final Parties parties;
    private List<List<Expert>> rungs = List.of(); // the last rung, if there is one, at the end
    private boolean lastRung;
    private List<Callee> experts = List.of(); // of this rung
    private int rung; // from 1; 0 before ringing
    private int loop = 1;
    private long endsNanos = Due.NEVER; // of this rung

    Ladder(RungRules rules, Parties parties) {
        this.rules = rules;
        this.parties = parties;
    }

    void plan(Plan plan) {
        Predicate<Expert> last = expert -> rules.last().contains(expert.uri());
        List<List<Expert>> ordinary = new ArrayList<>(plan.rungs().stream().map(on -> on.stream().filter(last.negate()).toList())
                .filter(on -> !on.isEmpty()).toList());
        List<Expert> atLast = plan.rungs().stream().flatMap(List::stream).filter(last).toList();
        lastRung = !atLast.isEmpty();
        if (lastRung) ordinary.add(atLast);
        rungs = ordinary;
    }

    /** Where a former life stood. */
    void restore(int atRung, int inLoop) {
        rung = atRung;
        loop = inLoop;
    }

    int rung() { return rung; }

    int loop() { return loop; }

    long endsNanos() { return endsNanos; }

    /** Whether there is anybody on any rung. */
    boolean anybody() { return !rungs.isEmpty(); }

    /** The rung that follows this one, once it is spent; 0 when there is none. Counts the loops. */
    int following() {
        int ordinary = rungs.size() - (lastRung ? 1 : 0);
        if (rung < ordinary) return rung + 1;
        if (rung == ordinary && ordinary > 0 && loop < rules.loops()) {
            loop++;
            return 1;
        }
        return rung < rungs.size() ? rung + 1 : 0;
    }

    boolean has(int number) { return number >= 1 && number <= rungs.size(); }

    void stepOn(int number, long nowNanos) {
        rung = number;
        endsNanos = nowNanos + rules.deadline().toNanos();
        experts = rungs.get(number - 1).stream().map(Callee::of).toList();
    }

    List<Callee> experts() { return experts; }

    /** Calls those of this rung whose turn it is. */
    void call(long nowNanos) { turn().forEach(expert -> parties.call(expert, nowNanos)); }

    /** Those of this rung whose turn to be called has come, and who have not been. */
    private List<Callee> turn() {
        List<Callee> waiting = experts.stream().filter(expert -> expert.attempts == 0 && !expert.spent && expert.leg == 0).toList();
        if (rules.mode() == RungRules.Mode.PARALLEL || waiting.isEmpty()) return waiting;
        boolean busy = experts.stream().anyMatch(expert -> !expert.done() && !waiting.contains(expert));
        return busy ? List.of() : waiting.subList(0, 1);
    }

    /** All of this rung have been tried as often as it makes sense. */
    boolean spent() { return experts.stream().allMatch(Callee::done); }

    /** This rung's time is over: nobody of it is called again, whose phone still rings is given up; who is being asked may still answer. */
    void close(long nowNanos) {
        endsNanos = Due.NEVER;
        experts.forEach(Callee::giveUp);
        for (Party party : parties.all()) {
            if (!party.expert() || party.phase != Party.Phase.CALLING) continue;
            party.unanswered = true;
            parties.drop(party, "no answer", nowNanos);
        }
    }

    /** Somebody has the case: the others are told so and not called again. */
    void taken(Party by, long nowNanos) {
        endsNanos = Due.NEVER;
        for (Callee other : experts) if (other != by.callee) other.giveUp();
        for (Party other : parties.all()) {
            if (other == by || !other.expert()) continue;
            if (other.phase == Party.Phase.CALLING || other.phase == Party.Phase.EXTENSION) parties.drop(other, "answered elsewhere", nowNanos);
            else if (other.phase == Party.Phase.ASKED) parties.dismiss(other, Phrase.TAKEN, nowNanos);
        }
    }

    /** The one who had accepted, to be called again after a restart. */
    void recall(String uri) {
        experts = rungs.stream().flatMap(List::stream).filter(known -> known.uri().equals(uri)).findFirst().map(Callee::of).map(List::of)
                .orElse(List.of());
    }

    /** An expert who calls by itself, and so need not be called. */
    Callee caller(Expert expert) {
        return experts.stream().filter(known -> known.name.equals(expert.uri())).findFirst().orElseGet(() -> {
            Callee late = Callee.of(expert);
            late.giveUp();
            List<Callee> longer = new ArrayList<>(experts);
            longer.add(late);
            experts = List.copyOf(longer);
            return late;
        });
    }

    /** A call came to nothing; experts are tried a bounded number of times, while their rung lasts. {@code wanted}: an expert is of use now. */
    void failed(Callee expert, Optional<Duration> again, boolean wanted, long nowNanos) {
        long dueNanos = nowNanos + Math.max(rules.pause().toNanos(), again.orElse(Duration.ZERO).toNanos());
        boolean inTime = endsNanos == Due.NEVER || dueNanos - endsNanos < 0;
        if (again.isPresent() && wanted && inTime && !expert.spent && expert.attempts < rules.attempts()) expert.callAgainNanos = dueNanos;
        else expert.giveUp();
    }
}
