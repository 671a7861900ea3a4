package org.infrafabric.escalate;

import java.util.Optional;
import org.infrafabric.store.SqliteStore;

/** The escalations that a store holds, for those who only read it: beside the bus that writes it, or after it. */
public final class KeptEscalations {
    private KeptEscalations() {}

    /** As it stood when it was last written. */
    public static Optional<EscalationView> find(SqliteStore store, String id) {
        return EscalationRows.view(store, "WHERE id = ?", id);
    }

    /** The one that was received last. */
    public static Optional<EscalationView> newest(SqliteStore store) {
        return EscalationRows.view(store, "ORDER BY first_seq DESC LIMIT 1");
    }
}
