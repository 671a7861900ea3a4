package org.infrafabric.cli;

import java.util.List;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.witness.Entry;
import org.infrafabric.witness.WitnessReader;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code witness …}: reads the log, also beside a running bus, and says whether it is whole. */
@Command(name = "witness", mixinStandardHelpOptions = true, description = "Read, prove, export and verify the tamper-evident log.",
        subcommands = {ExportCommand.class, VerifyCommand.class, ProveCommand.class, CheckpointCommand.class, WatchCommand.class,
            DeleteBlobCommand.class, CosignerCommand.class})
final class WitnessCommand {
    private static final int STEP = 1_000;

    @Command(mixinStandardHelpOptions = true, description = "List entries, oldest first.")
    int log(@Option(names = "--from", paramLabel = "SEQ", defaultValue = "1", description = "First entry wanted (default: 1).") long from,
            @Option(names = "--limit", paramLabel = "N", defaultValue = "9223372036854775807", showDefaultValue = CommandLine.Help.Visibility.NEVER,
                    description = "At most so many (default: all).") long limit,
            @Mixin LogOption data,
            @Mixin Output output) {
        if (from < 1 || limit < 1) throw new IllegalArgumentException("--from and --limit count from 1");
        try (SqliteStore store = data.readOnly()) {
            WitnessReader reader = new WitnessReader(store);
            long next = from, left = limit;
            while (left > 0) {
                List<Entry> entries = reader.entries(next, (int) Math.min(left, STEP));
                if (entries.isEmpty()) break;
                entries.forEach(entry -> print(entry, output));
                left -= entries.size();
                next = entries.getLast().seq() + 1;
            }
        }
        return ExitCode.DONE;
    }

    @Command(mixinStandardHelpOptions = true, description = "List the entries of one escalation.")
    int trace(@Parameters(paramLabel = "TRACE", description = "A trace id or an escalation's id.") String name, @Mixin LogOption data,
            @Mixin Output output) {
        try (SqliteStore store = data.readOnly()) {
            WitnessReader reader = new WitnessReader(store);
            String trace = reader.trace(name).orElseThrow(() -> new IllegalArgumentException("the log knows no trace or escalation " + name));
            long next = 1;
            while (true) {
                List<Entry> entries = reader.entries(trace, next, STEP);
                if (entries.isEmpty()) return ExitCode.DONE;
                entries.forEach(entry -> print(entry, output));
                next = entries.getLast().seq() + 1;
            }
        }
    }

    @Command(mixinStandardHelpOptions = true, description = "Print one entry whole.")
    int show(@Parameters(paramLabel = "SEQ", description = "The entry's number.") long seq, @Mixin LogOption data, @Mixin Output output) {
        try (SqliteStore store = data.readOnly()) {
            Entry entry = new WitnessReader(store).entry(seq).orElseThrow(() -> new IllegalArgumentException("the log has no entry " + seq));
            Output.OUT.println(output.json ? entry.json() : Output.JSON.readTree(entry.json()).toPrettyString());
        }
        return ExitCode.DONE;
    }

    private static void print(Entry entry, Output output) {
        if (output.json) {
            Output.OUT.println(entry.json());
            return;
        }
        String told = entry.payload().toString();
        Output.OUT.println(String.format("%6d  %s  %-12s %-18s %s", entry.seq(), entry.time(), entry.component(), entry.event(),
                Output.dim(told.length() > 120 ? told.substring(0, 119) + "…" : told)));
    }
}
