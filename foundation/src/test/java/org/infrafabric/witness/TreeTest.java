package org.infrafabric.witness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.infrafabric.store.SqliteStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tree as it is stored above a log, and what opening a log demands of it. */
class TreeTest {
    private static final int ENTRIES = 700; // two full tiles and the beginning of a third

    @TempDir Path directory;
    private SqliteStore store;
    private WitnessLog log;

    @BeforeEach
    void open() {
        store = SqliteStore.open(directory.resolve("ifbus.db"));
        log = WitnessLog.open(store, LogName.of("ifbus.example", "node-1"), Logs.BUS, Logs.NOON);
    }

    @AfterEach
    void close() {
        log.close();
        store.close();
    }

    private void reopen() {
        close();
        open();
    }

    @Test
    void shouldProveEachEntryAndEachBeginningBesideAndInTheNode() {
        append(ENTRIES);
        List<byte[]> leaves = leaves();
        Checkpoint checkpoint = log.checkpoint();
        assertThat(checkpoint.origin()).isEqualTo("ifbus.example/node-1");
        assertThat(checkpoint.size()).isEqualTo(ENTRIES);
        assertThat(checkpoint.isSignedBy(NoteKey.log("ifbus.example/node-1", Logs.BUS.verifyKey()))).isTrue();
        try (SqliteStore beside = SqliteStore.readOnly(directory.resolve("ifbus.db"))) {
            for (WitnessReader reader : List.of(log.reader(), new WitnessReader(beside))) {
                assertThat(reader.root(ENTRIES)).isEqualTo(checkpoint.root());
                Random random = new Random(7);
                for (int i = 0; i < 40; i++) {
                    long size = 1 + random.nextInt(ENTRIES), seq = 1 + random.nextLong(size), old = 1 + random.nextLong(size);
                    byte[] root = reader.root(size);
                    assertThat(MerkleTree.isIncluded(leaves.get((int) seq - 1), seq - 1, size, reader.inclusionProof(seq, size), root)).isTrue();
                    assertThat(MerkleTree.isConsistent(old, reader.root(old), size, root, reader.consistencyProof(old, size))).isTrue();
                }
                assertThatThrownBy(() -> reader.inclusionProof(ENTRIES + 1, ENTRIES + 1)).isInstanceOf(IndexOutOfBoundsException.class);
                assertThatThrownBy(() -> reader.inclusionProof(2, 1)).isInstanceOf(IndexOutOfBoundsException.class);
                assertThatThrownBy(() -> reader.consistencyProof(0, 1)).isInstanceOf(IndexOutOfBoundsException.class);
            }
        }
    }

    @Test
    void shouldGoOnWithTheSameTreeAfterBeingReopened() {
        append(300);
        Checkpoint before = log.checkpoint();
        reopen();
        assertThat(log.checkpoint().note()).hasToString(before.note().toString());
        append(300);
        assertThat(MerkleTree.isConsistent(300, before.root(), 600, log.checkpoint().root(), log.reader().consistencyProof(300, 600))).isTrue();
        assertThat(log.checkpoint().root()).isEqualTo(MerkleTree.root(600, (level, index) -> subtree(leaves(), level, index)));
    }

    @Test
    void shouldMakeTheTreeAgainWhereItIsMissingOrDamaged() {
        append(ENTRIES);
        byte[] root = log.checkpoint().root();
        for (String harm : List.of("DELETE FROM witness_tiles", "DELETE FROM witness_tiles WHERE level = 1",
                "UPDATE witness_tiles SET hashes = zeroblob(8192) WHERE level = 0 AND tile = 0", "DELETE FROM witness_tiles WHERE tile = 1",
                "UPDATE witness_tiles SET hashes = x'00'")) {
            harm(harm);
            reopen();
            assertThat(log.checkpoint().root()).as(harm).isEqualTo(root);
            assertThat(log.reader().root(512)).isEqualTo(MerkleTree.root(512, (level, index) -> subtree(leaves(), level, index)));
        }
    }

