package org.infrafabric.escalate;

import org.infrafabric.message.Decision;
import org.infrafabric.message.Rfc3339;
import org.infrafabric.witness.Entry;

/** Makes the one signed message of an escalation's end (CONTRACT §3). Any thread. */
final class Decisions {
    private Decisions() {}

    /** @param entry of that end, which the decision names */
    static String signed(DeskParts parts, Matter matter, int level, Verdict verdict, Entry entry) {
        Decision decision = new Decision(matter.id(), matter.requestSha256(), Decision.Verdict.of(verdict.decision()), verdict.conditions(),
                verdict.reason(),
                verdict.votes().stream().map(vote -> new Decision.Vote(vote.guardian(), Words.of(vote.choice()), vote.time())).toList(),
                verdict.quorum(), matter.policyHash(), new Decision.WitnessEntry(entry.seq(), entry.hash()));
        return decision.signed(parts.settings().busUri(), matter.source(), matter.traceId(), level, Rfc3339.parse(entry.time()), parts.key().get())
                .toString();
    }
}
