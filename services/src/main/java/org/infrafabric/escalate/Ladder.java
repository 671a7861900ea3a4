package org.infrafabric.escalate;

import java.util.ArrayList;
import java.util.List;
import org.infrafabric.guard.Expert;

/** The rungs of experts: who is to be called now, how often that was tried, how often the whole ladder was gone through. Belongs to its escalation. */
final class Ladder {
    private final Pace pace;
    private List<List<Expert>> rungs = List.of();
    private List<Callee> experts = List.of(); // of this rung
    private int rung; // from 1; 0 before ringing
    private int loop = 1;

    Ladder(Pace pace) { this.pace = pace; }

    void plan(Plan plan) { rungs = plan.rungs(); }

    /** Where a former life stood. */
    void restore(int atRung, int inLoop) {
        rung = atRung;
        loop = inLoop;
    }

    int rung() { return rung; }

    int loop() { return loop; }

    boolean has(int number) { return number <= rungs.size(); }

    /** Whether there is anybody on any rung. */
    boolean anybody() { return rungs.stream().anyMatch(on -> !on.isEmpty()); }

    /** Once more from the first rung; false when it was gone through often enough. */
    boolean again() {
        if (!anybody() || loop >= pace.loops()) return false;
        loop++;
        return true;
    }

    void stepOn(int number) {
        rung = number;
        experts = rungs.get(number - 1).stream().map(Callee::of).toList();
    }

    List<Callee> experts() { return experts; }

    /** All of this rung have been tried as often as it makes sense. */
    boolean spent() { return experts.stream().allMatch(Callee::done); }

    /** Somebody has the case: the others need not be called again. */
    void taken(Callee by) {
        for (Callee other : experts) if (other != by) other.giveUp();
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

    /** A call came to nothing; experts are tried a bounded number of times. {@code wanted}: an expert is of use now. */
    void failed(Callee expert, boolean again, boolean wanted, long nowNanos) {
        if (again && wanted && !expert.spent && expert.attempts < pace.attempts()) expert.callAgainNanos = nowNanos + pace.retryPause().toNanos();
        else expert.giveUp();
    }
}