    @Test
    void shouldNotOpenWhenEntriesWereRemovedAtTheEnd() {
        append(ENTRIES);
        harm("DELETE FROM witness_entries WHERE seq > 400");
        assertThatThrownBy(this::reopen).isInstanceOf(BrokenLog.class).hasMessageContaining("entries were removed at its end");
    }

    @Test
    void shouldNotOpenWhenAnOldEntryWasAltered() {
        append(ENTRIES);
        harm("UPDATE witness_entries SET json = replace(json, 'zürich', 'genève') WHERE seq = 5");
        assertThatThrownBy(this::reopen).isInstanceOf(BrokenLog.class).hasMessageContaining("entry that is none");
    }

    @Test
    void shouldNotOpenOnACheckpointThatAnotherKeySigned() {
        append(ENTRIES);
        harm("UPDATE witness_checkpoints SET note = '" + Checkpoint.sign("ifbus.example/node-1", 5, new byte[32], Logs.OLD).note() + "'");
        assertThatThrownBy(this::reopen).isInstanceOf(BrokenLog.class).hasMessageContaining("was not signed by this log's key");
    }

    @Test
    void shouldLetTheTreeGrowWithWhatGotInAloneWhenOthersAreRefused() {
        CountDownLatch gate = new CountDownLatch(1);
        var held = store.write(tx -> {
            try {
                return gate.await(10, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        List<CompletableFuture<List<Entry>>> appended = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            int number = i;
            appended.add(log.append(new Change(List.of(Logs.draft("esc-" + i)), (tx, sealed) -> {
                if (number % 5 == 2) throw new IllegalStateException("refused");
            })));
        }
        gate.countDown();
        held.join();
        long kept = appended.stream().filter(future -> future.handle((done, failure) -> failure == null).join()).count();
        assertThat(kept).isEqualTo(480);
        assertThat(log.checkpoint().size()).isEqualTo(kept);
        assertThat(log.checkpoint().root()).isEqualTo(MerkleTree.root(kept, (level, index) -> subtree(leaves(), level, index)));
        append(10); // planned ahead again
        assertThat(new Verifier(List.of(Logs.BUS.verifyKey()), java.util.Optional.empty()).verify(store).fault()).isEmpty();
    }

    @Test
    void shouldCutTilesAsTheSpecificationDoes() {
        Map<String, Integer> counts = new HashMap<>();
        TreeEdge edge = new TreeEdge();
        int size = 256 * 256 + 256 + 3;
        byte[] leaf = MerkleTree.leafHash(new byte[0]);
        for (int i = 0; i < size; i++) edge.append(leaf, (level, number, tile) -> counts.put(level + "/" + number, tile.count()));
        assertThat(counts).containsEntry("0/0", 256).containsEntry("0/256", 256).doesNotContainKey("0/257").containsEntry("1/0", 256)
                .containsEntry("1/1", 1).containsEntry("2/0", 1).hasSize(257 + 3);
        // every leaf alike: each complete subtree of one height has one root
        List<byte[]> heights = new ArrayList<>(List.of(leaf));
        while (heights.size() < 20) heights.add(MerkleTree.nodeHash(heights.getLast(), heights.getLast()));
        assertThat(HexFormat.of().formatHex(edge.root()))
                .isEqualTo(HexFormat.of().formatHex(MerkleTree.root(size, (level, index) -> heights.get(level))));
    }

    private void append(int count) {
        List<CompletableFuture<List<Entry>>> appended = new ArrayList<>();
        for (int i = 0; i < count; i++) appended.add(log.append(Change.of(Logs.draft("esc-" + i))));
        appended.forEach(CompletableFuture::join);
    }

    private void harm(String sql) {
        store.write(tx -> tx.execute(sql)).join();
    }

    private List<byte[]> leaves() {
        return store.read(tx -> StoredTree.leaves(tx, 0, log.reader().count()));
    }

    private static byte[] subtree(List<byte[]> leaves, int level, long index) {
        return level == 0 ? leaves.get((int) index)
                : MerkleTree.nodeHash(subtree(leaves, level - 1, 2 * index), subtree(leaves, level - 1, 2 * index + 1));
    }
}
