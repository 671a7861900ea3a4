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
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.infrafabric.message.Rfc3339;
import org.infrafabric.message.SigningKey;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.testkit.Await;
import org.infrafabric.witness.Change;
import org.infrafabric.witness.Checkpoint;
import org.infrafabric.witness.Draft;
import org.infrafabric.witness.Entry;
import org.infrafabric.witness.EventType;
import org.infrafabric.witness.WitnessLog;
import org.infrafabric.witness.WitnessReader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** {@code serve} on a log that is not what was written, in a process of its own as an operator starts it. */
@Timeout(120)
class BrokenLogTest {
    private static final Duration SOON = Duration.ofSeconds(40);

    @TempDir private Path folder;
    private final SigningKey key = SigningKey.generate();

    @BeforeEach
    void configure() throws Exception {
        Files.writeString(folder.resolve("ifbus.yaml"), """
                http: { listen: "127.0.0.1:0" }
                sip: { listen: ["udp:127.0.0.1:0"] }
                agents: [ { id: "if://agent/a", token: "agent-token-0123456789" } ]
                guard: { requireSignatures: false }
                """);
    }

    @Test
    void shouldNotStartOnALogWhoseNewEntryWasAltered() throws Exception {
        write("d", 40);
        alter(38, "e", "x");
        refused("the witness log is broken at seq 38: its content does not give its hash");
    }

    @Test
    void shouldNotStartOnALogWhoseEndWasCutOff() throws Exception {
        write("d", 300);
        change("d", "DELETE FROM witness_entries WHERE seq > 200");
        refused("the witness log has 200 entries, and a checkpoint says that it had");
    }

    @Test
    void shouldNotStartOnAnotherLogOfTheSameNodeAndKey() throws Exception {
        write("forked", 300);
        Checkpoint signed;
        try (SqliteStore store = SqliteStore.readOnly(folder.resolve("forked/ifbus.db"))) {
            signed = new WitnessReader(store).keptCheckpoint(0).orElseThrow();
        }
        write("d", 300);
        change("d", "DELETE FROM witness_checkpoints",
                "INSERT INTO witness_checkpoints VALUES (" + signed.size() + ", '" + signed.note() + "', 0)");
        refused("the witness log is not the one of which checkpoint " + signed.size() + " was signed");
    }

    @Test
    void shouldFindAnOlderEntryWhileItRunsAndTakeNothingNewNorStartAgain() throws Exception {
        write("d", 1_300); // more than opening looks at
        alter(5, "e", "x");
        Process serve = Ran.command("serve", "--json", "--data-dir", "d").directory(folder.toFile()).redirectError(folder.resolve("err").toFile())
                .start();
        try (HttpClient client = HttpClient.newHttpClient()) {
            String ready = serve.inputReader().readLine();
            assertThat(ready).as(Files.readString(folder.resolve("err"))).startsWith("ifbus ready http=");
            URI bus = URI.create("http://" + ready.split("[= ]")[3]);
            HttpResponse<String> unready = Await.until("the fault", SOON, () -> get(client, bus.resolve("/readyz")),
                    answer -> answer.statusCode() == 503);
            assertThat(unready.body()).contains("the witness log is broken");
            assertThat(get(client, bus.resolve("/healthz")).statusCode()).isEqualTo(200);
            assertThat(get(client, bus.resolve("/metrics")).body()).contains("ifbus_witness_intact 0.0");
            HttpResponse<String> refused = client.send(HttpRequest.newBuilder(bus.resolve("/v1/escalations"))
                    .header("Authorization", "Bearer agent-token-0123456789").header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(message())).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        } finally {
            serve.destroy();
            assertThat(serve.waitFor()).isZero();
        }
        assertThat(Files.readString(folder.resolve("err"))).contains("ERROR", "the witness log is broken at seq 5");
        assertThat(Ran.in(folder, "witness", "log", "--data-dir", "d", "--json").out()).contains("\"event\":\"log_broken\"");
        refused("the witness log is broken at seq 5");
    }

    private void refused(String why) throws Exception {
        Ran serve = Ran.in(folder, "serve", "--data-dir", "d");
        assertThat(serve.exit()).as(serve.out() + serve.err()).isEqualTo(ExitCode.LOG_BROKEN);
        assertThat(serve.err()).contains(why, "nothing is added to it");
        assertThat(serve.out()).isEmpty();
    }

    private static HttpResponse<String> get(HttpClient client, URI uri) throws Exception {
        return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String message() {
        return """
                {"id":"esc-1","timestamp":"%s","level":2,"source":"if://agent/a","destination":"if://service/guard/council","version":"1.0",
                "payload":{"performative":"ESCALATE","hazards":["safety"],"summary":"May I?"}}""".formatted(Rfc3339.format(Instant.now()));
    }

    private void write(String data, int entries) throws Exception {
        Path directory = Files.createDirectories(folder.resolve(data));
        key.write(directory.resolve("bus.key"));
        try (SqliteStore store = SqliteStore.open(directory.resolve("ifbus.db"));
                WitnessLog log = WitnessLog.open(store, "node-1", key, InstantSource.system())) {
            List<CompletableFuture<List<Entry>>> all = IntStream.range(0, entries).mapToObj(i -> log.append(Change
                    .of(new Draft(EventType.RECEIVED, "0".repeat(32), JsonMapper.shared().createObjectNode().put("escalation", "e" + data + i)))))
                    .toList();
            all.forEach(CompletableFuture::join);
        }
    }

    private void alter(long seq, String from, String to) {
        change("d",
                "UPDATE witness_entries SET json = replace(json, '\"escalation\":\"" + from + "', '\"escalation\":\"" + to + "') WHERE seq = " + seq);
    }

    private void change(String data, String... statements) {
        try (SqliteStore store = SqliteStore.open(folder.resolve(data).resolve("ifbus.db"))) {
            for (String statement : statements) store.write(tx -> tx.execute(statement)).join();
        }
    }
}
