package org.infrafabric.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.infrafabric.message.SigningKey;
import org.infrafabric.server.Bus;
import org.infrafabric.server.BusKey;
import org.infrafabric.server.Config;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.witness.Change;
import org.infrafabric.witness.Draft;
import org.infrafabric.witness.EventType;
import org.infrafabric.witness.WitnessLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What keeps a log over the years: new keys, and the deletion of what must go; beside a running bus and without one. */
class KeepLogTest {
    @TempDir private Path folder;

    @Test
    void shouldChangeKeysWithoutABusAndKeepOldEntriesVerifiable() throws Exception {
        SigningKey old = SigningKey.generate();
        old.write(Files.createDirectories(folder.resolve("d")).resolve("bus.key"));
        append(old, "before");
        JsonNode rotated = json(run("key", "rotate", "--data-dir", "d", "--json"));
        SigningKey now = SigningKey.read(folder.resolve("d/bus.key"));
        assertThat(rotated.path("keyId").asString()).isEqualTo(now.keyId()).isNotEqualTo(old.keyId());
        assertThat(rotated.path("seq").asInt()).isEqualTo(2);
        assertThat(Files.exists(folder.resolve("d/bus.key.next"))).isFalse();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("d/bus.key")))).isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("d/ifbus.db")))).isEqualTo("rw-------");
        append(now, "after");
        for (SigningKey key : List.of(old, now))
            assertThat(run("witness", "verify", "--data-dir", "d", "--key", key.verifyKey().toString()).exit()).isZero();
        assertThat(run("witness", "checkpoint", "--data-dir", "d").exit()).isZero();
    }

    /** The new key was written, and named in the log or not, when the power went. */
    @Test
    void shouldFinishARotationThatACrashCutInTwo() throws Exception {
        Path file = Files.createDirectories(folder.resolve("d")).resolve("bus.key"), next = folder.resolve("d/bus.key.next");
        SigningKey old = SigningKey.generate(), fresh = SigningKey.generate();
        old.write(file);
        fresh.write(next);
        try (SqliteStore store = SqliteStore.open(folder.resolve("d/ifbus.db"))) {
            try (WitnessLog log = WitnessLog.open(store, "node-1", old, InstantSource.system())) {
                assertThat(BusKey.open(file, store).keyId()).isEqualTo(old.keyId()); // never named: dropped
                assertThat(next).doesNotExist();
                fresh.write(next);
                log.append(change("e")).join();
                log.changeKey(fresh, "0".repeat(32)).join();
            }
            assertThat(BusKey.open(file, store).keyId()).isEqualTo(fresh.keyId());
            assertThat(next).doesNotExist();
            WitnessLog.open(store, "node-1", SigningKey.read(file), InstantSource.system()).close();
        }
    }

    @Test
    void shouldAskTheRunningBusToChangeItsKeyAndToDeleteABlob() throws Exception {
        SigningKey old = SigningKey.generate();
        old.write(Files.createDirectories(folder.resolve("d")).resolve("bus.key"));
        append(old, "before");
        Config config = Config.parse("ifbus.yaml", """
                http: { listen: "127.0.0.1:0" }
                sip: { listen: ["udp:127.0.0.1:0"] }
                """, folder).withData(folder.resolve("d"));
        Bus bus = Bus.start(config);
        try {
            String server = "http://" + bus.http();
            Ran rotated = run("key", "rotate", "--data-dir", "d", "--server", server, "--json");
            assertThat(rotated.exit()).as(rotated.err()).isZero();
            assertThat(bus.publicKey()).isEqualTo(json(rotated).path("publicKey").asString()).isNotEqualTo(old.verifyKey().toString());
            JsonNode first = json(run("witness", "show", "1", "--data-dir", "d", "--json"));
            String blob = first.path("payload").path("request").path("blob").path("id").asString();
            Ran deleted = run("witness", "delete-blob", blob, "--data-dir", "d", "--server", server, "--reason", "asked for by them", "--json");
            assertThat(deleted.exit()).as(deleted.err()).isZero();
            assertThat(json(deleted).path("payload").path("reason").asString()).isEqualTo("asked for by them");
            assertThat(json(deleted).path("keyId").asString()).isEqualTo(json(rotated).path("keyId").asString());
            assertThat(run("witness", "delete-blob", blob, "--data-dir", "d", "--server", server).exit()).isEqualTo(ExitCode.USAGE);
            assertThat(run("witness", "verify", "--data-dir", "d", "--key", old.verifyKey().toString()).exit()).isZero();
        } finally {
            bus.close();
        }
    }

    private void append(SigningKey key, String name) {
        try (SqliteStore store = SqliteStore.open(folder.resolve("d/ifbus.db"));
                WitnessLog log = WitnessLog.open(store, "node-1", key, InstantSource.system())) {
            log.append(change(name)).join();
        }
    }

    private static Change change(String name) {
        return Change.of(new Draft(EventType.RECEIVED, "0".repeat(32), JsonMapper.shared().createObjectNode().put("escalation", name),
                Map.of("request", new Draft.Blob("text/plain", name.getBytes(java.nio.charset.StandardCharsets.UTF_8)))));
    }

    private Ran run(String... arguments) throws Exception { return Ran.in(folder, arguments); }

    private static JsonNode json(Ran ran) {
        assertThat(ran.out()).as(ran.err()).isNotEmpty();
        return JsonMapper.shared().readTree(ran.lastLine());
    }
}
