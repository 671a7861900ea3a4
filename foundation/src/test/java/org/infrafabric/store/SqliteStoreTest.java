package org.infrafabric.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.infrafabric.testkit.Await;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteStoreTest {
    private static final List<String> STEPS = List.of("CREATE TABLE things (name TEXT PRIMARY KEY, amount INTEGER, bytes BLOB) STRICT");

    @TempDir Path directory;
    private SqliteStore store;

    @BeforeEach
    void open() {
        store = SqliteStore.open(directory.resolve("ifbus.db"));
        store.migrate("things", STEPS);
    }

    @AfterEach
    void close() { store.close(); }

    @Test
    void shouldGiveBackWhatWasWritten() {
        byte[] bytes = {0, 1, (byte) 255};
        store.write(tx -> tx.execute("INSERT INTO things VALUES (?, ?, ?)", "Zürich ✓", Long.MIN_VALUE, bytes)).join();
        store.write(tx -> tx.execute("INSERT INTO things VALUES (?, ?, ?)", "nothing", null, null)).join();
        assertThat(store.<Long>read(tx -> tx.first("SELECT amount FROM things WHERE name = ?", row -> row.number(0), "Zürich ✓").orElseThrow()))
                .isEqualTo(Long.MIN_VALUE);
        assertThat(store.<byte[]>read(tx -> tx.first("SELECT bytes FROM things WHERE amount IS NOT NULL", row -> row.bytes(0)).orElseThrow()))
                .isEqualTo(bytes);
        assertThat(store.<Boolean>read(tx -> tx.first("SELECT bytes FROM things WHERE amount IS NULL", row -> row.isNull(0)).orElseThrow())).isTrue();
        assertThatThrownBy(() -> store.read(tx -> tx.first("SELECT amount FROM things WHERE amount IS NULL", row -> row.number(0))))
                .isInstanceOf(StoreFailure.class).hasMessageContaining("column 0 is null");
    }

    @Test
    void shouldCommitEverythingThatWaitsAtOnce() {
        Commits commits = new Commits();
        store.listen(commits);
        CountDownLatch gate = new CountDownLatch(1);
        List<CompletableFuture<Integer>> writes = new ArrayList<>();
        writes.add(store.write(tx -> {
            await(gate);
            return insert(tx, "first");
        }));
        for (int i = 0; i < 100; i++) {
            String name = "n" + i;
            writes.add(store.write(tx -> insert(tx, name)));
        }
        gate.countDown();
        writes.forEach(CompletableFuture::join);
        assertThat(commits.sizes).hasSizeLessThanOrEqualTo(3); // the first alone, or with those that came before it was taken; then the rest
        assertThat(commits.sizes.stream().mapToInt(Integer::intValue).sum()).isEqualTo(101);
        assertThat(commits.nanos).allMatch(nanos -> nanos > 0);
    }

    @Test
    void shouldCompleteFuturesInOrderAndOnlyWhenOthersCanReadWhatTheyTellOf() {
        List<Integer> order = new CopyOnWriteArrayList<>();
        List<Long> seen = new CopyOnWriteArrayList<>();
        List<CompletableFuture<?>> told = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            int number = i;
            told.add(store.write(tx -> insert(tx, "n" + number)).thenRun(() -> {
                order.add(number);
                seen.add(count());
            }));
        }
        told.forEach(CompletableFuture::join);
        assertThat(order).isSorted().hasSize(50);
        for (int i = 0; i < 50; i++) assertThat(seen.get(i)).isGreaterThanOrEqualTo(i + 1);
    }

    @Test
    void shouldUndoAThrowingWorkAlone() {
        CountDownLatch gate = new CountDownLatch(1);
        var before = store.write(tx -> {
            await(gate);
            return insert(tx, "before");
        });
        var failing = store.write(tx -> {
            insert(tx, "half");
            throw new IllegalStateException("changed its mind");
        });
        var duplicate = store.write(tx -> insert(tx, "before"));
        var after = store.write(tx -> insert(tx, "after"));
        gate.countDown();
        before.join();
        after.join();
        assertThatThrownBy(failing::join).hasCauseInstanceOf(IllegalStateException.class).hasMessageContaining("changed its mind");
        assertThatThrownBy(duplicate::join).hasCauseInstanceOf(StoreFailure.class);
        assertThat(names()).containsExactly("after", "before");
    }

    @Test
    void shouldFailTheWholeGroupWhenTheDiskIsFullAndRecoverWhenItIsNot() throws Exception {
        store.write(tx -> insert(tx, "kept")).join();
        long pages = store.read(tx -> tx.first("PRAGMA page_count", row -> row.number(0)).orElseThrow());
        store.limitPages(pages);
        Commits commits = new Commits();
        store.listen(commits);
        CountDownLatch gate = new CountDownLatch(1);
        var small = store.write(tx -> {
            await(gate);
            return insert(tx, "small");
        });
        var large = store.write(tx -> {
            try {
                return tx.execute("INSERT INTO things VALUES (?, ?, ?)", "large", 1L, new byte[1 << 20]);
            } catch (StoreFailure swallowed) {
                return 0; // must not make the group a success
            }
        });
        gate.countDown();
        assertThatThrownBy(large::join).hasCauseInstanceOf(StoreFailure.class);
        boolean together = small.isCompletedExceptionally(); // depends on whether the writer took both at once
        assertThat(names()).isEqualTo(together ? List.of("kept") : List.of("kept", "small"));
        store.limitPages(1 << 30);
        Await.until("the store to find by itself that it can write", Duration.ofSeconds(10), store::trouble, Optional::isEmpty);
        assertThat(commits.failures.get()).isPositive();
        store.write(tx -> insert(tx, "again")).join();
        assertThat(names()).contains("kept", "again").doesNotContain("large");
    }

    @Test
    void shouldTrustNothingAroundAWorkThatEndsTheTransaction() {
        var rogue = store.write(tx -> {
            insert(tx, "rogue");
            return tx.execute("ROLLBACK");
        });
        assertThatThrownBy(rogue::join).hasCauseInstanceOf(StoreFailure.class);
        store.write(tx -> insert(tx, "next")).join();
        assertThat(names()).containsExactly("next");
    }

    @Test
    void shouldRefuseASecondOwnerOfTheDirectory() {
        assertThatThrownBy(() -> SqliteStore.open(directory.resolve("ifbus.db"))).isInstanceOf(DataDirectoryInUse.class)
                .hasMessageContaining(directory.getFileName().toString()).hasMessageContaining("process " + ProcessHandle.current().pid());
        store.write(tx -> insert(tx, "still mine")).join();
        store.close();
        try (SqliteStore next = SqliteStore.open(directory.resolve("ifbus.db"))) {
            assertThat(next.<Long>read(SqliteStoreTest::countIn)).isEqualTo(1);
        }
    }

    @Test
    void shouldReadBesideTheWriterWithoutTheLock() {
        store.write(tx -> insert(tx, "one")).join();
        try (SqliteStore reading = SqliteStore.readOnly(directory.resolve("ifbus.db"))) {
            assertThat(reading.<Long>read(SqliteStoreTest::countIn)).isEqualTo(1);
            store.write(tx -> insert(tx, "two")).join();
            assertThat(reading.<Long>read(SqliteStoreTest::countIn)).isEqualTo(2);
            assertThatThrownBy(() -> reading.write(tx -> insert(tx, "three")).join()).hasCauseInstanceOf(StoreFailure.class);
            assertThatThrownBy(() -> reading.read(tx -> insert(tx, "three"))).isInstanceOf(StoreFailure.class);
        }
    }

    @Test
    void shouldSayWhenThereIsNothingToRead() {
        assertThatThrownBy(() -> SqliteStore.readOnly(directory.resolve("other.db"))).isInstanceOf(StoreFailure.class)
                .hasMessageContaining("other.db");
    }

    @Test
    void shouldRefuseAFileThatIsNoDatabase() throws Exception {
        Path other = Files.createDirectory(directory.resolve("other"));
        Files.writeString(other.resolve("ifbus.db"), "this is no database, and was never meant to be one");
        assertThatThrownBy(() -> SqliteStore.open(other.resolve("ifbus.db"))).isInstanceOf(StoreFailure.class);
        Files.delete(other.resolve("ifbus.db"));
        SqliteStore.open(other.resolve("ifbus.db")).close(); // the lock was let go
    }

    @Test
    void shouldWriteWhatIsQueuedBeforeItCloses() {
        List<CompletableFuture<Integer>> writes = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            String name = "n" + i;
            writes.add(store.write(tx -> insert(tx, name)));
        }
        store.close();
        store.close();
        assertThat(writes).allMatch(CompletableFuture::isDone).noneMatch(CompletableFuture::isCompletedExceptionally);
        assertThatThrownBy(() -> store.write(tx -> insert(tx, "late")).join()).hasCauseInstanceOf(StoreFailure.class).hasMessageContaining("closed");
        assertThatThrownBy(() -> store.read(SqliteStoreTest::countIn)).isInstanceOf(StoreFailure.class).hasMessageContaining("closed");
    }

    @Test
    void shouldSayThatItIsSaturatedAndThenRefuseButNeverBlock() {
        CountDownLatch gate = new CountDownLatch(1);
        var held = store.write(tx -> {
            await(gate);
            return 0;
        });
        List<CompletableFuture<Integer>> writes = new ArrayList<>();
        assertThat(store.saturated()).isFalse();
        for (int i = 0; i < SqliteStore.CAPACITY + 2_100; i++) writes.add(store.write(tx -> 0)); // more than the queue and a group already taken
        assertThat(store.saturated()).isTrue();
        gate.countDown();
        held.join();
        long refused = writes.stream().filter(write -> write.handle((ok, failure) -> failure instanceof StoreFailure).join()).count();
        assertThat(refused).isBetween(50L, 2_101L);
        assertThat(store.saturated()).isFalse();
    }

    @Test
    void shouldRunEachMigrationStepOnceAndRefuseALaterVersion() {
        List<String> more = List.of(STEPS.getFirst(), "CREATE TABLE more (name TEXT) STRICT");
        store.migrate("things", more);
        store.migrate("things", more);
        assertThat(store.<Long>read(tx -> tx.first("SELECT count(*) FROM more", row -> row.number(0)).orElseThrow())).isZero();
        assertThatThrownBy(() -> store.migrate("things", STEPS)).isInstanceOf(StoreFailure.class).hasMessageContaining("later version");
    }

    @Test
    void shouldRollBackAMigrationThatFails() {
        assertThatThrownBy(() -> store.migrate("broken", List.of("CREATE TABLE fine (a TEXT)", "CREATE TABLE not fine")))
                .isInstanceOf(StoreFailure.class);
        store.migrate("broken", List.of("CREATE TABLE fine (a TEXT)"));
    }

    @Test
    void shouldKeepAListenersTroubleToItself() {
        store.listen(new GroupListener() {
            @Override
            public void committed(List<? extends Function<Transaction, ?>> works, long commitNanos) {
                throw new IllegalStateException("thrown on purpose, to see it logged");
            }
        });
        assertThat(store.write(tx -> insert(tx, "fine")).join()).isEqualTo(1);
    }

    @Test
    void shouldRunOnTheCallersThreadInMemory() {
        try (SqliteStore memory = SqliteStore.inMemory()) {
            memory.migrate("things", STEPS);
            Thread[] ran = new Thread[1];
            CompletableFuture<Integer> write = memory.write(tx -> {
                ran[0] = Thread.currentThread();
                return insert(tx, "one");
            });
            assertThat(write).isCompletedWithValue(1);
            assertThat(ran[0]).isSameAs(Thread.currentThread());
            assertThat(memory.write(tx -> {
                insert(tx, "half");
                throw new IllegalStateException("no");
            })).isCompletedExceptionally();
            assertThat(memory.<Long>read(SqliteStoreTest::countIn)).isEqualTo(1);
            assertThatThrownBy(() -> memory.write(tx -> memory.write(inner -> 0)).join()).isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(IllegalStateException.class);
            assertThat(memory.<Long>read(SqliteStoreTest::countIn)).isEqualTo(1);
        }
    }

    @Test
    void shouldLetARowMapperRunTheSameStatementAgain() {
        store.write(tx -> insert(tx, "a")).join();
        store.write(tx -> insert(tx, "b")).join();
        String sql = "SELECT name FROM things ORDER BY name";
        List<List<String>> nested = store.read(tx -> tx.query(sql, outer -> tx.query(sql, inner -> outer.text(0) + inner.text(0))));
        assertThat(nested).containsExactly(List.of("aa", "ab"), List.of("ba", "bb"));
    }

    private long count() { return store.read(SqliteStoreTest::countIn); }

    private List<String> names() { return store.read(tx -> tx.query("SELECT name FROM things ORDER BY name", row -> row.text(0))); }

    private static long countIn(Transaction tx) { return tx.first("SELECT count(*) FROM things", row -> row.number(0)).orElseThrow(); }

    private static int insert(Transaction tx, String name) { return tx.execute("INSERT INTO things (name) VALUES (?)", name); }

    private static void await(CountDownLatch gate) {
        try {
            if (!gate.await(10, TimeUnit.SECONDS)) throw new IllegalStateException("the test never opened the gate");
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class Commits implements GroupListener {
        private final List<Integer> sizes = new CopyOnWriteArrayList<>();
        private final List<Long> nanos = new CopyOnWriteArrayList<>();
        private final AtomicInteger failures = new AtomicInteger();

        @Override
        public void committed(List<? extends Function<Transaction, ?>> works, long commitNanos) {
            sizes.add(works.size());
            nanos.add(commitNanos);
        }

        @Override
        public void failed(StoreFailure why) { failures.incrementAndGet(); }
    }
}
