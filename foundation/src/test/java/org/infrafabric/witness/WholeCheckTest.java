package org.infrafabric.witness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.testkit.Await;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is found while the bus runs, of entries that opening does not look at. */
class WholeCheckTest {
    private static final int ENTRIES = 1_200; // opening looks at the last 1,024
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir Path directory;
    private SqliteStore store;
    private WitnessLog log;

    @BeforeEach
    void write() {
        store = SqliteStore.open(directory.resolve("ifbus.db"));
        open();
        append(ENTRIES);
    }

    @AfterEach
    void close() {
        log.close();
        store.close();
    }

    private void open() { log = WitnessLog.open(store, LogName.of("ifbus.example", "node-1"), Logs.BUS, Logs.NOON); }

    @Test
    void shouldTakeNothingNewOnceAnOldEntryIsFoundToBeAltered() throws Exception {
        alter(7, "e6", "x6");
        open();
        try (WholeCheck check = new WholeCheck(log, () -> false)) {
            check.start();
            Await.that("the fault", SOON, () -> log.fault().isPresent());
        }
        assertThat(log.fault().orElseThrow().seq()).isEqualTo(7);
        assertThat(log.saturated()).as("new escalations").isTrue();
        log.append(Change.of(Logs.draft("one that runs"))).join();
        Entry told = log.reader().entries(ENTRIES + 1, 1).getFirst();
        assertThat(told.event()).isEqualTo("log_broken");
        assertThat(told.payload().path("seq").asLong()).isEqualTo(7);

        assertThatThrownBy(this::open).isInstanceOf(BrokenLog.class).hasMessageContaining("broken at seq 7");
        alter(7, "x6", "e6"); // as from a backup
        open();
        assertThat(log.saturated()).isFalse();
        store.write(tx -> tx.execute("UPDATE witness_entries SET hash = 'x' WHERE seq = 8")).join();
        open(); // nobody has found that yet
    }

    @Test
    void shouldFindAHashTreeThatIsNotThatOfTheEntries() throws Exception {
        store.write(tx -> tx.execute("UPDATE witness_tiles SET hashes = zeroblob(length(hashes)) WHERE level = 0 AND tile = 0")).join();
        try (WholeCheck check = new WholeCheck(log, () -> false)) {
            check.start();
            Await.that("the fault", SOON, () -> log.fault().isPresent());
        }
        assertThat(log.fault().orElseThrow().what()).contains("hash tree");
    }

    @Test
    void shouldFindNothingInAWholeLogThatGrowsMeanwhile() throws Exception {
        try (WholeCheck check = new WholeCheck(log, () -> false)) {
            check.start();
            do append(100);
            while (check.verified() < ENTRIES);
            assertThat(check.verified()).as("what was there at the start").isLessThan(log.reader().count());
        }
        assertThat(log.fault()).isEmpty();
        assertThat(log.saturated()).isFalse();
    }

    @Test
    void shouldTakeItsTimeBesideOtherWorkAndBeQuickerAlone() throws Exception {
        List<Duration> pauses = new ArrayList<>();
        AtomicBoolean calls = new AtomicBoolean();
        try (WholeCheck check = new WholeCheck(log, calls::get, pause -> {
            pauses.add(pause);
            if (pauses.size() == 20) append(1);
        })) {
            check.start();
            Await.that("the end", SOON, () -> check.verified() >= ENTRIES);
        }
        assertThat(pauses.subList(0, 16)).as("a bus that has just started").containsOnly(WholeCheck.BESIDE_WORK);
        assertThat(pauses.subList(16, 20)).as("nothing is written, nobody calls").containsOnly(WholeCheck.ALONE);
        assertThat(pauses.get(20)).as("something was written").isEqualTo(WholeCheck.BESIDE_WORK);

        pauses.clear();
        calls.set(true);
        try (WholeCheck check = new WholeCheck(log, calls::get, pauses::add)) {
            check.start();
            Await.that("the end", SOON, () -> check.verified() >= ENTRIES);
        }
        assertThat(pauses).hasSizeGreaterThan(20).as("people talk").containsOnly(WholeCheck.BESIDE_WORK);
    }

    @Test
    void shouldEndWithItsBusAndFindNothingThen() {
        alter(ENTRIES - 100, "e", "x");
        WholeCheck check = new WholeCheck(log, () -> false);
        check.start();
        check.close();
        assertThat(check.verified()).isLessThan(ENTRIES - 100);
        assertThat(log.fault()).isEmpty();
        new WholeCheck(log, () -> false).close(); // one that never ran
    }

    private void append(int count) {
        List<CompletableFuture<List<Entry>>> all = IntStream.range(0, count).mapToObj(i -> log.append(Change.of(Logs.draft("e" + i)))).toList();
        all.forEach(CompletableFuture::join);
    }

    private void alter(long seq, String from, String to) {
        store.write(tx -> tx.execute("UPDATE witness_entries SET json = replace(json, ?, ?) WHERE seq = ?", "\"escalation\":\"" + from,
                "\"escalation\":\"" + to, seq)).join();
    }
}
