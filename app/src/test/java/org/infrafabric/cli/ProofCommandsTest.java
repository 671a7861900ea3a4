package org.infrafabric.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.infrafabric.message.SigningKey;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.witness.Change;
import org.infrafabric.witness.Draft;
import org.infrafabric.witness.EventType;
import org.infrafabric.witness.WitnessLog;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What others can hold a log to, and how: checkpoints, proofs, watching. */
class ProofCommandsTest {
    @TempDir private Path folder;
    private final SigningKey key = SigningKey.generate();

    @BeforeEach
    void write() throws IOException {
        key.write(Files.createDirectories(folder.resolve("d")).resolve("bus.key"));
        append("e", 300);
    }

    @Test
    void shouldProveOneEntryToWhoeverHasTheFileAndTheKey() throws Exception {
        Ran proved = run("witness", "prove", "--seq", "77", "--data-dir", "d");
        assertThat(proved.out()).startsWith("c2sp.org/tlog-proof@v1\nextra ").contains("\nindex 76\n").contains("\nifbus.local/node-1\n300\n");
        Files.writeString(folder.resolve("p.tlog-proof"), proved.out());
        JsonNode held = json(run("witness", "verify", "--proof", "p.tlog-proof", "--key", key.verifyKey().toString(), "--json"));
        assertThat(held.path("holds").asBoolean()).isTrue();
        assertThat(held.path("proven").asBoolean()).isTrue();
        assertThat(held.path("entry").path("payload").path("escalation").asString()).isEqualTo("e76");
        Ran stranger = run("witness", "verify", "--proof", "p.tlog-proof", "--key", SigningKey.generate().verifyKey().toString());
        assertThat(stranger.exit()).isEqualTo(ExitCode.LOG_BROKEN);
        assertThat(stranger.out()).contains("not signed by the key given");
        Files.writeString(folder.resolve("p.tlog-proof"), proved.out().replace("index 76", "index 77"));
        assertThat(run("witness", "verify", "--proof", "p.tlog-proof").exit()).isEqualTo(ExitCode.LOG_BROKEN);
        assertThat(run("witness", "prove", "--seq", "301", "--data-dir", "d").exit()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void shouldHoldALogToACheckpointThatWasKeptElsewhere() throws Exception {
        Files.writeString(folder.resolve("then"), run("witness", "checkpoint", "--data-dir", "d").out());
        append("later", 50);
        Files.writeString(folder.resolve("export"), run("witness", "export", "--data-dir", "d").out());
        Ran whole = run("witness", "verify", "--file", "export", "--checkpoint", "then", "--key", key.verifyKey().toString(), "--json");
        assertThat(whole.exit()).as(whole.out()).isZero();
        assertThat(json(whole).path("checkpoint").path("size").asInt()).isEqualTo(300);
        // another log by the same key and name, whole in itself: only the checkpoint tells
        Files.delete(folder.resolve("d/ifbus.db"));
        append("other", 350);
        Files.writeString(folder.resolve("export"), run("witness", "export", "--data-dir", "d").out());
        assertThat(run("witness", "verify", "--file", "export", "--key", key.verifyKey().toString()).exit()).isZero();
        Ran forked = run("witness", "verify", "--file", "export", "--checkpoint", "then", "--key", key.verifyKey().toString());
        assertThat(forked.exit()).isEqualTo(ExitCode.LOG_BROKEN);
        assertThat(forked.out()).contains("seq 300").contains("not the log of which checkpoint 300 was signed");
    }

    @Test
    void shouldWatchALogAndSayWhenItForksOrShrinks() throws Exception {
        List<String> watch = List.of("witness", "watch", "--state", "seen", "--once", "--data-dir", "d", "--key", key.verifyKey().toString(),
                "--json");
        assertThat(outcome(watch, 0)).isEqualTo("first");
        assertThat(outcome(watch, 0)).isEqualTo("same");
        append("later", 10);
        assertThat(outcome(watch, 0)).isEqualTo("grown");
        Files.delete(folder.resolve("d/ifbus.db"));
        append("other", 400);
        assertThat(outcome(watch, ExitCode.LOG_BROKEN)).isEqualTo("forked");
        assertThat(folder.resolve("seen.alarm")).exists();
        Files.delete(folder.resolve("d/ifbus.db"));
        append("e", 20);
        assertThat(outcome(watch, ExitCode.LOG_BROKEN)).isEqualTo("shrunk");
    }

    @Test
    void shouldTellABusThatIsAwayFromOneThatHasForked() throws Exception {
        Path state = folder.resolve("seen");
        Files.writeString(state, run("witness", "checkpoint", "--data-dir", "d").out());
        append("later", 10);
        String now = run("witness", "checkpoint", "--data-dir", "d").out();
        AtomicInteger proof = new AtomicInteger(503);
        HttpServer bus = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        bus.createContext("/v1/witness/checkpoint", exchange -> answer(exchange, 200, now));
        bus.createContext("/v1/witness/proof/consistency", exchange -> answer(exchange, proof.get(), "{}"));
        bus.start();
        String[] watch = {"witness", "watch", "--state", state.toString(), "--once", "--server", "127.0.0.1:" + bus.getAddress().getPort(), "--key",
            key.verifyKey().toString()};
        try {
            assertThat(Ifbus.run(watch)).as("too much to do").isEqualTo(ExitCode.FAILED);
            proof.set(401);
            assertThat(Ifbus.run(watch)).as("another token").isEqualTo(ExitCode.REFUSED);
            assertThat(folder.resolve("seen.alarm")).doesNotExist();
            proof.set(200);
            assertThat(Ifbus.run(watch)).as("an answer that proves nothing").isEqualTo(ExitCode.LOG_BROKEN);
            assertThat(folder.resolve("seen.alarm")).exists();
        } finally {
            bus.stop(0);
        }
        assertThat(Ifbus.run(watch)).as("nobody there").isEqualTo(ExitCode.NO_SERVER);
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private String outcome(List<String> command, int exit) throws Exception {
        Ran ran = run(command.toArray(String[]::new));
        assertThat(ran.exit()).as(ran.out() + ran.err()).isEqualTo(exit);
        return json(ran).path("outcome").asString();
    }

    private void append(String name, int count) {
        try (SqliteStore store = SqliteStore.open(folder.resolve("d/ifbus.db"));
                WitnessLog log = WitnessLog.open(store, "node-1", key, InstantSource.system())) {
            for (int i = 0; i < count; i++) {
                var payload = JsonMapper.shared().createObjectNode().put("escalation", name + i);
                var unused = log.append(Change.of(new Draft(EventType.CLOSED, "0".repeat(32), payload)));
            }
        }
    }

    private Ran run(String... arguments) throws Exception { return Ran.in(folder, arguments); }

    private static JsonNode json(Ran ran) { return JsonMapper.shared().readTree(ran.lastLine()); }
}
