package org.infrafabric.witness;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.infrafabric.message.Sha256;
import org.infrafabric.store.SqliteStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** C2SP tlog-witness, from both ends. */
class CosignerTest {
    private static final String ORIGIN = "ifbus.local/node-1";
    private static final NoteKey LOG = NoteKey.log(ORIGIN, Logs.BUS.verifyKey());
    private static final NoteKey WITNESS = NoteKey.witness("witness.example/w1", Logs.OLD.verifyKey());
    private static final List<byte[]> LEAVES = IntStream.range(0, 40).mapToObj(i -> MerkleTree.leafHash(new byte[] {(byte) i})).toList();

    @TempDir private Path directory;
    private Cosigner cosigner;

    @BeforeEach
    void make() throws IOException {
        cosigner = new Cosigner(WITNESS.name(), Logs.OLD, List.of(LOG), directory, Logs.NOON);
    }

    @Test
    void shouldCosignTheFirstCheckpointAndEachThatContinuesIt() throws IOException {
        Cosigner.Answer first = submit(0, 7);
        assertThat(first.status()).isEqualTo(200);
        assertThat(checkpoint(7).with(SignedNote.lines(first.body()).getFirst()).cosignedBy(WITNESS)).contains(Logs.NOON.instant().getEpochSecond());
        assertThat(submit(7, 23).status()).isEqualTo(200);
        assertThat(submit(23, 23).status()).isEqualTo(200); // again, as it is
        assertThat(cosigner.checkpoint(Sha256.hex(ORIGIN.getBytes(UTF_8))).body()).startsWith(checkpoint(23).note().text()).contains(ORIGIN + " ")
                .contains("witness.example/w1");
        assertThat(new Cosigner(WITNESS.name(), Logs.OLD, List.of(LOG), directory, Logs.NOON).addCheckpoint(request(0, List.of(), checkpoint(40)))
                .status())
                .isEqualTo(409); // another life remembers
    }

