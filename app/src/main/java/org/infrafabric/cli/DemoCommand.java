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
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.infrafabric.client.IfbusClient;
import org.infrafabric.client.Receipt;
import org.infrafabric.client.SignedDecision;
import org.infrafabric.message.Decision;
import org.infrafabric.message.IfMessage;
import org.infrafabric.message.MessageRefused;
import org.infrafabric.message.Rfc3339;
import org.infrafabric.message.StrictJson;
import org.infrafabric.message.VerifyKey;
import org.infrafabric.record.RecordingFolder;
import org.infrafabric.speech.VoiceSettings;
import org.infrafabric.speech.Voices;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.witness.Verdict;
import org.infrafabric.witness.Verifier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
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

    @Mixin private DataOption data = new DataOption();

    @Mixin private Output output = new Output();

    @Override
    public Integer call() throws Exception {
        ObjectNode message = message();
        IfMessage asked = sound(message);
        Path folder = data.directory
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
    private record Outcome(JsonNode view, SignedDecision decision, VerifyKey busKey, Path data) {}

    private static Outcome escalate(DemoHouse house, DemoCouncil council, ObjectNode message) throws Exception {
        VerifyKey busKey = VerifyKey.parse(house.bus.publicKey());
        IfbusClient client = IfbusClient.connect(house.http(), house.agentToken()).pin(busKey);
        Receipt receipt = client.escalate(message, house.agentKey);
        Output.progress("ifbus: " + receipt.id() + " sent and taken, trace " + receipt.traceId());
        DemoTimeline timeline = new DemoTimeline(house.http(), house.operatorToken(), receipt.traceId());
        List<String> news = new java.util.ArrayList<>(ENDS);
        news.add("in_council");
        if (timeline.until(AT_MOST, news).equals(Optional.of("in_council"))) {
            Thread meeting = Thread.ofVirtual().start(() -> council.meet(receipt.id()));
            if (timeline.until(AT_MOST, ENDS).isEmpty()) throw new IOException("the escalation did not end within " + AT_MOST);
            meeting.join();
        }
        SignedDecision decision = client.awaitDecision(receipt, Duration.ofSeconds(10));
        return new Outcome(timeline.ask("/v1/escalations/" + receipt.id()), decision, busKey, house.data().path());
    }

    private int finish(Path folder, Outcome outcome) throws IOException {
        Verdict log;
        try (SqliteStore store = SqliteStore.readOnly(new org.infrafabric.server.DataDirectory(outcome.data()).database())) {
            log = new Verifier(List.of(outcome.busKey()), Optional.empty()).verify(store);
        }
        String id = outcome.view().path("id").stringValue();
        Path recording = RecordingFolder.of(outcome.data(), id).resolve("mix.wav");
        ObjectNode result = result(outcome, log);
        if (Files.exists(recording)) result.put("recording", recording.toAbsolutePath().toString());
        boolean sound = log.intact() && log.proven() && outcome.view().path("state").asString("").equals("CLOSED") == Files.exists(recording);
        output.result(result, text(result, outcome, log, folder));
        return !log.intact() ? ExitCode.LOG_BROKEN : sound ? ExitCode.DONE : ExitCode.FAILED;
    }

    private static ObjectNode result(Outcome outcome, Verdict log) {
        JsonNode view = outcome.view();
        List<Decision.Vote> votes = outcome.decision().decision().votes();
        String state = view.path("state").asString("");
        ObjectNode result = Output.object().put("escalation", view.path("id").stringValue()).put("traceId", view.path("traceId").stringValue())
                .put("outcome", state.equals("CLOSED") ? "DECIDED" : state).put("decision", outcome.decision().decision().verdict().label());
        ObjectNode counted = result.putObject("votes");
        for (String vote : List.of("approve", "reject", "abstain"))
            counted.put(vote, votes.stream().filter(cast -> cast.vote().equals(vote)).count());
        for (String figure : List.of("ringMillis", "setupMillis"))
            if (view.path(figure).isNumber()) result.put(figure, view.path(figure).longValue());
        result.putObject("witness").put("entries", log.entries()).put("intact", log.intact());
        return result;
    }

    private static String text(ObjectNode result, Outcome outcome, Verdict log, Path folder) {
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
        if (result.has("report")) text.append("report     ").append(result.path("report").asString("")).append('\n');
        return text.append("everything ").append(folder.toAbsolutePath()).toString();
    }

    private ObjectNode message() throws IOException {
        ObjectNode message;
        if (file == null) {
            message = Output.object().put("id", "demo-" + Long.toString(System.currentTimeMillis(), 36)).put("level", 2)
                    .put("source", "if://agent/swarm/legal-1")
                    .put("destination", "if://service/guard/council").put("version", "1.0");
            ObjectNode payload = message.putObject("payload").put("performative", "ESCALATE").put("severity", "high").put("summary",
                    "Revenue conflict in the filing. May I publish?");
            payload.putArray("hazards").add("legal");
        } else {
            try {
                message = StrictJson.parse(Files.readAllBytes(file));
            } catch (MessageRefused refused) {
                throw new IllegalArgumentException(file + ": " + refused.getMessage(), refused);
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
            throw new IllegalArgumentException((file == null ? "message" : file.toString()) + ": " + refused.getMessage(), refused);
        }
    }
}
