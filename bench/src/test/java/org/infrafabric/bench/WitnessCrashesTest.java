package org.infrafabric.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.infrafabric.testkit.Requires;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real processes, really killed, on disks that really fail. The thousand are a command: {@code ./ifbus bench witness-crashes}. */
@Timeout(300)
class WitnessCrashesTest {
    @TempDir private Path directory;
    private WitnessCrashes crashes;

    @BeforeEach
    void make() throws Exception {
        crashes = new WitnessCrashes(directory, 7);
    }

    @Test
    void shouldLoseNothingAcknowledgedInFiftyKills() throws Exception {
        crashes.kill(50);
        assertThat(crashes.acknowledged()).isGreaterThan(5_000);
        assertThat(crashes.checkpoints()).isGreaterThan(50);
    }

    /** The kernel refuses to let the file grow, as a full disk does; then there is room again. */
    @Test
    void shouldAcknowledgeNothingThatTheFullDiskRefusedAndGoOnWhenThereIsRoom() throws Exception {
        Requires.programs("prlimit");
        Process node = crashes.start(List.of("prlimit", "--fsize=4000000:unlimited", "--"));
        int afterwards = 0;
        try (BufferedReader out = node.inputReader()) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                boolean durable = crashes.take(line);
                if (crashes.failures() == 100) { // and all of it for one reason
                    Process room = new ProcessBuilder("prlimit", "--pid", Long.toString(node.pid()), "--fsize=unlimited:unlimited").inheritIO()
                            .start();
                    assertThat(room.waitFor()).isZero();
                }
                if (durable && crashes.failures() >= 100 && ++afterwards == 500) node.toHandle().destroyForcibly();
            }
        }
        assertThat(node.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(crashes.failures()).isGreaterThanOrEqualTo(100);
        assertThat(afterwards).isGreaterThanOrEqualTo(500);
        crashes.verify();
    }

    /** A disk that takes what is written and then says that it could not keep it: every third time, and then no more. */
    @Test
    void shouldAcknowledgeNothingThatTheDiskFailedToSync() throws Exception {
        Requires.programs("strace");
        Process node = crashes.start(List.of("strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync", "-e",
                "inject=fsync,fdatasync:error=EIO:when=20..200+3"));
        try (BufferedReader out = node.inputReader()) {
            int afterwards = 0;
            for (String line = out.readLine(); line != null; line = out.readLine())
                if (crashes.take(line) && crashes.failures() > 64 && ++afterwards == 600) node.descendants().forEach(ProcessHandle::destroyForcibly);
        }
        assertThat(node.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(crashes.failures()).isGreaterThan(64);
        crashes.verify();
        crashes.liveUntil(crashes.start(List.of()), 100); // and the next life goes on with it
        crashes.verify();
    }
}
