package org.infrafabric.witness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.infrafabric.store.SqliteStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real processes, really killed. */
@Timeout(120)
class CrashTest {
    private static final int ROUNDS = 3;

    @TempDir Path directory;

    @Test
    void shouldHaveEveryAcknowledgedEntryAndAWholeChainAfterKillDash9() throws Exception {
        Map<Long, String> acknowledged = new HashMap<>();
        for (int round = 0; round < ROUNDS; round++) {
            Process node = start();
            try (BufferedReader out = node.inputReader()) {
                int enough = 300 + 170 * round;
                for (String line = out.readLine(); line != null; line = out.readLine()) { // after the kill: what it had still said
                    String[] words = line.split(" ");
                    if (words[0].equals("durable") && words.length == 3 && words[2].length() == 64)
                        acknowledged.put(Long.parseLong(words[1]), words[2]);
                    else
                        if (node.isAlive()) assertThat(line).startsWith("durable");
                    if (--enough == 0) node.toHandle().destroyForcibly(); // SIGKILL; the process's own method would close the pipe as well
                }
            }
            assertThat(node.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(node.exitValue()).isEqualTo(128 + 9);
            assertWhole(acknowledged);
        }
    }

    @Test
    void shouldTurnASecondProcessAwayFromADirectoryInUseAndSayWhoHoldsIt() throws Exception {
        try (SqliteStore mine = SqliteStore.open(directory.resolve("ifbus.db"))) {
            Process second = start();
            try (BufferedReader out = second.inputReader()) {
                assertThat(out.readLine()).startsWith("in use: ").contains("process " + ProcessHandle.current().pid())
                        .contains(directory.toRealPath().toString());
            } finally {
                second.destroyForcibly();
            }
            assertThat(second.waitFor(10, TimeUnit.SECONDS)).isTrue();
            mine.migrate("alive", List.of("CREATE TABLE alive (a TEXT)"));
        }
    }

    private void assertWhole(Map<Long, String> acknowledged) {
        try (SqliteStore reading = SqliteStore.readOnly(directory.resolve("ifbus.db"))) { // before anybody opens it for writing
            Verdict verdict = new Verifier(List.of(Logs.BUS.verifyKey()), Optional.empty()).verify(reading);
            assertThat(verdict.fault()).isEmpty();
            assertThat(verdict.entries()).isGreaterThanOrEqualTo(acknowledged.size());
            Map<Long, String> kept = new HashMap<>();
            reading.read(tx -> tx.query("SELECT e.seq, e.hash, s.hash FROM witness_entries e LEFT JOIN states s ON s.seq = e.seq", row -> {
                assertThat(row.text(2)).isEqualTo(row.text(1)); // state and entry are one
                return kept.put(row.number(0), row.text(1));
            }));
            assertThat(kept).containsAllEntriesOf(acknowledged);
        }
        try (SqliteStore store = SqliteStore.open(directory.resolve("ifbus.db"));
                WitnessLog log = WitnessLog.open(store, "node-1", Logs.BUS, InstantSource.system())) {
            assertThat(log.reader().count()).isGreaterThanOrEqualTo(acknowledged.size());
        }
    }

    private Process start() throws Exception {
        String java = ProcessHandle.current().info().command().orElseThrow();
        String classes = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return new ProcessBuilder(java, "-XX:TieredStopAtLevel=1", "-Xshare:auto", "--enable-native-access=ALL-UNNAMED", "-cp", classes,
                AppendUntilKilled.class.getName(), directory.toString()).redirectError(new File(directory.toFile(), "stderr.txt")).start();
    }
}
