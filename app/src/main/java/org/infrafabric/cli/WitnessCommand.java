package org.infrafabric.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.infrafabric.message.VerifyKey;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.witness.Entry;
import org.infrafabric.witness.Export;
import org.infrafabric.witness.Verdict;
import org.infrafabric.witness.Verifier;
import org.infrafabric.witness.WitnessReader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** {@code witness …}: reads the log, also beside a running bus, and says whether it is whole. */
@Command(name = "witness", mixinStandardHelpOptions = true, description = "Read, export and verify the tamper-evident log.")
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

    @Command(mixinStandardHelpOptions = true, description = "Write the whole log to stdout, for others to keep and to verify.")
    int export(@Option(names = "--format", paramLabel = "FORMAT", defaultValue = "jsonl", description = "jsonl") String format,
            @Mixin Output output, @Mixin LogOption data) throws IOException {
        if (!format.equals("jsonl")) throw new IllegalArgumentException("--format " + format + " is not there yet; jsonl is");
        try (SqliteStore store = data.readOnly(); OutputStream out = new BufferedOutputStream(System.out, 1 << 16)) {
            Export.jsonLines(new WitnessReader(store), out);
        }
        return ExitCode.DONE;
    }

    @Command(mixinStandardHelpOptions = true,
            description = "Say whether the log is whole; the first bad entry is printed as 'seq N'. Exit code 6 if it is not.")
    int verify(
            @Nullable @Option(names = "--file", paramLabel = "EXPORT",
                    description = "An export in JSON lines instead of the data directory; - reads stdin.") String file,
            @Nullable
            @Option(names = "--key", paramLabel = "KEY", description = "The node's public key, ed25519:…, known from elsewhere.") String key,
            @Nullable
            @Option(names = "--expect-head", paramLabel = "HASH", description = "Hash of the last entry, known from elsewhere.") String head,
            @Mixin LogOption data, @Mixin Output output) throws IOException {
        Verifier verifier = new Verifier(key == null ? List.of() : List.of(VerifyKey.parse(key)), Optional.ofNullable(head));
        Verdict verdict = file == null ? ofDatabase(verifier, data) : ofExport(verifier, file);
        output.result(json(verdict), text(verdict, key != null));
        if (output.json) verdict.fault().ifPresent(fault -> Output.progress("BROKEN at seq " + fault.seq() + ": " + fault.what()));
        return verdict.intact() && (key == null || verdict.proven()) ? ExitCode.DONE : ExitCode.LOG_BROKEN;
    }

    private static Verdict ofDatabase(Verifier verifier, LogOption data) {
        try (SqliteStore store = data.readOnly()) {
            return verifier.verify(store);
        }
    }

    private static Verdict ofExport(Verifier verifier, String file) throws IOException {
        try (InputStream in = file.equals("-") ? System.in : Files.newInputStream(Path.of(file))) {
            return verifier.verify(in);
        }
    }

    static ObjectNode json(Verdict verdict) {
        ObjectNode result = Output.object().put("intact", verdict.intact()).put("entries", verdict.entries()).put("head", verdict.head())
                .put("node", verdict.node())
                .put("proven", verdict.proven());
        verdict.fault().ifPresent(fault -> result.putObject("fault").put("seq", fault.seq()).put("what", fault.what()));
        return result;
    }

    private static String text(Verdict verdict, boolean keyGiven) {
        if (verdict.fault().isPresent()) {
            Verdict.Fault fault = verdict.fault().get();
            String broken = "BROKEN at seq " + fault.seq() + ": " + fault.what();
            return fault.seq() > verdict.entries() ? broken + "\n" + verdict.entries() + " entries before it are good." : broken;
        }
        String whole = "intact: " + verdict.entries() + " entries of " + verdict.node() + ", head " + verdict.head();
        if (verdict.proven()) return whole + "\nproven: signed by the key you gave.";
        return whole + (keyGiven ? "\nNOT proven: nothing in it is signed by the key you gave."
                : "\nunproven: the signatures are by the log's own keys; give --key to prove whose log it is.");
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
