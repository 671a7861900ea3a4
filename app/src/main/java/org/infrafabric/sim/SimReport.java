package org.infrafabric.sim;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What came of a simulation.
 *
 * @param ends how many escalations ended in which state
 * @param refused how many messages were refused with which code
 * @param legs calls that were dialled or taken
 * @param simulated how much time passed in the worlds
 * @param hash over the heads of all logs: the same seed gives the same
 * @param violations of what DESIGN §5 promises, in words; empty when all held
 */
public record SimReport(SimSettings settings, Map<String, Integer> ends, Map<String, Integer> refused, long entries, long legs, int restarts,
        int clockJumps, long callbackPosts, Duration simulated, String hash, List<String> violations) {}
