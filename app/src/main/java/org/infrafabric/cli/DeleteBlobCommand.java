package org.infrafabric.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.NoSuchElementException;
import java.util.concurrent.Callable;
import org.infrafabric.escalate.KeptWords;
import org.infrafabric.server.BusKey;
import org.infrafabric.server.LogKeeper;
import org.infrafabric.store.DataDirectoryInUse;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.witness.WitnessLog;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code witness delete-blob}: when a person's data has to go. */
@Command(name = "delete-blob", mixinStandardHelpOptions = true,
        description = "Delete the bytes and the salt of a blob; the log stays whole, and an entry says so. Works beside a running bus and without one.")
final class DeleteBlobCommand implements Callable<Integer> {
    @Parameters(paramLabel = "ID", description = "The blob's id, as its entry says.") private String id = "";

    @Option(names = "--reason", paramLabel = "TEXT", defaultValue = "asked for",
            description = "For those who read the log later (default: asked for).") private String reason = "";

    @Mixin private LogOption data = new LogOption();
    @Mixin private OperatorCall bus = new OperatorCall();
    @Mixin private Output output = new Output();

    @Override
    public Integer call() throws Exception {
        JsonNode entry;
        try (SqliteStore store = SqliteStore.open(data.database());
                WitnessLog log = WitnessLog.open(store, KeyCommand.name(store, data), BusKey.open(data.data().busKey(), store), Clock.systemUTC())) {
            entry = Output.JSON.readTree(LogKeeper.of(log, data.data().busKey()).deleteBlob(id, reason).json());
        } catch (NoSuchElementException | KeptWords.StillRuns none) {
            throw new IllegalArgumentException(String.valueOf(none.getMessage()), none);
        } catch (DataDirectoryInUse running) {
            entry = bus.send("DELETE", "/v1/witness/blobs/" + Operator.part(id) + "?reason=" + URLEncoder.encode(reason, StandardCharsets.UTF_8),
                    data);
        }
        output.result(entry, "deleted: entry " + entry.path("seq").asLong(0) + " says so");
        return ExitCode.DONE;
    }
}
