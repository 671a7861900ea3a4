package org.infrafabric.witness;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.infrafabric.store.DataDirectoryInUse;
import org.infrafabric.store.SqliteStore;

/** A node that appends as fast as it can and says on stdout what is durable, until somebody kills it. For {@link CrashTest}. */
final class AppendUntilKilled {
    private static final int IN_FLIGHT = 64;

    private AppendUntilKilled() {}

    public static void main(String[] arguments) throws Exception {
        try (SqliteStore store = SqliteStore.open(Path.of(arguments[0]).resolve("ifbus.db"))) {
            store.migrate("crash", List.of("CREATE TABLE states (seq INTEGER PRIMARY KEY, hash TEXT) STRICT"));
            WitnessLog log = WitnessLog.open(store, "node-1", Logs.BUS, InstantSource.system());
            var free = new java.util.concurrent.Semaphore(IN_FLIGHT);
            while (!Thread.interrupted()) {
                free.acquire();
                Draft draft = new Draft(EventType.RECEIVED, Logs.TRACE, Logs.payload().put("escalation", "esc"),
                        Map.of("request", new Draft.Blob("text/plain", new byte[300])));
                Change change = new Change(List.of(draft), (tx, sealed) -> tx.execute("INSERT INTO states VALUES (?, ?)", sealed.getFirst().seq(),
                        sealed.getFirst().hash()));
                var unused = log.append(change).whenComplete((sealed, failure) -> {
                    free.release();
                    if (failure != null) System.out.println("failed " + failure);
                    else System.out.println("durable " + sealed.getFirst().seq() + " " + sealed.getFirst().hash());
                });
            }
        } catch (DataDirectoryInUse e) {
            System.out.println("in use: " + e.getMessage());
        }
    }
}
