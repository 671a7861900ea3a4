package org.infrafabric.escalate;

import java.util.ArrayList;
import java.util.List;
import org.infrafabric.guard.Accept;
import org.infrafabric.guard.CouncilRules;
import org.infrafabric.guard.Expert;
import org.infrafabric.guard.Guardian;

/**
 * Whom the guard allows to be called, and how the council votes.
 *
 * @param rungs tried in order; all experts of one rung ring together
 */
record Plan(List<List<Expert>> rungs, CouncilRules rules) {
    /** What will be said of the case in this state and soon after, the nearest first; what nobody will hear is not rendered. */
    List<Phrase> foreseen(State state, List<Guardian> guardians) {
        List<Phrase> soon = new ArrayList<>();
        boolean calling = state == State.JUDGED || state == State.RINGING;
        if (calling && rungs.stream().flatMap(List::stream).anyMatch(expert -> expert.accept() == Accept.DTMF)) soon.add(Phrase.ACCEPT);
        if (calling) soon.add(Phrase.BRIEFING);
        boolean gathering = calling ? rules.ringEarly() || rules.withoutExpert() : state == State.ACCEPTED || state == State.IN_COUNCIL;
        if (rules.quorum() == 0 || !gathering) return soon;
        if (guardians.stream().anyMatch(guardian -> guardian.accept() == Accept.DTMF)) soon.add(Phrase.JOIN);
        if (state != State.IN_COUNCIL) soon.add(Phrase.SUMMARY);
        soon.add(Phrase.LATE_SUMMARY);
        return soon;
    }
}
