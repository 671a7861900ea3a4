package org.infrafabric.guard;

/**
 * What the guard is told beside policy and roster.
 *
 * @param council how a council votes where no rule says otherwise
 * @param requireSignatures false lets agents without a key go unsigned; an agent that has a key signs always
 * @param callsPerMinute to one expert in any 60 seconds, 1 to 1000
 */
public record GuardSettings(CouncilRules council, boolean requireSignatures, int callsPerMinute) {
    public GuardSettings {
        if (callsPerMinute < 1 || callsPerMinute > 1000)
            throw new IllegalArgumentException("callsPerMinute must be from 1 to 1000, not " + callsPerMinute);
    }
}