    @Test
    void shouldAnswerEachFaultAsTheProtocolSays() throws IOException {
        assertThat(submit(0, 10).status()).isEqualTo(200);
        Cosigner.Answer conflict = submit(3, 12);
        assertThat(conflict.status()).isEqualTo(409);
        assertThat(conflict.contentType()).isEqualTo("text/x.tlog.size");
        assertThat(conflict.body()).isEqualTo("10\n");
        assertThat(status(10, proof(9, 12), checkpoint(12))).isEqualTo(422);
        assertThat(status(10, List.of(), checkpoint(12))).isEqualTo(422);
        assertThat(status(10, List.of(), Checkpoint.sign(ORIGIN, 10, new byte[32], Logs.BUS))).isEqualTo(422); // a fork
        assertThat(status(10, List.of(), checkpoint(9))).isEqualTo(400);
        assertThat(status(0, List.of(), Checkpoint.sign("ifbus.local/other", 10, new byte[32], Logs.BUS))).isEqualTo(404);
        assertThat(status(0, List.of(), Checkpoint.sign(ORIGIN, 10, new byte[32], Logs.OLD))).isEqualTo(403);
        String forged = new String(request(10, proof(10, 12), checkpoint(12)), UTF_8).replace("\n12\n", "\n13\n");
        assertThat(cosigner.addCheckpoint(forged.getBytes(UTF_8)).status()).isEqualTo(403);
        for (String bad : List.of("", "old", "old 1\n\n", "old 01\n\n" + checkpoint(12).note(), "old -1\n\n" + checkpoint(12).note(),
                "old 10\nx\n\n" + checkpoint(12).note(),
                "old 10\n" + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n".repeat(64) + "\n" + checkpoint(12).note()))
            assertThat(cosigner.addCheckpoint(bad.getBytes(UTF_8)).status()).as(bad).isEqualTo(400);
        assertThat(submit(10, 12).status()).isEqualTo(200); // none of it was remembered
    }

    @Test
    void shouldKnowTheEmptyLogByItsRoot() throws IOException {
        assertThat(status(0, List.of(), Checkpoint.sign(ORIGIN, 0, new byte[32], Logs.BUS))).isEqualTo(422);
        assertThat(status(0, List.of(), Checkpoint.sign(ORIGIN, 0, Sha256.of(), Logs.BUS))).isEqualTo(200);
    }

    @Test
    void shouldCosignNothingWhenItCannotReadWhatItRemembers() throws IOException {
        submit(0, 10);
        try (var files = Files.list(directory)) {
            Files.writeString(files.findFirst().orElseThrow(), "nothing");
        }
        assertThatThrownBy(() -> submit(10, 12)).isInstanceOf(IOException.class).hasMessageContaining("cosigns nothing");
    }

    @Test
    void shouldGatherCosignaturesCatchUpAndLeaveAFailedWitnessAlone() throws Exception {
        AtomicLong now = new AtomicLong();
        Map<NoteKey, Integer> asked = new HashMap<>();
        NoteKey dead = NoteKey.witness("dead", Logs.key("agent").verifyKey());
        CosignPolicy policy = new CosignPolicy(List.of(WITNESS, dead), 2);
        try (SqliteStore store = SqliteStore.inMemory(); WitnessLog log = WitnessLog.open(store, "node-1", Logs.BUS, Logs.NOON)) {
            for (int i = 0; i < 5; i++) log.append(Change.of(Logs.draft("e" + i))).join();
            cosigner.addCheckpoint(request(0, List.of(), log.checkpoint())); // by an earlier life of the bus, which forgot
            for (int i = 5; i < 9; i++) log.append(Change.of(Logs.draft("e" + i))).join();
            Cosigning cosigning = new Cosigning(log, policy, (witness, body) -> {
                synchronized (asked) {
                    asked.merge(witness, 1, Integer::sum);
                }
                if (witness.equals(dead)) throw new IOException("dead");
                return cosigner.addCheckpoint(body);
            }, now::get, new java.util.Random(1));
            cosigning.round();
            assertThat(cosigning.newest().size()).isEqualTo(9);
            assertThat(cosigning.cosignatures()).isEqualTo(1);
            assertThat(cosigning.newestCosigned()).isEmpty();
            assertThat(asked).containsEntry(WITNESS, 2).containsEntry(dead, 1); // first told its size, then the proof
            assertThat(log.reader().head().orElseThrow().event()).isEqualTo("cosigning_short");
            cosigning.round();
            assertThat(asked).containsEntry(dead, 1); // not within the first second
            assertThat(log.reader().count()).isEqualTo(10); // said once
            now.addAndGet(1_000_000_000L);
            cosigning.round();
            assertThat(asked).containsEntry(dead, 2);
            assertThat(cosigning.newest().cosignedBy(WITNESS)).isPresent();
            assertThat(cosigning.newest().size()).isEqualTo(10);
        }
    }

    @Test
    void shouldRefuseAPolicyThatMeansNothing() {
        assertThatThrownBy(() -> new CosignPolicy(List.of(WITNESS), 2)).hasMessageContaining("0 to 1");
        assertThatThrownBy(() -> new CosignPolicy(List.of(LOG), 0)).hasMessageContaining("not a witness's");
        assertThatThrownBy(() -> new CosignPolicy(List.of(WITNESS, NoteKey.witness("other", WITNESS.key())), 2)).hasMessageContaining("one witness");
    }

    private Cosigner.Answer submit(int old, int size) throws IOException {
        return cosigner.addCheckpoint(request(old, proof(old, size), checkpoint(size)));
    }

    private int status(int old, List<byte[]> path, Checkpoint checkpoint) throws IOException {
        return cosigner.addCheckpoint(request(old, path, checkpoint)).status();
    }

    private static byte[] request(int old, List<byte[]> path, Checkpoint checkpoint) { return new AddCheckpoint(old, path, checkpoint).bytes(); }

    private static List<byte[]> proof(int old, int size) {
        return old == 0 || old == size ? new ArrayList<>() : MerkleTree.consistencyProof(old, size, CosignerTest::node);
    }

    private static Checkpoint checkpoint(int size) { return Checkpoint.sign(ORIGIN, size, MerkleTree.root(size, CosignerTest::node), Logs.BUS); }

    private static byte[] node(int level, long index) {
        return level == 0 ? LEAVES.get((int) index) : MerkleTree.nodeHash(node(level - 1, 2 * index), node(level - 1, 2 * index + 1));
    }
}
