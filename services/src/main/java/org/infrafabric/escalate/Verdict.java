package org.infrafabric.escalate;

import java.util.List;

/**
 * How an escalation ends, before it is signed.
 *
 * @param decision one of CONTRACT §3's: approve, approve-with-conditions, reject, hold, not-required, denied, cancelled
 * @param reason for people
 * @param votes those that stood at the end
 */
record Verdict(String decision, List<String> conditions, String reason, List<Ballot.Cast> votes, int quorum) {
    static Verdict without(String decision, String reason) { return new Verdict(decision, List.of(), reason, List.of(), 0); }
}
