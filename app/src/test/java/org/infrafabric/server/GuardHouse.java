package org.infrafabric.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import org.infrafabric.guard.Counters;
import org.infrafabric.message.SigningKey;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.witness.Entry;
import org.infrafabric.witness.WitnessLog;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A guard in force with a real config file, policy file, store and log, and a clock that the test moves. */
final class GuardHouse implements AutoCloseable {
    static final String CONFIG = """
            operators:
              - { id: op, token: "op-token-0123456789" }
              - { id: second, token: "second-token-0123456789" }
              - { id: third, token: "third-token-0123456789" }
            experts:
              - { uri: "sip:ada@127.0.0.1:5080", hazards: [safety] }
            guard:
              policy: policy.yaml
            """;
    static final String POLICY = "rules: [ { name: all, when: \"true\", then: people } ]\n";

    final Path folder;
    final SqliteStore store = SqliteStore.inMemory();
    final WitnessLog log;
    Instant now = Instant.parse("2026-11-21T12:00:00Z");
    LiveGuard live;

    GuardHouse() { this(CONFIG); }

    GuardHouse(String config) {
        try {
            folder = Files.createTempDirectory("ifbus-guard");
            write(config, POLICY);
            log = WitnessLog.open(store, "node-1", SigningKey.generate(), () -> now);
            live = open();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As a process that starts with what the files say. */
    LiveGuard open() throws IOException {
        Config config = read();
        live = LiveGuard.open(config, config.policy(), this::read, folder.resolve("data"), store, log, () -> now, Counters.open(store, now, 0));
        return live;
    }

    void write(String config, String policy) throws IOException {
        Files.writeString(folder.resolve("ifbus.yaml"), config);
        Files.writeString(folder.resolve("policy.yaml"), policy);
    }

    void change(String file, UnaryOperator<String> change) throws IOException {
        Files.writeString(folder.resolve(file), change.apply(Files.readString(folder.resolve(file))));
    }

    Config read() { return Config.read(folder.resolve("ifbus.yaml")); }

    void pass(Duration time) { now = now.plus(time); }

    /** Events of the guard, in order. */
    List<String> events() { return log.reader().entries(1, 1_000).stream().map(Entry::event).toList(); }

    JsonNode last(String event) {
        return log.reader().entries(1, 1_000).stream().filter(entry -> entry.event().equals(event)).reduce((one, two) -> two)
                .map(entry -> JsonMapper.shared().readTree(entry.json()).path("payload")).orElseThrow();
    }

    @Override
    public void close() {
        log.close();
        store.close();
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
