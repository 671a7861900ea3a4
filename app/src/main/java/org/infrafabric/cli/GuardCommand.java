package org.infrafabric.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.infrafabric.guard.Approvals;
import org.infrafabric.guard.Explanation;
import org.infrafabric.guard.Guard;
import org.infrafabric.guard.GuardSettings;
import org.infrafabric.guard.Policy;
import org.infrafabric.guard.Replay;
import org.infrafabric.guard.YamlNode;
import org.infrafabric.message.IfMessage;
import org.infrafabric.message.MessageRefused;
import org.infrafabric.server.Config;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.witness.Entry;
import org.infrafabric.witness.WitnessReader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code guard …}: asks the policy, checks it, puts another in force, and judges again what the log says was judged. */
@Command(name = "guard", mixinStandardHelpOptions = true, description = "Ask, check and change the policy; judge again what was judged.")
final class GuardCommand {
    private static final int STEP = 1_000;

    @Command(mixinStandardHelpOptions = true, description = "Say which rules a message would fire, on what inputs, and why. Nothing is sent.")
    int explain(@Parameters(paramLabel = "MESSAGE.json", description = "An IFMessage, signed or not.") Path file, @Mixin ConfigOption config,
            @Mixin Output output) throws Exception {
        IfMessage message;
        try {
            message = IfMessage.parse(Files.readAllBytes(file));
        } catch (MessageRefused refused) {
            throw new IllegalArgumentException(file + ": " + Failures.sentence(refused), refused);
        }
        Config read = config.read();
        for (String hazard : message.hazards())
            if (!read.hazards().contains(hazard))
                throw new IllegalArgumentException(file + ": the bus would refuse it before any rule is asked: hazard \"" + hazard
                        + "\" is none of its own, which are " + String.join(", ", read.hazards()));
        Explanation explanation = read.openGuard().explain(message, Instant.now(Clock.systemUTC()));
        output.result(Output.JSON.valueToTree(explanation.toMap()), explanation.text().stripTrailing());
        return ExitCode.DONE;
    }

    @Command(mixinStandardHelpOptions = true,
            description = "Say whether a config (with its policy) or a policy could be used, and print its hashes. Exit code 2 with file and line if not.")
    int check(@Parameters(paramLabel = "FILE", description = "An ifbus.yaml, or a policy: a file that has rules.") Path file,
            @Mixin ConfigOption config, @Mixin Output output) {
        boolean policy = YamlNode.read(file.toString(), Policy.text(file), new ArrayList<>()).filter(GuardCommand::hasRules).isPresent();
        Config read = policy ? config.read() : Config.read(file);
        Guard guard = policy ? new Guard(Policy.read(file), read.roster(),
                new GuardSettings(read.council(), read.guard().requireSignatures(), read.guard().callsPerMinute())) : read.openGuard();
        read.warnings().forEach(warning -> Output.progress("ifbus: " + warning));
        String hash = Approvals.hash(guard.policy().hash(), guard.rosterHash());
        output.result(Output.object().put("file", file.toString()).put("rules", guard.policy().rules().size()).put("hash", hash)
                .put("policyHash", guard.policy().hash()).put("rosterHash", guard.rosterHash()),
                file + " can be used: " + guard.policy().rules().size() + " rules\nhash   " + hash + "\npolicy " + guard.policy().hash() + "\nroster "
                        + guard.rosterHash());
        return ExitCode.DONE;
    }

    private static boolean hasRules(YamlNode node) { return node instanceof YamlNode.Mapping mapping && mapping.entries().containsKey("rules"); }

    @Command(mixinStandardHelpOptions = true,
            description = "Say which policy and roster a running bus has in force, and which change waits for approval.")
    int status(@Mixin Operator operator, @Mixin Output output) throws Exception { return tell(operator.ask("GET", "/v1/guard", ""), output); }

    @Command(mixinStandardHelpOptions = true,
            description = "Let a running bus read its config and policy again. What is broken changes nothing: exit code 2 with file and line.")
    int reload(@Mixin Operator operator, @Mixin Output output) throws Exception {
        return tell(operator.ask("POST", "/v1/guard/reload", ""), output);
    }

    @Command(mixinStandardHelpOptions = true, description = "Approve a change that waits, as the token's operator (guard.approvals in the config).")
    int approve(@Parameters(paramLabel = "HASH", description = "The change's hash, as status, reload and check print it.") String hash,
            @Mixin Operator operator, @Mixin Output output) throws Exception {
        if (!hash.matches("[0-9a-f]{64}")) throw new IllegalArgumentException("a change's hash is 64 lower-case hex digits");
        return tell(operator.ask("POST", "/v1/guard/approvals/" + hash, ""), output);
    }

