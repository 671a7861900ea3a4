package org.infrafabric.store;

import java.util.List;

/** Which room's tables stand at which step. */
final class Migrations {
    private Migrations() {}

    static void prepare(Database database) {
        database.begin();
        database.execute(
                "CREATE TABLE IF NOT EXISTS store_rooms (room TEXT PRIMARY KEY, step INTEGER NOT NULL, probes INTEGER NOT NULL DEFAULT 0) STRICT");
        database.execute("INSERT OR IGNORE INTO store_rooms (room, step) VALUES ('store', 1)");
        database.commit();
    }

    /** Gives the number of steps that were new. */
    static int run(Transaction tx, String room, List<String> steps) {
        int done = tx.first("SELECT step FROM store_rooms WHERE room = ?", row -> (int) row.number(0), room).orElse(0);
        if (done > steps.size()) {
            throw new StoreFailure(
                    "the data directory was written by a later version: " + room + " is at step " + done + ", this version knows " + steps.size());
        }
        for (String step : steps.subList(done, steps.size())) tx.execute(step);
        tx.execute("INSERT INTO store_rooms (room, step) VALUES (?, ?) ON CONFLICT (room) DO UPDATE SET step = excluded.step", room,
                (long) steps.size());
        return steps.size() - done;
    }
}
