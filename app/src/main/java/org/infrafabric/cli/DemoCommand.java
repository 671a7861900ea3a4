package org.infrafabric.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.infrafabric.client.IfbusClient;
import org.infrafabric.client.Receipt;
import org.infrafabric.client.SignedDecision;
import org.infrafabric.escalate.EscalationView;
import org.infrafabric.message.Decision;
import org.infrafabric.message.IfMessage;
import org.infrafabric.message.MessageRefused;
import org.infrafabric.message.Rfc3339;
import org.infrafabric.message.StrictJson;
import org.infrafabric.message.VerifyKey;
import org.infrafabric.server.DataDirectory;
import org.infrafabric.speech.VoiceSettings;
import org.infrafabric.speech.Voices;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.witness.Verdict;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** {@code demo}: nothing configured, one whole escalation with four scripted phones over real sockets. */
@Command(name = "demo", mixinStandardHelpOptions = true,
        description = "Run one escalation from message to signed decision, with scripted phones over real SIP and RTP on loopback.",
        footer = {"", "What it leaves (config, keys, data, recordings, report) is in DATA/demo-TIME."})
final class DemoCommand implements Callable<Integer> {
    private static final List<String> ENDS = List.of("closed", "denied", "held", "shared", "exhausted", "expired", "cancelled");
    private static final Duration AT_MOST = Duration.ofSeconds(150);

    @Nullable
    @Parameters(arity = "0..1", paramLabel = "MESSAGE.json",
            description = "The message to escalate; it is dated and signed anew. Default: one about a filing.") private Path file;

    @Option(names = "--data-dir", paramLabel = "DIR", defaultValue = "ifbus-data", showDefaultValue = CommandLine.Help.Visibility.NEVER,
            description = "Where its folder is made (default: ./ifbus-data).") private Path data = Path.of("ifbus-data");

    @Mixin private Output output = new Output();

