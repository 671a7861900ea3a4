package org.infrafabric.server;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.infrafabric.witness.Entry;

/** Which entries of the log a token may see: people all of them, an agent those whose payload names an escalation of its own. One stream's; not shared. */
interface Visible extends Predicate<Entry> {
    static Visible all() { return entry -> true; }

    /** Those that name one escalation. */
    static Visible of(String escalation) { return entry -> entry.escalation().equals(Optional.of(escalation)); }

    /** Those that name any escalation for which {@code own} holds; asked once for each. */
    static Visible naming(Predicate<String> own) {
        Map<String, Boolean> asked = new LinkedHashMap<>() {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) { return size() > 1_000; }
        };
        return entry -> entry.escalation().filter(id -> asked.computeIfAbsent(id, own::test)).isPresent();
    }
}
