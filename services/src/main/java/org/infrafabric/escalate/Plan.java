package org.infrafabric.escalate;

import java.util.List;
import org.infrafabric.guard.CouncilRules;
import org.infrafabric.guard.Expert;

/**
 * Whom the guard allows to be called, and how the council votes.
 *
 * @param rungs tried in order; all experts of one rung ring together
 */
record Plan(List<List<Expert>> rungs, CouncilRules rules) {}
