package org.infrafabric.cli;

import java.io.IOException;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.witness.Checkpoint;
import org.infrafabric.witness.WitnessReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code witness checkpoint}: what the log has come to, signed, for others to hold it to. */
@Command(name = "checkpoint", mixinStandardHelpOptions = true,
        description = "Print a checkpoint of the log (C2SP tlog-checkpoint): keep it elsewhere.")
final class CheckpointCommand implements Callable<Integer> {
    @Option(names = "--cosigned", description = "The newest that witnesses have cosigned, not the newest of all.") private boolean cosigned;

    @Mixin private LogOption data = new LogOption();
    @Mixin private Output output = new Output();

    @Override
    public Integer call() throws IOException {
        try (SqliteStore store = data.readOnly()) {
            WitnessReader reader = new WitnessReader(store);
            Checkpoint checkpoint = cosigned
                    ? reader.keptCheckpoint(1).orElseThrow(() -> new IllegalArgumentException("no witness has cosigned a checkpoint of this log"))
                    : NodeCheckpoint.covering(reader.count(), reader, data.data().busKey());
            output.result(Output.object().put("origin", checkpoint.origin()).put("size", checkpoint.size())
                    .put("root", HexFormat.of().formatHex(checkpoint.root())).put("note", checkpoint.note().toString()),
                    checkpoint.note().toString().stripTrailing());
        }
        return ExitCode.DONE;
    }
}
