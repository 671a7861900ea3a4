package org.infrafabric.server;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.infrafabric.guard.Approvals;
import org.infrafabric.guard.Counters;
import org.infrafabric.guard.Guard;
import org.infrafabric.guard.InvalidFile;
import org.infrafabric.guard.Problem;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.store.Transaction;
import org.infrafabric.witness.Entry;
import org.infrafabric.witness.WitnessReader;

/**
 * Which policy and roster were in force last, and who had to approve others: so that a restart is no way around an approval. It keeps where their entries stand;
 * the log holds them whole.
 */
final class LastInForce {
    private static final String ROOM = "guard-approvals";
    private static final List<String> STEPS = List.of(
            "CREATE TABLE guard_approved (hash TEXT PRIMARY KEY) STRICT",
            "DROP TABLE guard_approved",
            // one row; need is 0 where nobody had to approve anything
            "CREATE TABLE guard_in_force (policy INTEGER NOT NULL, roster INTEGER NOT NULL, approved INTEGER NOT NULL, need INTEGER NOT NULL, "
                    + "within TEXT NOT NULL) STRICT",
            "CREATE TABLE guard_approvers (place INTEGER PRIMARY KEY, operator TEXT NOT NULL) STRICT",
            "CREATE TABLE guard_access (secret BLOB NOT NULL) STRICT"); // one row

    /**
     * What was in force.
     *
     * @param approved by as many as had to
     * @param demand who had to approve what came after it
     */
    record Kept(long policySeq, long rosterSeq, boolean approved, Optional<Approvals.Demand> demand) {}

    private final SqliteStore store;

    LastInForce(SqliteStore store) {
        this.store = store;
        store.migrate(ROOM, STEPS);
    }

    /** @param sealed the entries that tell of it, policy and roster the last two */
    static void keep(Transaction tx, List<Entry> sealed, boolean approved, Optional<Approvals.Demand> demand) {
        for (String table : List.of("guard_in_force", "guard_approvers")) tx.execute("DELETE FROM " + table);
        tx.execute("INSERT INTO guard_in_force (policy, roster, approved, need, within) VALUES (?, ?, ?, ?, ?)", sealed.get(sealed.size() - 2).seq(),
                sealed.getLast().seq(), approved ? 1L : 0L, (long) demand.map(Approvals.Demand::need).orElse(0),
                demand.map(Approvals.Demand::within).orElse(Duration.ZERO).toString());
        for (String operator : demand.map(Approvals.Demand::of).orElse(List.of()))
            tx.execute("INSERT INTO guard_approvers (operator) VALUES (?)", operator);
    }

    /** Empty in a directory where no guard has been in force. */
    Optional<Kept> read() {
        return store.read(tx -> {
            List<String> of = tx.query("SELECT operator FROM guard_approvers ORDER BY place", row -> row.text(0));
            return tx.first("SELECT policy, roster, approved, need, within FROM guard_in_force",
                    row -> new Kept(row.number(0), row.number(1), row.number(2) == 1, row.number(3) == 0 ? Optional.empty()
                            : Optional.of(new Approvals.Demand((int) row.number(3), of, Duration.parse(row.text(4))))));
        });
    }

    /** What {@link Tokens#accessHash} goes by in this data directory; made once. */
    byte[] accessSecret() {
        return store.write(tx -> tx.first("SELECT secret FROM guard_access", row -> row.bytes(0)).orElseGet(() -> {
            byte[] secret = new byte[32];
            new SecureRandom().nextBytes(secret);
            tx.execute("INSERT INTO guard_access (secret) VALUES (?)", secret);
            return secret;
        })).join();
    }

    /** What the log says of tokens and edges; empty where it says nothing. */
    Optional<String> accessHash(Kept kept) {
        return new WitnessReader(store).entry(kept.rosterSeq).map(roster -> roster.payload().path("accessHash").asString(""))
                .filter(hash -> !hash.isEmpty());
    }

    /** The guard itself, from the log. Throws {@link InvalidFile} when the log does not have it any more. */
    Guard guard(Kept kept, Counters counters) {
        WitnessReader log = new WitnessReader(store);
        Optional<Entry> policy = log.entry(kept.policySeq), roster = log.entry(kept.rosterSeq);
        String name = "log entry " + kept.policySeq;
        if (policy.isEmpty() || roster.isEmpty())
            throw new InvalidFile(new Problem(name, 1, "", "the log does not hold the policy that was approved last", "run ifbus witness verify"));
        return Guard.ofEntries(name, policy.get().payload(), roster.get().payload(), counters);
    }
}
