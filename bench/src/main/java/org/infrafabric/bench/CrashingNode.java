package org.infrafabric.bench;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import org.infrafabric.message.SigningKey;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.witness.Change;
import org.infrafabric.witness.Checkpoint;
import org.infrafabric.witness.Draft;
import org.infrafabric.witness.EventType;
import org.infrafabric.witness.WitnessLog;
import tools.jackson.databind.json.JsonMapper;

/**
 * A node that appends as fast as it can and says on stdout what is durable, until somebody kills it. Entry, state and blob
 * go into one transaction, as those of an escalation do.
 */
public final class CrashingNode {
    private static final int IN_FLIGHT = 64;
    private static final int CHECKPOINT_EACH = 50;
    private static final long PAUSE_NANOS = 5_000_000;      // after a failure: the disk needs no drumming

    private CrashingNode() {}

    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        try (SqliteStore store = SqliteStore.open(directory.resolve("ifbus.db"))) {
            store.migrate("crash", List.of("CREATE TABLE states (seq INTEGER PRIMARY KEY, hash TEXT) STRICT"));
            WitnessLog log = WitnessLog.open(store, "node-1", SigningKey.read(directory.resolve("bus.key")), InstantSource.system());
            System.out.println("open " + log.reader().count());
            Semaphore free = new Semaphore(IN_FLIGHT);
            while (!Thread.interrupted()) {
                free.acquire();
                var unused = log.append(change()).whenComplete((sealed, failure) -> {
                    if (failure != null) {
                        System.out.println("failed " + failure.getMessage());
                        LockSupport.parkNanos(PAUSE_NANOS);
                    } else {
                        System.out.println("durable " + sealed.getFirst().seq() + " " + sealed.getFirst().hash());
                        if (sealed.getFirst().seq() % CHECKPOINT_EACH == 0) System.out.println(told(log.checkpoint()));
                    }
                    free.release();
                });
            }
        }
    }

    private static Change change() {
        Draft draft = new Draft(EventType.RECEIVED, "0af7651916cd43dd8448eb211c80319c",
                JsonMapper.shared().createObjectNode().put("escalation", "esc"),
                Map.of("request", new Draft.Blob("text/plain", new byte[300])));
        return new Change(List.of(draft),
                (tx, sealed) -> tx.execute("INSERT INTO states VALUES (?, ?)", sealed.getFirst().seq(), sealed.getFirst().hash()));
    }

    private static String told(Checkpoint checkpoint) {
        return "checkpoint " + checkpoint.size() + " " + HexFormat.of().formatHex(checkpoint.root());
    }
}
