package org.infrafabric.witness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.infrafabric.store.SqliteStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A second process at the door of a data directory. What kills do to a log is tested in bench, where a command does it a thousand times. */
@Timeout(120)
class SecondProcessTest {
    @TempDir Path directory;

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

    private Process start() throws Exception {
        String java = ProcessHandle.current().info().command().orElseThrow();
        String classes = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return new ProcessBuilder(java, "-XX:TieredStopAtLevel=1", "-Xshare:auto", "--enable-native-access=ALL-UNNAMED", "-cp", classes,
                OpenStore.class.getName(), directory.toString()).redirectError(new File(directory.toFile(), "stderr.txt")).start();
    }
}
