package org.infrafabric.call;

import java.util.List;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.store.Transaction;

/** What is kept of the legs that operators have called, so that a later life can end them (CONTRACT §8). */
final class CallRows {
    private static final List<String> STEPS = List
            .of("CREATE TABLE call_legs (leg TEXT PRIMARY KEY, home TEXT NOT NULL, token TEXT NOT NULL) STRICT");

    private CallRows() {}

    /** @param home the call, or the conference, that the leg belongs to */
    record Kept(String leg, String home, String token) {}

    /** Makes the tables ready. Blocks. */
    static void prepare(SqliteStore store) { store.migrate("call", STEPS); }

    static void keep(Transaction tx, Kept kept) {
        tx.execute(
                "INSERT INTO call_legs (leg, home, token) VALUES (?, ?, ?) ON CONFLICT (leg) DO UPDATE SET home = excluded.home, token = excluded.token",
                kept.leg, kept.home, kept.token);
    }

    static void drop(Transaction tx, String leg) { tx.execute("DELETE FROM call_legs WHERE leg = ?", leg); }

    /** May block. */
    static List<Kept> all(SqliteStore store) {
        return store.read(tx -> tx.query("SELECT leg, home, token FROM call_legs ORDER BY rowid",
                row -> new Kept(row.text(0), row.text(1), row.text(2))));
    }
}
