package org.infrafabric.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.infrafabric.message.SigningKey;
import org.infrafabric.server.Bus;
import org.infrafabric.server.Config;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.testkit.Await;
import org.infrafabric.witness.Change;
import org.infrafabric.witness.Checkpoint;
import org.infrafabric.witness.Draft;
import org.infrafabric.witness.EventType;
import org.infrafabric.witness.NoteKey;
import org.infrafabric.witness.WitnessLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A bus and its outside witnesses, each a process of its own, over real HTTP. */
@Timeout(120)
class CosignTest {
    @TempDir private Path folder;
    private final SigningKey key = SigningKey.generate();
    private final NoteKey log = NoteKey.log("ifbus.local/node-1", key.verifyKey());
    private final HttpClient client = HttpClient.newHttpClient();
    private final List<Process> running = new ArrayList<>();

    private record Witness(Process process, String http, String vkey) {}

    @BeforeEach
    void write() throws Exception {
        key.write(Files.createDirectories(folder.resolve("d")).resolve("bus.key"));
        append("e");
    }

    @AfterEach
    void stop() {
        running.forEach(Process::destroyForcibly);
        client.close();
    }

    @Test
    void shouldHaveItsCheckpointsCosignedByTwoOfThreeAndSayWhenTheyAreNot() throws Exception {
        Witness first = witness("w1"), second = witness("w2"), third = witness("w3");
        third.process.destroyForcibly().waitFor(); // two are enough
        try (Bus bus = bus(List.of(first, second, third))) {
            Checkpoint checkpoint = Checkpoint.parse(awaited(bus, "2/2").getBytes(UTF_8));
            assertThat(checkpoint.isSignedBy(log)).isTrue();
            assertThat(checkpoint.cosignedBy(NoteKey.parse(first.vkey))).isPresent();
            assertThat(checkpoint.cosignedBy(NoteKey.parse(third.vkey))).isEmpty();
            assertThat(get(bus, "/metrics").body()).contains("ifbus_witness_cosignatures 2.0");
            Files.writeString(folder.resolve("cosigned"), checkpoint.note().toString());
            Ran believed = Ran.in(folder, "witness", "verify", "--data-dir", "d", "--checkpoint", "cosigned", "--key", key.verifyKey().toString(),
                    "--witness",
                    first.vkey, "--witness", second.vkey);
            assertThat(believed.exit()).as(believed.out() + believed.err()).isZero();
            assertThat(Ran.in(folder, "witness", "verify", "--data-dir", "d", "--checkpoint", "cosigned", "--witness", third.vkey).exit())
                    .isEqualTo(ExitCode.LOG_BROKEN);
            second.process.destroyForcibly().waitFor();
            Ran rotated = Ran.in(folder, "key", "rotate", "--data-dir", "d", "--server", "http://" + bus.http(), "--json"); // makes the log grow
            awaited(bus, "0/2"); // and nobody knows the new key
            Await.that("the entry, which comes after the checkpoint that it tells of", Duration.ofSeconds(20),
                    () -> get(bus, "/v1/witness/entries?limit=1000").body().contains("cosigning_short"));
            assertThat(get(bus, "/v1/witness/checkpoint?cosigned=true").body()).isEqualTo(checkpoint.note().toString());

            String vkey = JsonMapper.shared().readTree(rotated.lastLine()).path("vkey").asString();
            first.process.destroyForcibly().waitFor();
            witness("w1", first.http, vkey);
            witness("w2", second.http, vkey);
            Checkpoint after = Checkpoint.parse(awaited(bus, "2/2").getBytes(UTF_8));
            assertThat(after.isSignedBy(NoteKey.parse(vkey))).isTrue();
            assertThat(after.isSignedBy(log)).as("the old key is gone").isFalse();
            assertThat(after.size()).as("of the log that they knew before").isGreaterThan(checkpoint.size());
        }
    }

