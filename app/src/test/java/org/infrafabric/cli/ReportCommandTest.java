package org.infrafabric.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.infrafabric.message.Rfc3339;
import org.infrafabric.message.SigningKey;
import org.infrafabric.server.Bus;
import org.infrafabric.server.Config;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.testkit.Await;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code report} on what a real bus has left behind. That it works beside the bus and with recordings, the acceptance tests show. */
@Timeout(120)
class ReportCommandTest {
    @TempDir private Path folder;

    @Test
    void shouldTellTheNewestOrTheOneThatIsNamed() throws Exception {
        ended("esc-1", "esc-2");
        JsonNode newest = json(run("report", "--data-dir", "d", "--json"));
        assertThat(newest.path("escalation").asString()).isEqualTo("esc-2");
        assertThat(newest.path("state").asString()).isEqualTo("SHARED");
        assertThat(newest.path("witness").path("intact").asBoolean()).isTrue();
        Path file = Path.of(newest.path("report").asString());
        assertThat(file).isEqualTo(folder.toRealPath().resolve("report-esc-2.html"));
        assertThat(Files.readString(file)).contains("May I publish esc-2?", "No people needed", "The signed checkpoint").doesNotContain("esc-1",
                "What was said");

        assertThat(run("report", "esc-1", "--data-dir", "d", "--out", "told.html").exit()).isZero();
        assertThat(Files.readString(folder.resolve("told.html"))).contains("May I publish esc-1?");
    }

    @Test
    void shouldSayThatTheLogIsBrokenAndSignNothingForIt() throws Exception {
        ended("esc-1");
        try (SqliteStore store = SqliteStore.open(folder.resolve("d/ifbus.db"))) {
            assertThat(store
                    .<Integer>write(
                            tx -> tx.execute("UPDATE witness_entries SET json = replace(json, 'bias', 'legal') WHERE json LIKE '%\"received\"%'"))
                    .join()).isPositive();
        }
        Ran told = run("report", "--data-dir", "d", "--out", "told.html");
        assertThat(told.exit()).as(told.err()).isEqualTo(ExitCode.LOG_BROKEN);
        assertThat(told.out()).contains("BROKEN at seq");
        assertThat(Files.readString(folder.resolve("told.html"))).contains("<li class=\"bad\">The log is broken at entry")
                .doesNotContain("The signed checkpoint");
    }

    @Test
    void shouldKnowWhoseLogItIsOnlyByAKey() throws Exception {
        String key = ended("esc-1");
        Files.delete(folder.resolve("d/bus.key")); // a copy for somebody else
        assertThat(json(run("report", "--data-dir", "d", "--json")).path("witness").path("proven").asBoolean()).isFalse();
        assertThat(json(run("report", "--data-dir", "d", "--json", "--key", key)).path("witness").path("proven").asBoolean()).isTrue();
        assertThat(run("report", "--data-dir", "d", "--key", SigningKey.generate().verifyKey().toString()).exit()).isEqualTo(ExitCode.LOG_BROKEN);
    }

    @Test
    void shouldSayWhatThereIsNot() throws Exception {
        ended();
        Ran none = run("report", "--data-dir", "d");
        assertThat(none.exit()).isEqualTo(ExitCode.USAGE);
        assertThat(none.err()).contains("there is no escalation in d");
        assertThat(run("report", "esc-9", "--data-dir", "d").err()).contains("there is no escalation esc-9 in d");
        assertThat(run("report", "--data-dir", "elsewhere").err()).contains("there is no log at elsewhere");
        assertThat(folder.resolve("report-esc-9.html")).doesNotExist();
    }

    /** Escalations that need no people, on a bus that has stopped since; gives its public key. */
    private String ended(String... ids) throws Exception {
        Config config = Config.parse("ifbus.yaml", """
                http: { listen: "127.0.0.1:0" }
                sip: { listen: ["udp:127.0.0.1:0"] }
                agents: [ { id: "if://agent/a", token: "agent-token-0123456789" } ]
                guard: { requireSignatures: false }
                """, folder).withData(folder.resolve("d"));
        try (Bus bus = Bus.start(config); HttpClient client = HttpClient.newHttpClient()) {
            for (String id : ids) {
                HttpRequest ask = HttpRequest.newBuilder(URI.create("http://" + bus.http() + "/v1/escalations"))
                        .header("Authorization", "Bearer agent-token-0123456789").header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(message(id))).build();
                assertThat(client.send(ask, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(202);
                Await.that(id + " to end", Duration.ofSeconds(30), () -> bus.escalation(id).orElseThrow().decision().isPresent());
            }
            return bus.publicKey();
        }
    }

    private static String message(String id) {
        return """
                {"id":"%s","timestamp":"%s","level":2,"source":"if://agent/a","destination":"if://service/guard/council","version":"1.0",
                "payload":{"performative":"INFORM","hazards":["bias"],"summary":"May I publish %s?","confidence":{"normalized":0.9}}}"""
                .formatted(id, Rfc3339.format(Instant.now()), id);
    }

    private Ran run(String... arguments) throws Exception { return Ran.in(folder, arguments); }

    private static JsonNode json(Ran ran) {
        assertThat(ran.exit()).as(ran.err()).isZero();
        return JsonMapper.shared().readTree(ran.lastLine());
    }
}
