package org.infrafabric.escalate;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What of an escalation outlives its process: all that cannot be asked again. Legs do not; those of a former life are ended (CONTRACT §8).
 *
 * @param legs the last leg number given out, so that none is used twice
 * @param withoutExpert all rungs were spent and the council meets all the same
 * @param eligible who may vote; only when voting was opened
 * @param votingEnds wall time, since nanoseconds mean nothing to the next process
 */
record Kept(State state, Optional<Plan> plan, int rung, int loop, int legs, boolean withoutExpert, Optional<String> expert, List<String> eligible,
        List<Ballot.Cast> votes, Optional<Instant> votingEnds) {}