    @Override
    public Integer call() throws Exception {
        ObjectNode message = message();
        IfMessage asked = sound(message);
        Path folder = data
                .resolve("demo-" + DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").format(LocalDateTime.now(ZoneId.systemDefault())));
        Output.progress("ifbus: starting the bus, an expert's and three guardians' phones on free loopback ports …");
        List<String> hazards = asked.hazards().isEmpty() ? List.of("safety") : asked.hazards();
        Outcome outcome;
        try (DemoHouse house = new DemoHouse(folder, asked.source(), hazards); Voices voice = Voices.choose(VoiceSettings.defaults())) {
            DemoCouncil council = new DemoCouncil(house, voice);
            outcome = escalate(house, council, message);
        }
        return finish(folder, outcome);
    }

    /** What the bus said in the end, and what is needed to prove it when the bus is gone. */
    private record Outcome(EscalationView view, SignedDecision decision, VerifyKey busKey, DataDirectory data) {
        /** DECIDED for what was decided and is closed. */
        String end() { return view.state().equals("CLOSED") ? "DECIDED" : view.state(); }
    }

    private static Outcome escalate(DemoHouse house, DemoCouncil council, ObjectNode message) throws Exception {
        VerifyKey busKey = VerifyKey.parse(house.bus.publicKey());
        IfbusClient client = IfbusClient.connect(house.http(), house.agentToken()).pin(busKey);
        Receipt receipt = client.escalate(message, house.agentKey);
        Output.progress("ifbus: " + receipt.id() + " sent and taken, trace " + receipt.traceId());
        DemoTimeline timeline = new DemoTimeline(house.http(), house.operatorToken(), receipt.traceId());
        List<String> news = new ArrayList<>(ENDS);
        news.add("in_council");
        if (timeline.until(AT_MOST, news).equals(Optional.of("in_council"))) {
            Thread meeting = Thread.ofVirtual().start(() -> council.meet(receipt.id()));
            if (timeline.until(AT_MOST, ENDS).isEmpty()) throw new IOException("the escalation did not end within " + AT_MOST);
            meeting.join();
        }
        SignedDecision decision = client.awaitDecision(receipt, Duration.ofSeconds(10));
        EscalationView view = house.bus.escalation(receipt.id()).orElseThrow(() -> new IOException("the bus does not know " + receipt.id()));
        return new Outcome(view, decision, busKey, house.data());
    }

    /** Verifies the log with the bus gone, writes the report, and tells. */
    private int finish(Path folder, Outcome outcome) throws IOException {
        CaseFile read;
        try (SqliteStore store = SqliteStore.readOnly(outcome.data().database())) {
            read = CaseFile.read(outcome.data(), store, outcome.view(), List.of(outcome.busKey()));
        }
        Verdict log = read.log();
        Path report = folder.resolve("report.html").toAbsolutePath();
        read.report().write(report);
        ObjectNode result = result(outcome, log);
        if (!read.sounds().isEmpty()) result.put("recording", read.sounds().getFirst().file().toAbsolutePath().toString());
        result.put("report", report.toString());
        output.result(result, text(result, outcome, log));
        boolean recorded = !outcome.end().equals("DECIDED") || !read.sounds().isEmpty();
        return !log.intact() || !log.proven() ? ExitCode.LOG_BROKEN : recorded ? ExitCode.DONE : ExitCode.FAILED;
    }

    private static ObjectNode result(Outcome outcome, Verdict log) {
        List<Decision.Vote> votes = outcome.decision().decision().votes();
        ObjectNode result = Output.object().put("escalation", outcome.view().id()).put("traceId", outcome.view().traceId())
                .put("outcome", outcome.end())
                .put("decision", outcome.decision().decision().verdict().label());
        ObjectNode counted = result.putObject("votes");
        for (String vote : List.of("approve", "reject", "abstain"))
            counted.put(vote, votes.stream().filter(cast -> cast.vote().equals(vote)).count());
        outcome.view().ringMillis().ifPresent(millis -> result.put("ringMillis", millis));
        outcome.view().setupMillis().ifPresent(millis -> result.put("setupMillis", millis));
        result.putObject("witness").put("entries", log.entries()).put("intact", log.intact());
        return result;
    }

    private static String text(ObjectNode result, Outcome outcome, Verdict log) {
        Decision decision = outcome.decision().decision();
        StringBuilder text = new StringBuilder("\n" + Output.bold(decision.verdict().label()) + ": " + decision.reason() + "\n");
        decision.votes().forEach(vote -> text.append("  ").append(vote.guardian()).append(": ").append(vote.vote()).append('\n'));
        decision.conditions().forEach(condition -> text.append("  condition: ").append(condition).append('\n'));
        text.append("decision   signed by the bus's key ").append(outcome.busKey().keyId()).append(", verified\n");
        text.append("log        ").append(log.entries()).append(" entries, ")
                .append(log.fault().map(fault -> "BROKEN at seq " + fault.seq() + ": " + fault.what()).orElse("intact"))
                .append('\n');
        text.append("phone rang ").append(result.path("ringMillis").asString("-")).append(" ms after the message, first sound after ")
                .append(result.path("setupMillis").asString("-"))
                .append(" ms\n");
        if (result.has("recording")) text.append("recording  ").append(result.path("recording").asString("")).append('\n');
        return text.append("report     ").append(result.path("report").asString("")).toString();
    }

    private ObjectNode message() throws IOException {
        ObjectNode message;
        if (file == null) {
            message = Output.object().put("id", "demo-" + Long.toString(System.currentTimeMillis(), 36)).put("level", 2)
                    .put("source", "if://agent/legal-1")
                    .put("destination", "if://service/guard/council").put("version", "1.0");
            ObjectNode payload = message.putObject("payload").put("performative", "ESCALATE").put("severity", "high").put("summary",
                    "Conflict in the filing: may I publish?");
            payload.putArray("hazards").add("legal");
        } else {
            try {
                message = StrictJson.parse(Files.readAllBytes(file));
            } catch (MessageRefused refused) {
                throw new IllegalArgumentException(file + ": " + Failures.sentence(refused), refused);
            }
        }
        message.put("timestamp", Rfc3339.format(Instant.now(Clock.systemUTC())));
        message.remove("signature");
        return message;
    }

    private IfMessage sound(ObjectNode message) {
        try {
            return IfMessage.of(message.deepCopy());
        } catch (MessageRefused refused) {
            throw new IllegalArgumentException((file == null ? "message" : file.toString()) + ": " + Failures.sentence(refused), refused);
        }
    }
}