    private static int tell(JsonNode json, Output output) {
        StringBuilder text = new StringBuilder("in force since " + json.path("since").asString("") + ": " + json.path("policy").asString(""));
        text.append("\nhash   ").append(json.path("hash").asString("")).append("\npolicy ").append(json.path("policyHash").asString(""))
                .append("\nroster ")
                .append(json.path("rosterHash").asString(""));
        if (json.path("changed").asBoolean(false)) text.append("\nchanged");
        json.path("needRestart").forEach(key -> text.append("\ncounts from the next start: ").append(key.asString("")));
        JsonNode waiting = json.path("waiting");
        if (waiting.isObject()) {
            text.append("\nwaiting for approval until ").append(waiting.path("until").asString("")).append(": ").append(waiting.path("given").size())
                    .append(" of ")
                    .append(waiting.path("need").asInt(0)).append(" needed\n  ifbus guard approve ").append(waiting.path("hash").asString(""));
        }
        output.result(json, text.toString());
        return ExitCode.DONE;
    }

    @Command(mixinStandardHelpOptions = true,
            description = {"Judge again what the log says was judged, from the log alone; an object a judgement with --json.",
                "Exit code 6 when one comes out otherwise."})
    int replay(@Parameters(arity = "0..1", paramLabel = "all", defaultValue = "all", description = "All of them (default).") String all,
            @Nullable @Option(names = "--seq", paramLabel = "N", description = "Only the judgement of this entry.") Long seq,
            @Nullable @Option(names = "--trace", paramLabel = "TRACE", description = "Only those of one trace or escalation.") String trace,
            @Nullable
            @Option(names = "--file", paramLabel = "EXPORT",
                    description = "An export in JSON lines instead of the data directory; - reads stdin. Requests are not in it.") String file,
            @Mixin LogOption data, @Mixin Output output) throws IOException {
        if (!all.equals("all")) throw new IllegalArgumentException("replay what? all, --seq N or --trace T; not " + all);
        Tally tally = new Tally(seq, trace, output);
        if (file == null) ofDatabase(data, tally);
        else ofExport(file, tally);
        return tally.end();
    }

    private static void ofDatabase(LogOption data, Tally tally) {
        try (SqliteStore store = data.readOnly()) {
            WitnessReader reader = new WitnessReader(store);
            tally.replay = new Replay(id -> reader.blob(id).map(blob -> blob.bytes()));
            for (long next = 1;;) {
                List<Entry> entries = reader.entries(next, STEP);
                if (entries.isEmpty()) return;
                for (Entry entry : entries) if (Tally.matters(entry.component())) tally.on(Output.JSON.readTree(entry.json()));
                next = entries.getLast().seq() + 1;
            }
        }
    }

    private static void ofExport(String file, Tally tally) throws IOException {
        try (BufferedReader lines = file.equals("-") ? new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
                : Files.newBufferedReader(Path.of(file))) {
            lines.lines().filter(line -> !line.isBlank()).forEach(line -> tally.on(Output.JSON.readTree(line)));
        } catch (UncheckedIOException unreadable) {
            throw new IllegalArgumentException(file + " is no export in JSON lines", unreadable);
        } catch (tools.jackson.core.JacksonException broken) {
            throw new IllegalArgumentException(file + " is no export in JSON lines: " + broken.getOriginalMessage(), broken);
        }
    }

    /** Counts, and prints what is worth a line. */
    private static final class Tally {
        private final @Nullable Long seq;
        private final @Nullable String trace;
        private final Output output;
        private Replay replay = new Replay(id -> Optional.empty());
        private int same;
        private int differ;
        private int untold;

        Tally(@Nullable Long seq, @Nullable String trace, Output output) {
            this.seq = seq;
            this.trace = trace;
            this.output = output;
        }

        static boolean matters(String component) { return component.equals("IF.guard") || component.equals("IF.escalate"); }

        void on(JsonNode entry) {
            boolean wanted = (seq == null || entry.path("seq").asLong(0) == seq) && (trace == null || trace.equals(entry.path("traceId").asString(""))
                    || trace.equals(entry.path("payload").path("escalation").asString("")));
            replay.on(entry, wanted).ifPresent(told());
        }

        private Consumer<Replay.Finding> told() {
            return finding -> {
                switch (finding.outcome()) {
                    case SAME -> same++;
                    case DIFFERS -> differ++;
                    case UNTOLD -> untold++;
                }
                String outcome = finding.outcome().name().toLowerCase(java.util.Locale.ROOT);
                if (output.json) {
                    Output.OUT.println(
                            Output.object().put("seq", finding.seq()).put("traceId", finding.traceId()).put("escalation", finding.escalation())
                                    .put("outcome", outcome).put("detail", finding.detail()));
                } else if (finding.outcome() != Replay.Outcome.SAME || seq != null || trace != null) {
                    Output.OUT.println("seq " + finding.seq() + (finding.escalation().isEmpty() ? "" : " " + finding.escalation()) + ": " + outcome
                            + (finding.detail().isEmpty() ? "" : ": " + finding.detail()));
                }
            };
        }

        int end() {
            if (same + differ + untold == 0 && (seq != null || trace != null)) throw new IllegalArgumentException("the log holds no such judgement");
            output.result(Output.object().put("same", same).put("differ", differ).put("untold", untold),
                    same + " judgements came out the same, " + differ + " otherwise, " + untold + " cannot be told");
            return differ > 0 ? ExitCode.LOG_BROKEN : ExitCode.DONE;
        }
    }
}
