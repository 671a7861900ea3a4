package org.infrafabric.guard;

import java.time.Duration;
import java.util.Optional;

/**
 * How the council votes (CONTRACT §3).
 *
 * @param quorum votes needed, abstentions counted; 0 = no council, the accepted expert decides
 * @param deadline from the beginning of IN_COUNCIL
 * @param gather how long to wait for the expert and the first guardian before voting opens all the same
 * @param ringEarly guardians ring with the first rung, not after an expert has accepted
 * @param withoutExpert the council meets even when no expert was reached
 * @param decide what an approval needs beside the majority; never with a quorum of 0
 */
public record CouncilRules(int quorum, Duration deadline, Duration gather, boolean ringEarly, boolean withoutExpert, Optional<Approval> decide) {
    public CouncilRules(int quorum, Duration deadline, Duration gather, boolean ringEarly, boolean withoutExpert) {
        this(quorum, deadline, gather, ringEarly, withoutExpert, Optional.empty());
    }
}
