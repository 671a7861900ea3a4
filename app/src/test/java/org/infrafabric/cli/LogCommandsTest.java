package org.infrafabric.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.infrafabric.message.SigningKey;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.witness.Change;
import org.infrafabric.witness.Draft;
import org.infrafabric.witness.EventType;
import org.infrafabric.witness.WitnessLog;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** The commands that read a log, each in a process and a working directory of its own. */
class LogCommandsTest {
    private static final int ENTRIES = 150;

    @TempDir private Path folder;
    private final SigningKey key = SigningKey.generate();

    @BeforeEach
    void write() throws IOException {
        Path data = Files.createDirectories(folder.resolve("elsewhere"));
        key.write(data.resolve("bus.key"));
        try (SqliteStore store = SqliteStore.open(data.resolve("ifbus.db"));
                WitnessLog log = WitnessLog.open(store, "node-1", key, InstantSource.system())) {
            for (int i = 0; i < ENTRIES; i++) {
                log.append(Change.of(new Draft(EventType.CLOSED, "0".repeat(32), JsonMapper.shared().createObjectNode().put("escalation", "e" + i))))
                        .join();
            }
        }
    }

    @Test
    void shouldFindTheDataWhereTheConfigSaysItIs() throws Exception {
        Files.writeString(folder.resolve("bus.yaml"), "data: ./elsewhere\n");
        Ran named = run("witness", "verify", "--config", "bus.yaml", "--json");
        assertThat(named.exit()).as(named.err()).isZero();
        assertThat(named.out()).contains("\"entries\":" + ENTRIES);
        Files.move(folder.resolve("bus.yaml"), folder.resolve("ifbus.yaml"));
        assertThat(run("witness", "verify").exit()).isZero();
        assertThat(run("key", "show").out()).contains(key.verifyKey().toString());
        Ran wrong = run("witness", "verify", "--data-dir", "nowhere");
        assertThat(wrong.exit()).isEqualTo(ExitCode.USAGE);
        assertThat(wrong.err()).contains("--data-dir");
    }

    @Test
    void shouldListTheWholeLogUnlessTold() throws Exception {
        assertThat(run("witness", "log", "--data-dir", "elsewhere", "--json").lines()).hasSize(ENTRIES);
        assertThat(run("witness", "log", "--data-dir", "elsewhere", "--limit", "7").lines()).hasSize(7);
        assertThat(run("witness", "export", "--data-dir", "elsewhere", "--json").lines()).hasSize(ENTRIES + 1);
    }

    @Test
    void shouldNameTheFirstBadEntryWhateverTheForm() throws Exception {
        List<String> lines = new ArrayList<>(run("witness", "export", "--data-dir", "elsewhere").lines());
        lines.set(41, lines.get(41).replace("closed", "CLOSED"));
        Files.write(folder.resolve("export.jsonl"), lines);
        Ran text = run("witness", "verify", "--file", "export.jsonl");
        assertThat(text.exit()).isEqualTo(ExitCode.LOG_BROKEN);
        assertThat(text.out()).contains("seq 41");
        Ran json = run("witness", "verify", "--file", "export.jsonl", "--json");
        assertThat(json.exit()).isEqualTo(ExitCode.LOG_BROKEN);
        assertThat(JsonMapper.shared().readTree(json.lines().getLast()).path("fault").path("seq").asInt()).isEqualTo(41);
        assertThat(json.err()).contains("seq 41");
    }

    @Test
    void shouldCallADamagedDatabaseABrokenLog() throws Exception {
        Path damaged = Files.createDirectories(folder.resolve("damaged")).resolve("ifbus.db");
        Files.writeString(damaged, "no database at all, and long enough to look like one");
        assertThat(run("witness", "verify", "--data-dir", "damaged").exit()).isEqualTo(ExitCode.LOG_BROKEN);
    }

    @Test
    void shouldSayWhichFieldOfAMessageIsWrong() throws Exception {
        Files.writeString(folder.resolve("m.json"), """
                {"id":"e-1","timestamp":"2026-11-21T12:00:00.000Z","level":9,"source":"if://agent/a","destination":"if://b",
                 "payload":{"performative":"ESCALATE","hazards":["legal"],"summary":"x"}}""");
        Ran refused = run("guard", "explain", "m.json");
        assertThat(refused.exit()).isEqualTo(ExitCode.USAGE);
        assertThat(refused.err()).contains("m.json").contains("/level");
        Files.writeString(folder.resolve("m.json"), Files.readString(folder.resolve("m.json")).replace("9", "2").replace("legal", "weather"));
        Ran unknown = run("guard", "explain", "m.json");
        assertThat(unknown.exit()).isEqualTo(ExitCode.USAGE);
        assertThat(unknown.err()).contains("\"weather\"", "legal");
    }

    private Ran run(String... arguments) throws Exception { return Ran.in(folder, arguments); }
}
