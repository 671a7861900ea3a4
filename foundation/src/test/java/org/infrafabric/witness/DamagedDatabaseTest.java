package org.infrafabric.witness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.store.StoreFailure;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log whose database file a disk, or somebody, has damaged. */
class DamagedDatabaseTest {
    private static final int PAGE = 4_096;

    @TempDir private Path directory;
    private Path file;

    @BeforeEach
    void write() {
        file = directory.resolve("ifbus.db");
        try (SqliteStore store = SqliteStore.open(file); WitnessLog log = WitnessLog.open(store, "node-1", Logs.BUS, Logs.NOON)) {
            for (int i = 1; i <= 200; i++) log.append(Change.of(Logs.draft("esc-" + i))).join();
        }
    }

    @Test
    void shouldCallALogBrokenWhosePagesCannotBeRead() throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        // The schema's page and the keys stay whole, so that the file opens.
        for (int at = bytes.length / 2; at < bytes.length; at++) bytes[at] ^= 0x5a;
        Files.write(file, bytes);
        try (SqliteStore store = SqliteStore.readOnly(file)) {
            Verdict verdict = new Verifier(List.of(Logs.BUS.verifyKey()), Optional.empty()).verify(store);
            assertThat(verdict.intact()).isFalse();
            assertThat(verdict.fault().orElseThrow().seq()).isEqualTo(verdict.entries() + 1);
        }
    }

    @Test
    void shouldCallALogBrokenOfWhichNothingButTheSchemaCanBeRead() throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        Arrays.fill(bytes, PAGE, bytes.length, (byte) 0x5a);
        Files.write(file, bytes);
        try (SqliteStore store = SqliteStore.readOnly(file)) {
            Verdict verdict = new Verifier(List.of(), Optional.empty()).verify(store);
            assertThat(verdict.fault().orElseThrow().what()).contains("cannot be read");
        }
    }

    @Test
    void shouldTellDamageFromOtherTroubleOfTheStore() throws IOException {
        Files.writeString(file, "this is no database, however long one looks at it");
        assertThatThrownBy(() -> SqliteStore.readOnly(file)).isInstanceOfSatisfying(StoreFailure.class,
                failure -> assertThat(failure.damaged()).isTrue());
        assertThatThrownBy(() -> SqliteStore.readOnly(directory.resolve("nowhere.db")))
                .isInstanceOfSatisfying(StoreFailure.class, failure -> assertThat(failure.damaged()).isFalse());
    }
}
