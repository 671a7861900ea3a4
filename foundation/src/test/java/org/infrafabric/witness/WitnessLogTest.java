package org.infrafabric.witness;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.infrafabric.message.SigningKey;
import org.infrafabric.message.StrictJson;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.store.StoreFailure;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

class WitnessLogTest {
    @TempDir Path directory;
    private SqliteStore store;
    private WitnessLog log;

    @BeforeEach
    void open() {
        store = SqliteStore.open(directory.resolve("ifbus.db"));
        store.migrate("test", List.of("CREATE TABLE states (escalation TEXT PRIMARY KEY, state TEXT, seq INTEGER) STRICT"));
        log = WitnessLog.open(store, "node-1", Logs.BUS, Logs.NOON);
    }

    @AfterEach
    void close() {
        log.close();
        store.close();
    }

    private void reopen(SigningKey key) {
        close();
        store = SqliteStore.open(directory.resolve("ifbus.db"));
        log = WitnessLog.open(store, "node-1", key, Logs.NOON);
    }

    @Test
    void shouldSealTheVectorsEntriesByteForByte() throws Exception {
        List<String> vector = Logs.vectorLines();
        String prev = EntryForm.GENESIS;
        for (String line : vector.subList(1, vector.size())) {
            ObjectNode entry = StrictJson.parse(line.getBytes(UTF_8));
            Draft draft = new Draft(EventType.RECEIVED, entry.get("traceId").stringValue(), (ObjectNode) entry.get("payload"));
            PreparedDraft prepared = PreparedDraft.of(entry.get("component").stringValue(), entry.get("event").stringValue(), Optional.empty(), draft,
                    new java.util.Random(1));
            Entry sealed = EntryForm.hash(entry.get("seq").longValue(), entry.get("time").stringValue(), "node-1", prepared, prev, Logs.BUS.keyId())
                    .signed(Logs.BUS).entry();
            assertThat(sealed.json()).isEqualTo(line);
            prev = sealed.hash();
        }
    }

    @Test
    void shouldAppendEntriesThatTheVerifierFindsWhole() {
        Entry first = log.append(Change.of(Logs.draft("esc-1"))).join().getFirst();
        Entry second = log.append(Change.of(Logs.draft("esc-2"))).join().getFirst();
        assertThat(first.seq()).isEqualTo(1);
        assertThat(first.time()).isEqualTo("2026-11-21T12:00:00.000Z");
        assertThat(second.json()).contains("\"prev\":\"" + first.hash() + "\"");
        assertThat(log.reader().entries(1, 10)).containsExactly(first, second);
        assertThat(log.reader().head()).contains(second);
        Verdict verdict = Logs.verify(Logs.export(log), Optional.of(second.hash()), Logs.BUS.verifyKey());
        assertThat(verdict.fault()).isEmpty();
        assertThat(verdict.proven()).isTrue();
        assertThat(new Verifier(List.of(), Optional.empty()).verify(store).entries()).isEqualTo(2);
    }

    @Test
    void shouldWriteStateAndEntryTogetherOrNeither() {
        CountDownLatch gate = new CountDownLatch(1);
        var held = store.write(tx -> awaited(gate)); // so that all three form one group, sealed together ahead of time
        var before = log.append(state("esc-1", "received"));
        var failing = log.append(new Change(List.of(Logs.draft("esc-2"), Logs.draft("esc-2")), (tx, sealed) -> {
            tx.execute("INSERT INTO states VALUES (?, ?, ?)", "esc-2", "half", sealed.getFirst().seq());
            throw new IllegalStateException("on second thoughts");
        }));
        var after = log.append(state("esc-3", "received"));
        gate.countDown();
        held.join();
        assertThat(before.join().getFirst().seq()).isEqualTo(1);
        assertThatThrownBy(failing::join).hasCauseInstanceOf(IllegalStateException.class);
        assertThat(after.join().getFirst().seq()).isEqualTo(2);
        assertThat(states()).containsExactly("esc-1 received 1", "esc-3 received 2");
        assertWhole(2);
    }

