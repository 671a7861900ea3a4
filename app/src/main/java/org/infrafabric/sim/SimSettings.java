package org.infrafabric.sim;

import java.util.Set;

/**
 * @param seed the same seed gives the same log
 * @param escalations how many messages are sent, over as many worlds as that takes
 * @param faults what may go wrong
 */
public record SimSettings(long seed, int escalations, Set<Fault> faults) {
    public SimSettings {
        if (escalations < 1) throw new IllegalArgumentException("there must be at least one escalation");
        faults = Set.copyOf(faults);
    }
}
