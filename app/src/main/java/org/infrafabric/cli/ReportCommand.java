package org.infrafabric.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.infrafabric.escalate.EscalationView;
import org.infrafabric.escalate.KeptEscalations;
import org.infrafabric.message.VerifyKey;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.witness.Verdict;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** {@code report}: one escalation told to somebody who was not there. Works beside a running bus and without one; needs no network. */
@Command(name = "report", mixinStandardHelpOptions = true,
        description = {"Write one escalation as one HTML file: its timeline, votes, recordings and proofs. Exit code 6 if the log is broken.",
            "It holds what was said: give it only to those who may hear it."})
final class ReportCommand implements Callable<Integer> {
    @Nullable
    @Parameters(arity = "0..1", paramLabel = "ESCALATION", description = "Its id (default: the newest).") private String id;

    @Nullable
    @Option(names = "--out", paramLabel = "FILE",
            description = "Where to (default: ./report-ESCALATION.html); what is there is replaced.") private Path out;

    @Option(names = "--key", paramLabel = "KEY",
            description = "The node's public key, ed25519:…, known from elsewhere; more than one may be given.") private List<String> keys = List
                    .of();

    @Mixin private LogOption data = new LogOption();
    @Mixin private Output output = new Output();

    @Override
    public Integer call() throws Exception {
        List<VerifyKey> trusted = keys.stream().map(VerifyKey::parse).toList();
        try (SqliteStore store = data.readOnly()) {
            EscalationView view = (id == null ? KeptEscalations.newest(store) : KeptEscalations.find(store, id)).orElseThrow(
                    () -> new IllegalArgumentException("there is no escalation " + (id == null ? "" : id + " ") + "in " + data.data().path()));
            CaseFile read = CaseFile.read(data.data(), store, view, trusted);
            Path file = (out == null ? Path.of("report-" + view.id() + ".html") : out).toAbsolutePath().normalize();
            read.report().write(file);
            output.result(json(view, read, file), text(view, read, file));
            return read.log().intact() && (trusted.isEmpty() || read.log().proven()) ? ExitCode.DONE : ExitCode.LOG_BROKEN;
        }
    }

    private static ObjectNode json(EscalationView view, CaseFile read, Path file) {
        ObjectNode result = Output.object().put("escalation", view.id()).put("traceId", view.traceId()).put("state", view.state())
                .put("recordings", read.sounds().size()).put("report", file.toString());
        result.putObject("witness").put("entries", read.log().entries()).put("intact", read.log().intact()).put("proven", read.log().proven());
        return result;
    }

    private static String text(EscalationView view, CaseFile read, Path file) {
        Verdict log = read.log();
        return "report     " + file + "\nescalation " + view.id() + ", " + view.state() + ", " + read.sounds().size() + " recordings\nlog        "
                + log.entries() + " entries, " + log.fault().map(fault -> "BROKEN at seq " + fault.seq() + ": " + fault.what()).orElse("intact");
    }
}