    @Test
    void shouldKeepOrderAndLoseNothingWhenManyAppend() throws Exception {
        int threads = 6;
        int each = 200;
        List<Thread> running = new ArrayList<>();
        List<List<CompletableFuture<List<Entry>>>> appended = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            List<CompletableFuture<List<Entry>>> mine = new ArrayList<>();
            appended.add(mine);
            String name = "esc-" + t;
            running.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < each; i++) mine.add(log.append(i % 7 == 3 ? refused(name) : Change.of(Logs.draft(name + "-" + i))));
            }));
        }
        for (Thread thread : running) thread.join();
        int kept = 0;
        for (List<CompletableFuture<List<Entry>>> mine : appended) {
            long last = 0;
            for (int i = 0; i < each; i++) {
                if (i % 7 == 3) {
                    assertThatThrownBy(mine.get(i)::join).hasCauseInstanceOf(IllegalStateException.class);
                    continue;
                }
                Entry entry = mine.get(i).join().getFirst();
                assertThat(entry.seq()).isGreaterThan(last);
                last = entry.seq();
                kept++;
            }
        }
        assertWhole(kept);
    }

    @Test
    void shouldGoOnWithTheChainAfterAGroupWasLost() {
        log.append(Change.of(Logs.draft("esc-1"))).join();
        CountDownLatch gate = new CountDownLatch(1);
        var held = store.write(tx -> awaited(gate));
        var lost = log.append(Change.of(Logs.draft("esc-2")));
        var rogue = store.write(tx -> tx.execute("ROLLBACK"));
        gate.countDown();
        assertThatThrownBy(rogue::join).hasCauseInstanceOf(StoreFailure.class);
        int kept = lost.handle((entries, failure) -> failure == null ? 2 : 1).join(); // the writer may have taken them one by one
        var unused = held.handle((ok, failure) -> 0).join();
        assertThat(log.append(Change.of(Logs.draft("esc-3"))).join().getFirst().seq()).isEqualTo(kept + 1);
        assertWhole(kept + 1);
    }

    @Test
    void shouldRefuseOnTheCallersThreadWhatNoEntryMayHold() {
        assertRefused(Logs.payload().put("surprise", "x"), "no field surprise");
        assertRefused(Logs.payload().put("escalation", 0.5), "integers");
        assertRefused(Logs.payload().put("escalation", (1L << 53)), "integers");
        assertRefused(Logs.payload().putNull("escalation"), "leave it out");
        assertRefused(Logs.payload().put("escalation", "\ud800"), "surrogate");
        assertRefused(Logs.payload().put("escalation", "x".repeat(1 << 20)), "blob");
        ObjectNode deep = Logs.payload();
        ObjectNode at = deep.putObject("escalation");
        for (int i = 0; i < 30; i++) at = at.putObject("a");
        assertRefused(deep, "deep");
        assertThatThrownBy(() -> log.append(Change.of(Logs.draft("esc-1", "0AF7651916CD43DD8448EB211C80319C"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("traceId");
        assertThat(log.reader().count()).isZero();
    }

    @Test
    void shouldNotFeelWhatACallerDoesToItsPayloadAfterwards() {
        ObjectNode payload = Logs.payload().put("escalation", "before");
        var appended = log.append(Change.of(new Draft(EventType.RECEIVED, Logs.TRACE, payload)));
        payload.put("escalation", "after");
        assertThat(appended.join().getFirst().json()).contains("before");
        assertWhole(1);
    }

    @Test
    void shouldFindEntriesByTraceAndByEscalation() {
        log.append(Change.of(Logs.draft("esc-1", Logs.TRACE))).join();
        log.append(Change.of(Logs.draft("esc-2", Logs.OTHER_TRACE))).join();
        log.append(Change.of(Logs.draft("esc-1", Logs.TRACE))).join();
        WitnessReader reader = log.reader();
        assertThat(reader.trace("esc-1")).contains(Logs.TRACE);
        assertThat(reader.trace("esc-2")).contains(Logs.OTHER_TRACE);
        assertThat(reader.trace("4BF92F35-77B3-4DA6-A3CE-929D0E0E4736")).contains(Logs.OTHER_TRACE);
        assertThat(reader.trace("esc-3")).isEmpty();
        assertThat(reader.trace("' OR 1=1 --")).isEmpty();
        assertThat(reader.entries(Logs.TRACE, 1, 10)).extracting(Entry::seq).containsExactly(1L, 3L);
        assertThat(reader.entries(Logs.TRACE, 2, 10)).extracting(Entry::seq).containsExactly(3L);
        assertThat(reader.entries(2, 1)).extracting(Entry::seq).containsExactly(2L);
        assertThat(reader.entry(2)).hasValueSatisfying(entry -> assertThat(entry.traceId()).isEqualTo(Logs.OTHER_TRACE));
        assertThat(reader.entry(4)).isEmpty();
        assertThatThrownBy(() -> reader.entries(1, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldGoOnWhereItStoppedAfterBeingReopened() {
        for (int i = 0; i < 100; i++) log.append(Change.of(Logs.draft("esc-" + i))).join();
        reopen(Logs.BUS);
        assertThat(log.append(Change.of(Logs.draft("esc-100"))).join().getFirst().seq()).isEqualTo(101);
        assertWhole(101);
    }

    @Test
    void shouldNotOpenOnALogWhoseEndWasAltered() {
        for (int i = 0; i < 3; i++) log.append(Change.of(Logs.draft("esc-" + i))).join();
        store.write(tx -> tx.execute("UPDATE witness_entries SET json = replace(json, 'esc-2', 'esc-9') WHERE seq = 3")).join();
        assertThatThrownBy(() -> reopen(Logs.BUS)).isInstanceOf(BrokenLog.class).hasMessageContaining("seq 3").hasMessageContaining("altered");
    }

    @Test
    void shouldNotOpenForAnotherNodeOrAnotherKey() {
        log.append(Change.of(Logs.draft("esc-1"))).join();
        assertThatThrownBy(() -> reopen(Logs.OLD)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(Logs.BUS.keyId());
        assertThatThrownBy(() -> WitnessLog.open(store, "node-2", Logs.BUS, Logs.NOON)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("node-1");
        assertThatThrownBy(() -> WitnessLog.open(store, "node \"2\"", Logs.BUS, Logs.NOON)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldChangeKeysWithTheOldKeysWordAndProveTheLogByEither() {
        reopenWithFreshLogOf(Logs.OLD);
        log.append(Change.of(Logs.draft("esc-1"))).join();
        CountDownLatch gate = new CountDownLatch(1);
        var held = store.write(tx -> awaited(gate)); // the change of key falls into the middle of a group
        var before = log.append(Change.of(Logs.draft("esc-2")));
        var change = log.changeKey(Logs.BUS, Logs.TRACE);
        var after = log.append(Change.of(Logs.draft("esc-3")));
        gate.countDown();
        held.join();
        assertThat(before.join().getFirst().json()).contains(Logs.OLD.keyId());
        assertThat(change.join().json()).contains("\"keyId\":\"" + Logs.OLD.keyId() + "\",\"hash\"");
        assertThat(after.join().getFirst().json()).contains("\"keyId\":\"" + Logs.BUS.keyId() + "\",\"hash\"");
        List<String> export = Logs.export(log);
        for (SigningKey trusted : List.of(Logs.OLD, Logs.BUS)) {
            Verdict verdict = Logs.verify(export, trusted.verifyKey());
            assertThat(verdict.fault()).isEmpty();
            assertThat(verdict.proven()).isTrue();
            assertThat(verdict.keyIds()).containsExactly(Logs.OLD.keyId(), Logs.BUS.keyId());
        }
        assertThat(Logs.verify(export, Logs.key("edge").verifyKey()).fault()).isPresent();
        assertThat(log.reader().keys()).extracting(NodeKey::keyId).containsExactly(Logs.OLD.keyId(), Logs.BUS.keyId());
        assertThat(log.reader().keys().getLast().fromSeq()).isEqualTo(4);
        assertThatThrownBy(() -> reopen(Logs.OLD)).isInstanceOf(IllegalArgumentException.class);
        store.close();
        reopen(Logs.BUS);
        assertThat(log.append(Change.of(Logs.draft("esc-4"))).join().getFirst().seq()).isEqualTo(5);
    }

    private void reopenWithFreshLogOf(SigningKey key) {
        close();
        store = SqliteStore.open(directory.resolve("other").resolve("ifbus.db"));
        directory = directory.resolve("other");
        log = WitnessLog.open(store, "node-1", key, Logs.NOON);
    }

    @Test
    void shouldKeepBlobsBesideTheLogAndDeleteThemWithTheChainWhole() {
        byte[] secret = "INVITE sip:a-person@example.com".getBytes(UTF_8);
        Draft draft = new Draft(EventType.RECEIVED, Logs.TRACE, Logs.payload().put("escalation", "esc-1"),
                Map.of("request", new Draft.Blob("message/sip", secret)));
        Entry entry = log.append(Change.of(draft)).join().getFirst();
        String id = blobId(entry);
        assertThat(entry.json()).contains("\"size\":31,\"mediaType\":\"message/sip\",\"sha256\":\"").doesNotContain("a-person");
        assertThat(log.reader().blob(id)).hasValueSatisfying(blob -> {
            assertThat(blob.bytes()).isEqualTo(secret);
            assertThat(blob.mediaType()).isEqualTo("message/sip");
            assertThat(blob.seq()).isEqualTo(1);
        });
        assertWhole(1);

        Entry deletion = log.deleteBlob(id, "asked for by the person").join();
        assertThat(deletion.component()).isEqualTo("IF.record");
        assertThat(deletion.event()).isEqualTo("blob_deleted");
        assertThat(deletion.traceId()).isEqualTo(Logs.TRACE);
        assertThat(log.reader().blob(id)).isEmpty();
        assertWhole(2);
        assertThatThrownBy(() -> log.deleteBlob(id, "again").join()).hasCauseInstanceOf(NoSuchElementException.class);
        assertWhole(2);
    }

    @Test
    void shouldLeaveNothingOfADeletedBlobInTheDatabasesFiles() throws Exception {
        String secret = "a secret that nobody else would write 4711 ".repeat(400);
        Draft draft = new Draft(EventType.RECEIVED, Logs.TRACE, Logs.payload(),
                Map.of("request", new Draft.Blob("text/plain", secret.getBytes(UTF_8))));
        Entry entry = log.append(Change.of(draft)).join().getFirst();
        assertThat(filesHold("write 4711")).isTrue();
        log.deleteBlob(blobId(entry), "retention").join();
        close(); // the writer empties its log after the deletion, at the latest now
        assertThat(filesHold("write 4711")).isFalse();
        open();
    }

    @Test
    void shouldNoticeABlobThatWasAlteredOrTakenAway() {
        Draft draft = new Draft(EventType.RECEIVED, Logs.TRACE, Logs.payload(),
                Map.of("request", new Draft.Blob("text/plain", new byte[] {1, 2, 3})));
        log.append(Change.of(Logs.draft("esc-1"))).join();
        log.append(Change.of(draft)).join();
        store.write(tx -> tx.execute("UPDATE witness_blobs SET bytes = x'010204'")).join();
        assertThat(faultInStore()).hasValueSatisfying(fault -> {
            assertThat(fault.seq()).isEqualTo(2);
            assertThat(fault.what()).contains("blob").contains("altered");
        });
        store.write(tx -> tx.execute("UPDATE witness_blobs SET bytes = NULL, salt = NULL, deleted = 1")).join();
        assertThat(faultInStore()).hasValueSatisfying(fault -> assertThat(fault.what()).contains("without an entry"));
        store.write(tx -> tx.execute("DELETE FROM witness_blobs")).join();
        assertThat(faultInStore()).hasValueSatisfying(fault -> assertThat(fault.what()).contains("gone"));
    }

    @Test
    void shouldNoticeWhatWasAlteredInTheDatabase() {
        for (int i = 1; i <= 5; i++) log.append(Change.of(Logs.draft("esc-" + i))).join();
        store.write(tx -> tx.execute("UPDATE witness_entries SET trace = ? WHERE seq = 4", Logs.OTHER_TRACE)).join();
        assertThat(faultInStore()).hasValueSatisfying(fault -> assertThat(fault.seq()).isEqualTo(4));
        store.write(tx -> tx.execute("DELETE FROM witness_entries WHERE seq = 3")).join();
        assertThat(faultInStore()).hasValueSatisfying(fault -> assertThat(fault.seq()).isEqualTo(3));
    }

    @Test
    void shouldHandAFollowerHistoryAndThenWhatComesInOrderEachOnce() throws Exception {
        for (int i = 0; i < 600; i++) {
            var unused = log.append(Change.of(Logs.draft("esc-" + i)));
        }
        List<Long> seen = new CopyOnWriteArrayList<>();
        CountDownLatch all = new CountDownLatch(1_191);
        try (Subscription following = log.subscribe(10, entry -> {
            seen.add(entry.seq());
            all.countDown();
        })) {
            for (int i = 600; i < 1_200; i++) {
                var unused = log.append(Change.of(Logs.draft("esc-" + i)));
            }
            assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(seen).containsExactlyElementsOf(LongStream.rangeClosed(10, 1_200).boxed().toList());
        long before = log.append(Change.of(Logs.draft("esc-last"))).join().getFirst().seq();
        assertThat(before).isEqualTo(1_201);
        assertThat(seen).hasSize(1_191);
    }

    @Test
    void shouldWaitForNoSlowFollowerAndLoseNothingForIt() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        List<Long> seen = new CopyOnWriteArrayList<>();
        CountDownLatch all = new CountDownLatch(5_000);
        try (Subscription slow = log.subscribe(1, entry -> {
            if (seen.isEmpty()) awaited(gate);
            seen.add(entry.seq());
            all.countDown();
        })) {
            CompletableFuture<?> last = CompletableFuture.completedFuture(null);
            for (int i = 0; i < 2_500; i++) last = log.append(new Change(List.of(Logs.draft("a"), Logs.draft("b")), (tx, sealed) -> {}));
            last.join(); // all durable while the follower stands still, far behind what is kept in memory
            gate.countDown();
            assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(seen).containsExactlyElementsOf(LongStream.rangeClosed(1, 5_000).boxed().toList());
    }

    @Test
    void shouldCutOffAFollowerThatThrowsAndLetItResume() throws Exception {
        List<Long> seen = new CopyOnWriteArrayList<>();
        CountDownLatch thrown = new CountDownLatch(1);
        log.subscribe(1, entry -> {
            seen.add(entry.seq());
            if (entry.seq() == 2) {
                thrown.countDown();
                throw new IllegalStateException("thrown on purpose, to see it logged");
            }
        });
        for (int i = 0; i < 4; i++) log.append(Change.of(Logs.draft("esc"))).join();
        assertThat(thrown.await(10, TimeUnit.SECONDS)).isTrue();
        CountDownLatch resumed = new CountDownLatch(2);
        try (Subscription again = log.subscribe(3, entry -> {
            seen.add(entry.seq());
            resumed.countDown();
        })) {
            assertThat(resumed.await(10, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(seen).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void shouldRunWhollyOnTheCallersThreadInMemory() {
        try (SqliteStore memory = SqliteStore.inMemory();
                WitnessLog direct = WitnessLog.open(memory, "sim", Logs.BUS, Logs.NOON, new java.util.Random(7))) {
            List<String> seen = new ArrayList<>();
            Thread me = Thread.currentThread();
            try (Subscription following = direct.subscribe(1, entry -> {
                assertThat(Thread.currentThread()).isSameAs(me);
                seen.add("first " + entry.seq());
                if (entry.seq() == 1) assertThat(direct.append(Change.of(Logs.draft("answer")))).isCompleted();
            }); Subscription second = direct.subscribe(1, entry -> seen.add("second " + entry.seq()))) {
                assertThat(direct.append(Change.of(Logs.draft("question")))).isCompleted();
            }
            assertThat(seen.stream().filter(s -> s.startsWith("first"))).containsExactly("first 1", "first 2");
            assertThat(seen.stream().filter(s -> s.startsWith("second"))).containsExactly("second 1", "second 2");
            assertThat(Logs.verify(Logs.export(direct)).intact()).isTrue();
        }
    }

    @Test
    void shouldGiveTheSameLogForTheSameSeed() {
        List<List<String>> runs = new ArrayList<>();
        for (int run = 0; run < 2; run++) {
            try (SqliteStore memory = SqliteStore.inMemory();
                    WitnessLog direct = WitnessLog.open(memory, "sim", Logs.BUS, Logs.NOON, new java.util.Random(7))) {
                direct.append(Change
                        .of(new Draft(EventType.RECEIVED, Logs.TRACE, Logs.payload(), Map.of("request", new Draft.Blob("text/plain", new byte[9])))))
                        .join();
                runs.add(Logs.export(direct));
            }
        }
        assertThat(runs.getFirst()).isEqualTo(runs.getLast());
    }

    @Test
    void shouldVerifyAndExportBesideTheRunningNode() {
        log.append(Change.of(Logs.draft("esc-1"))).join();
        try (SqliteStore beside = SqliteStore.readOnly(directory.resolve("ifbus.db"))) {
            assertThat(new Verifier(List.of(Logs.BUS.verifyKey()), Optional.empty()).verify(beside).intact()).isTrue();
            log.append(Change.of(Logs.draft("esc-2"))).join();
            assertThat(new Verifier(List.of(Logs.BUS.verifyKey()), Optional.empty()).verify(beside).entries()).isEqualTo(2);
        }
    }

    @Test
    void shouldSayThatADatabaseWithoutALogHoldsNone() {
        try (SqliteStore empty = SqliteStore.inMemory()) {
            assertThat(new Verifier(List.of(), Optional.empty()).verify(empty).fault()).hasValueSatisfying(fault -> assertThat(fault.seq()).isZero());
        }
    }

    private void assertRefused(ObjectNode payload, String why) {
        assertThatThrownBy(() -> log.append(Change.of(new Draft(EventType.RECEIVED, Logs.TRACE, payload))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }

    private void assertWhole(long entries) {
        Verdict verdict = new Verifier(List.of(Logs.BUS.verifyKey()), Optional.empty()).verify(store);
        assertThat(verdict.fault()).isEmpty();
        assertThat(verdict.entries()).isEqualTo(entries);
    }

    private Optional<Verdict.Fault> faultInStore() { return new Verifier(List.of(), Optional.empty()).verify(store).fault(); }

    private boolean filesHold(String text) throws Exception {
        try (var files = java.nio.file.Files.list(directory)) {
            for (Path file : files.toList()) {
                if (new String(java.nio.file.Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1).contains(text)) return true;
            }
        }
        return false;
    }

    private static String blobId(Entry entry) {
        int at = entry.json().indexOf("\"id\":\"") + 6;
        return entry.json().substring(at, entry.json().indexOf('"', at));
    }

    private static Change state(String escalation, String state) {
        return new Change(List.of(Logs.draft(escalation)),
                (tx, sealed) -> tx.execute("INSERT INTO states VALUES (?, ?, ?)", escalation, state, sealed.getFirst().seq()));
    }

    private static Change refused(String name) {
        return new Change(List.of(Logs.draft(name)), (tx, sealed) -> { throw new IllegalStateException("refused"); });
    }

    private List<String> states() {
        return store.read(tx -> tx.query("SELECT escalation, state, seq FROM states ORDER BY seq",
                row -> row.text(0) + " " + row.text(1) + " " + row.number(2)));
    }

    private static int awaited(CountDownLatch gate) {
        try {
            if (!gate.await(10, TimeUnit.SECONDS)) throw new IllegalStateException("the test never opened the gate");
            return 0;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
