package org.infrafabric.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.infrafabric.testkit.Checkout;
import org.infrafabric.testkit.Ears;
import org.infrafabric.testkit.IfbusProcess;
import org.infrafabric.testkit.Requires;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import tools.jackson.databind.JsonNode;

/** What a newcomer sees first, run in an empty folder: every word of its result is held against what the run left behind. */
@Isolated("prints how long it took")
class DemoTest {
    @TempDir Path folder;

    @Test
    void shouldTellTheTruthAboutOneWholeEscalation() throws Exception {
        Requires.programs("openssl", "chromium");
        IfbusProcess.Finished demo = IfbusProcess.run(folder, Duration.ofSeconds(150), "demo", "--json");
        System.out.printf("demo took %.1f s%n", demo.took().toMillis() / 1000.0);
        assertThat(demo.exit()).as(demo.err()).isZero();
        JsonNode result = Site.JSON.readTree(demo.lastLine());

        Path recording = Path.of(result.path("recording").stringValue()), data = recording.getParent().getParent().getParent();
        assertThat(recording).startsWith(folder);
        IfbusProcess.Finished export = IfbusProcess.run(folder, Duration.ofSeconds(40), "witness", "export", "--format", "jsonl", "--data-dir",
                data.toString());
        assertThat(export.exit()).as(export.err()).isZero();
        List<JsonNode> log = LogCheck.sound(Files.writeString(folder.resolve("export.jsonl"), export.out()), folder);

        agreesWithTheLog(result, log);
        holdsAllVoices(recording, one(log, "recording_written").path("payload").path("files"));
        Path report = Path.of(result.path("report").stringValue());
        standsAlone(report, result);
        ReportInChromium.playsFromItsMoments(report, all(log, "call_answered").getFirst(), one(log, "council_opened"));
        verifiesByItsOwnWords(report);
    }

    /** What it says to type is typed, and holds. */
    private void verifiesByItsOwnWords(Path report) throws Exception {
        Files.createSymbolicLink(folder.resolve("ifbus"), Checkout.root().resolve("ifbus"));
        Matcher blocks = Pattern.compile("(?s)<pre>((?:\\./ifbus|cat &gt; checkpoint).*?)</pre>").matcher(Files.readString(report));
        int run = 0;
        for (; blocks.find(); run++) {
            String script = blocks.group(1).replace("&gt;", ">").replace("&lt;", "<").replace("&#39;", "'").replace("&amp;", "&");
            ProcessBuilder bash = new ProcessBuilder("bash", "-ec", script).directory(folder.toFile()).redirectErrorStream(true)
                    .redirectOutput(folder.resolve("typed-" + run).toFile());
            bash.environment().put("IFBUS_NO_BUILD", "1");
            Process typed = bash.start();
            assertThat(typed.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(typed.exitValue()).as(script + "\n" + Files.readString(folder.resolve("typed-" + run))).isZero();
            assertThat(Files.readString(folder.resolve("typed-" + run))).contains("proven: signed by the key you gave");
        }
        assertThat(run).as("blocks to type").isEqualTo(2);
    }

    private static void agreesWithTheLog(JsonNode result, List<JsonNode> log) {
        assertThat(result.path("witness").path("intact").booleanValue()).isTrue();
        assertThat(result.path("witness").path("entries").longValue()).isEqualTo(log.size());
        JsonNode received = one(log, "received"), decided = one(log, "decided");
        assertThat(received.path("payload").path("escalation")).isEqualTo(result.path("escalation"));
        assertThat(received.path("traceId")).isEqualTo(result.path("traceId"));
        assertThat(result.path("outcome").stringValue()).isEqualTo("DECIDED");
        assertThat(decided.path("payload").path("decision")).isEqualTo(result.path("decision"));

        Map<String, String> votes = new HashMap<>(); // a guardian's last vote counts
        for (JsonNode vote : all(log, "vote_cast"))
            votes.put(vote.path("payload").path("guardian").stringValue(), vote.path("payload").path("vote").stringValue());
        assertThat(votes).as("three guardians voted").hasSize(3);
        for (String vote : List.of("approve", "reject", "abstain"))
            assertThat(result.path("votes").path(vote).longValue()).as(vote).isEqualTo(votes.values().stream().filter(vote::equals).count());
        assertThat(all(log, "vote_cast").stream().map(vote -> vote.path("payload").path("channel").stringValue())).contains("dtmf", "http");

        assertThat(result.path("ringMillis").doubleValue()).isCloseTo(millis(log, "call_ringing"), within(50.0));
        assertThat(result.path("setupMillis").doubleValue()).isCloseTo(millis(log, "first_audio"), within(50.0));
        assertThat(result.path("setupMillis").longValue()).isGreaterThan(result.path("ringMillis").longValue());
        System.out.printf("demo: the phone rang after %d ms, first audio after %d ms%n", result.path("ringMillis").longValue(),
                result.path("setupMillis").longValue());
    }

    /** Each party has a track that holds a voice; the files are those the log names; the mix is the sum of the tracks. */
    private static void holdsAllVoices(Path mix, JsonNode files) throws Exception {
        List<Ears> tracks = new ArrayList<>();
        List<String> parties = new ArrayList<>();
        for (JsonNode file : files) {
            Path path = mix.resolveSibling(file.path("name").stringValue());
            assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(path)))).as(path.toString())
                    .isEqualTo(file.path("sha256").stringValue());
            String party = file.path("party").stringValue();
            Ears ears = Ears.on(path);
            assertThat(ears.loudest()).as("level of " + party + " in dB").isGreaterThan(-40);
            assertThat(ears.seconds()).as("length of " + party).isCloseTo(file.path("millis").longValue() / 1000.0, within(0.1));
            if (party.equals("mix")) continue;
            tracks.add(ears);
            parties.add(party);
        }
        assertThat(parties).as("parties with a track").hasSize(4);
        double[] factors = Ears.on(mix).factors(tracks);
        for (int i = 0; i < factors.length; i++)
            assertThat(factors[i]).as("how much of " + parties.get(i) + " is in the mix").isCloseTo(1, within(0.05));
    }

    /** The report needs nothing but itself: no script from elsewhere, style, image or sound from elsewhere. */
    private static void standsAlone(Path report, JsonNode result) throws Exception {
        String html = Files.readString(report);
        assertThat(html).contains(result.path("escalation").stringValue()).contains(result.path("traceId").stringValue());
        for (String party : List.of("sage", "skeptic", "ethicist")) assertThat(html).contains(party);
        List<String> outside = new ArrayList<>();
        Matcher fetched = Pattern
                .compile("(?i)(?:\\bsrc\\s*=\\s*[\"']?|url\\(\\s*[\"']?|<link[^>]+href\\s*=\\s*[\"']?|@import\\s*[\"']?)(?!data:)([^\"')\\s>]+)")
                .matcher(html);
        while (fetched.find()) outside.add(fetched.group());
        assertThat(outside).as("what the report would fetch").isEmpty();
    }

    private static List<JsonNode> all(List<JsonNode> log, String event) {
        return log.stream().filter(entry -> entry.path("event").stringValue().equals(event)).toList();
    }

    private static JsonNode one(List<JsonNode> log, String event) {
        assertThat(all(log, event)).as(event).hasSize(1);
        return all(log, event).getFirst();
    }

    /** The first such entry is the expert's: guardians are called later. */
    private static double millis(List<JsonNode> log, String event) {
        return all(log, event).getFirst().path("payload").path("millis").doubleValue();
    }
}
