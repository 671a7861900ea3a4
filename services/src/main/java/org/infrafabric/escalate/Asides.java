package org.infrafabric.escalate;

import java.util.Optional;
import org.infrafabric.witness.Change;
import org.infrafabric.witness.Draft;
import org.infrafabric.witness.EventType;
import org.infrafabric.witness.Witness;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/** Entries that belong to no running escalation and carry no state: nothing waits for them, and one that is lost is told of and let go. */
final class Asides {
    private static final Logger LOG = LoggerFactory.getLogger(Asides.class);
    private static final String NO_TRACE = "0".repeat(32);

    private final Witness witness;

    Asides(Witness witness) { this.witness = witness; }

    void note(EventType type, Optional<String> trace, ObjectNode payload) {
        var unused = witness.append(Change.of(new Draft(type, trace.orElse(NO_TRACE), payload))).whenComplete((entries, failure) -> {
            if (failure != null) LOG.warn("{} could not be written to the log: {}", type.event(), failure.toString());
        });
    }
}
