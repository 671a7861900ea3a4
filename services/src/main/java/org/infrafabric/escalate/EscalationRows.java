package org.infrafabric.escalate;

import java.util.List;
import java.util.Optional;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.store.Transaction;

/** The escalations' tables. Writing happens inside the log's transactions; reading blocks, so it is for threads that may. */
final class EscalationRows {
    private static final List<String> STEPS = List.of(
            "CREATE TABLE escalations (id TEXT PRIMARY KEY, source TEXT NOT NULL, sha TEXT NOT NULL, trace TEXT NOT NULL, state TEXT NOT NULL,"
                    + " open INTEGER NOT NULL, first_seq INTEGER NOT NULL, first_hash TEXT NOT NULL, level INTEGER NOT NULL, matter TEXT NOT NULL,"
                    + " kept TEXT NOT NULL, view TEXT NOT NULL, decision TEXT) STRICT",
            "CREATE INDEX escalations_open ON escalations (open) WHERE open = 1", "CREATE INDEX escalations_first ON escalations (first_seq)",
            "CREATE INDEX escalations_source ON escalations (source, first_seq)",
            "CREATE TABLE escalation_legs (escalation TEXT NOT NULL, leg INTEGER NOT NULL, token TEXT NOT NULL, PRIMARY KEY (escalation, leg)) STRICT",
            "CREATE TABLE escalation_deliveries (escalation TEXT PRIMARY KEY, trace TEXT NOT NULL, callback TEXT NOT NULL, attempts INTEGER NOT NULL,"
                    + " first_millis INTEGER NOT NULL, next_millis INTEGER NOT NULL) STRICT");

    /** What tells a repetition from another message. */
    record Known(String source, String sha, EscalationView view) {}

    /** One to go on with after a restart. */
    record Open(Matter matter, Kept kept, EscalationView view, String firstHash, int level) {}

    record Delivery(String escalation, String trace, String callback, int attempts, long firstMillis, long nextMillis) {}

    private final SqliteStore store;

    EscalationRows(SqliteStore store) {
        this.store = store;
        store.migrate("escalate", STEPS);
    }

    // --- inside a transaction of the log ---------------------------------------------------------------------------------------------

    /** Fails when there is one of that id: it is unique on a bus. */
    static void insert(Transaction tx, Matter matter, int level, long firstSeq, String firstHash, Kept kept, EscalationView view) {
        tx.execute("INSERT INTO escalations (id, source, sha, trace, state, open, first_seq, first_hash, level, matter, kept, view)"
                + " VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?)", matter.id(), matter.source(), matter.requestSha256(), matter.traceId(),
                view.state(),
                firstSeq, firstHash, (long) level, Codec.write(matter), Codec.write(kept), Codec.write(view));
    }

    static void update(Transaction tx, String id, Kept kept, EscalationView view, boolean open) {
        tx.execute("UPDATE escalations SET state = ?, open = ?, kept = ?, view = ? WHERE id = ?", view.state(), open ? 1L : 0L, Codec.write(kept),
                Codec.write(view), id);
    }

    /** At most once for each escalation, whoever asks. */
    static void decide(Transaction tx, String id, String decision) {
        if (tx.execute("UPDATE escalations SET decision = ? WHERE id = ? AND decision IS NULL", decision, id) != 1) {
            throw new IllegalStateException("escalation " + id + " has a decision already");
        }
    }

    static void keepLeg(Transaction tx, String id, int leg, String token) {
        tx.execute("INSERT INTO escalation_legs (escalation, leg, token) VALUES (?, ?, ?)"
                + " ON CONFLICT (escalation, leg) DO UPDATE SET token = excluded.token", id, (long) leg, token);
    }

    static void dropLeg(Transaction tx, String id, int leg) {
        tx.execute("DELETE FROM escalation_legs WHERE escalation = ? AND leg = ?", id, (long) leg);
    }

    static void dropLegs(Transaction tx, String id) {
        tx.execute("DELETE FROM escalation_legs WHERE escalation = ?", id);
    }

    static void deliver(Transaction tx, Delivery delivery) {
        tx.execute("INSERT INTO escalation_deliveries (escalation, trace, callback, attempts, first_millis, next_millis) VALUES (?, ?, ?, ?, ?, ?)"
                + " ON CONFLICT (escalation) DO UPDATE SET attempts = excluded.attempts, next_millis = excluded.next_millis", delivery.escalation(),
                delivery.trace(), delivery.callback(), (long) delivery.attempts(), delivery.firstMillis(), delivery.nextMillis());
    }

    static void delivered(Transaction tx, String id) {
        tx.execute("DELETE FROM escalation_deliveries WHERE escalation = ?", id);
    }

    // --- reading ---------------------------------------------------------------------------------------------------------------------

    Optional<Known> known(String id) {
        return store.read(tx -> tx.first("SELECT source, sha, view FROM escalations WHERE id = ?",
                row -> new Known(row.text(0), row.text(1), Codec.read(row.text(2), EscalationView.class)), id));
    }

    /** The first that {@code which} finds, in a store that may have none of our tables. */
    static Optional<EscalationView> view(SqliteStore store, String which, String... arguments) {
        return store.read(tx -> there(tx) ? tx.first("SELECT view FROM escalations " + which, row -> Codec.read(row.text(0), EscalationView.class),
                (Object[]) arguments) : Optional.empty());
    }

    /** A log may stand alone. */
    static boolean there(Transaction tx) {
        return tx.first("SELECT 1 FROM sqlite_master WHERE name = 'escalations'", row -> true).isPresent();
    }

    List<EscalationView> newest(Optional<String> source, long before, int limit) {
        return store.read(tx -> source.isPresent()
                ? tx.query("SELECT view FROM escalations WHERE source = ? AND first_seq < ? ORDER BY first_seq DESC LIMIT ?",
                        row -> Codec.read(row.text(0), EscalationView.class), source.get(), before, (long) limit)
                : tx.query("SELECT view FROM escalations WHERE first_seq < ? ORDER BY first_seq DESC LIMIT ?",
                        row -> Codec.read(row.text(0), EscalationView.class), before, (long) limit));
    }

    List<Open> open() {
        return store.read(tx -> tx.query("SELECT matter, kept, view, first_hash, level FROM escalations WHERE open = 1 ORDER BY first_seq",
                row -> new Open(Codec.read(row.text(0), Matter.class), Codec.read(row.text(1), Kept.class),
                        Codec.read(row.text(2), EscalationView.class),
                        row.text(3), (int) row.number(4))));
    }

    List<String> legTokens(String id) {
        return store.read(tx -> tx.query("SELECT token FROM escalation_legs WHERE escalation = ? ORDER BY leg", row -> row.text(0), id));
    }

    List<Delivery> deliveries() {
        return store.read(tx -> tx.query("SELECT escalation, trace, callback, attempts, first_millis, next_millis FROM escalation_deliveries",
                row -> new Delivery(row.text(0), row.text(1), row.text(2), (int) row.number(3), row.number(4), row.number(5))));
    }

    Optional<String> decision(String id) {
        return store.read(tx -> tx.first("SELECT decision FROM escalations WHERE id = ? AND decision IS NOT NULL", row -> row.text(0), id));
    }
}
