package org.infrafabric.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.witness.Entry;
import org.infrafabric.witness.Export;
import org.infrafabric.witness.WitnessReader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code witness export}: the log for others to keep, to verify, to calculate with, or to read on paper. */
@Command(name = "export", mixinStandardHelpOptions = true,
        description = {"Write the whole log to stdout. jsonl is what others verify; json is the same as one object; csv is a table without formulas;",
            "pdf is a paper for people, with the proof on it."})
final class ExportCommand implements Callable<Integer> {
    /** The forms there are. */
    enum Format {
        JSONL, JSON, CSV, PDF
    }

    @Option(names = "--format", paramLabel = "FORMAT", defaultValue = "jsonl",
            description = "jsonl (default), json, csv or pdf.") private Format format = Format.JSONL;

    @Nullable
    @Option(names = "--trace", paramLabel = "TRACE", description = "For pdf: only the entries of this trace or escalation.") private String trace;

    @Nullable
    @Option(names = "--out", paramLabel = "FILE", description = "A file instead of stdout.") private Path file;

    @Mixin private LogOption data = new LogOption();
    @Mixin private Output output = new Output();

    @Override
    public Integer call() throws IOException {
        if (trace != null && format != Format.PDF)
            throw new IllegalArgumentException("--trace is for --format pdf; an export that can be verified is whole");
        try (SqliteStore store = data.readOnly();
                OutputStream out = new BufferedOutputStream(file == null ? System.out : Files.newOutputStream(file), 1 << 16)) {
            WitnessReader reader = new WitnessReader(store);
            long entries = switch (format) {
                case JSONL -> Export.jsonLines(reader, out);
                case JSON -> Export.json(reader, out);
                case CSV -> Export.csv(reader, out);
                case PDF -> pdf(reader, out);
            };
            if (file != null) output.result(Output.object().put("file", file.toString()).put("entries", entries), entries + " entries in " + file);
        }
        return ExitCode.DONE;
    }

    private long pdf(WitnessReader reader, OutputStream out) throws IOException {
        List<Entry> entries = new ArrayList<>();
        String only = trace == null ? null
                : reader.trace(trace).orElseThrow(() -> new IllegalArgumentException("the log knows no trace or escalation " + trace));
        for (long from = 1; entries.size() <= PaperProof.MOST;) {
            List<Entry> some = only == null ? reader.entries(from, 1_000) : reader.entries(only, from, 1_000);
            if (some.isEmpty()) break;
            entries.addAll(some);
            from = some.getLast().seq() + 1;
        }
        if (entries.isEmpty()) throw new IllegalArgumentException("the log is empty");
        if (entries.size() > PaperProof.MOST)
            throw new IllegalArgumentException("over " + PaperProof.MOST + " entries are no paper for people; choose with --trace");
        PaperProof.write(entries, NodeCheckpoint.covering(entries.getLast().seq(), reader, data.data().busKey()), reader, out);
        return entries.size();
    }
}