    @Test
    void shouldCosignNoForkAndRememberThatFromOneLifeToTheNext() throws Exception {
        Witness witness = witness("w1");
        try (Bus bus = bus(List.of(witness))) {
            awaited(bus, "1/1");
        }
        witness.process.destroyForcibly().waitFor();
        Witness again = witness("w1");
        assertThat(again.vkey).isEqualTo(witness.vkey);
        Files.delete(folder.resolve("d/ifbus.db"));
        for (int i = 0; i < 5; i++) append("another" + i);
        try (Bus bus = bus(List.of(again))) {
            awaited(bus, "0/1");
        }
        String text = Files.readString(folder.resolve("w1-state").resolve(originHash() + ".checkpoint"));
        HttpResponse<String> served = client.send(
                HttpRequest.newBuilder(URI.create("http://" + again.http + "/" + originHash() + "/checkpoint")).build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(served.body()).isEqualTo(text);
        assertThat(Checkpoint.parse(text.getBytes(UTF_8)).cosignedBy(NoteKey.parse(again.vkey))).isPresent();
    }

    private static String originHash() { return org.infrafabric.message.Sha256.hex("ifbus.local/node-1".getBytes(UTF_8)); }

    private Witness witness(String name) throws Exception { return witness(name, "127.0.0.1:0", log.vkey()); }

    private Witness witness(String name, String listen, String vkey) throws Exception {
        Process process = Ran
                .command("witness", "cosigner", "--listen", listen, "--name", "witness.example/" + name, "--key", name + ".key", "--state",
                        name + "-state", "--log", vkey, "--json")
                .directory(folder.toFile()).redirectError(folder.resolve(name + ".err").toFile()).start();
        running.add(process);
        String line = process.inputReader().readLine();
        assertThat(line).as(Files.readString(folder.resolve(name + ".err"))).isNotNull();
        JsonNode ready = JsonMapper.shared().readTree(line);
        return new Witness(process, ready.path("http").asString(), ready.path("vkey").asString());
    }

    private Bus bus(List<Witness> witnesses) throws Exception {
        StringBuilder listed = new StringBuilder();
        for (Witness one : witnesses)
            listed.append("    - { name: \"").append(NoteKey.parse(one.vkey).name()).append("\", url: \"http://").append(one.http)
                    .append("\", key: \"").append(one.vkey)
                    .append("\" }\n");
        String config = """
                http: { listen: "127.0.0.1:0" }
                sip: { listen: ["udp:127.0.0.1:0"] }
                witness:
                  every: PT1S
                  policy: { need: %d }
                  witnesses:
                %s""".formatted(Math.min(2, witnesses.size()), listed);
        return Bus.start(Config.parse("ifbus.yaml", config, folder).withData(folder.resolve("d")));
    }

    /** The newest checkpoint, as soon as it has so many cosignatures. */
    private String awaited(Bus bus, String cosigned) throws Exception {
        return Await.until("a checkpoint cosigned " + cosigned, Duration.ofSeconds(40), () -> get(bus, "/v1/witness/checkpoint"),
                answer -> answer.headers().firstValue("X-IF-Cosigned").orElse("").equals(cosigned)).body();
    }

    private HttpResponse<String> get(Bus bus, String path) throws Exception {
        return client.send(request(bus, path).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(Bus bus, String path) throws Exception {
        return HttpRequest.newBuilder(URI.create("http://" + bus.http() + path)).header("Authorization",
                "Bearer " + Files.readString(folder.resolve("d/operator.token")).strip());
    }

    private void append(String name) {
        try (SqliteStore store = SqliteStore.open(folder.resolve("d/ifbus.db"));
                WitnessLog open = WitnessLog.open(store, "node-1", key, java.time.InstantSource.system())) {
            open.append(Change.of(new Draft(EventType.RECEIVED, "0".repeat(32), JsonMapper.shared().createObjectNode().put("escalation", name))))
                    .join();
        }
    }
}
