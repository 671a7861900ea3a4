package org.infrafabric.witness;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.infrafabric.message.CanonicalJson;
import org.infrafabric.message.StrictJson;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class MerkleTreeTest {
    private static final JsonNode VECTORS = JsonMapper.shared().readTree(Logs.resource("merkle.json"));
    private static final List<byte[]> LEAVES = hashes(VECTORS.get("leaves"));

    @Test
    void shouldHashTheVectorsEntriesToTheVectorsLeaves() throws Exception {
        List<String> lines = Logs.vectorLines();
        for (int i = 0; i < LEAVES.size(); i++) {
            ObjectNode entry = StrictJson.parse(lines.get(i + 1).getBytes(UTF_8));
            entry.remove(List.of("hash", "sig"));
            assertThat(MerkleTree.leafHash(CanonicalJson.of(entry))).isEqualTo(LEAVES.get(i));
        }
    }

    @Test
    void shouldGiveTheVectorsRoots() {
        for (var root : VECTORS.get("roots").properties()) {
            assertThat(root(LEAVES.subList(0, Integer.parseInt(root.getKey())))).as(root.getKey()).isEqualTo(hash(root.getValue()));
        }
        assertThat(root(List.of())).isEqualTo(HexFormat.of().parseHex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
    }

    @Test
    void shouldGiveTheVectorsInclusionProofs() {
        for (JsonNode proof : VECTORS.get("inclusion").values()) {
            int seq = proof.get("seq").intValue();
            List<byte[]> leaves = LEAVES.subList(0, proof.get("size").intValue());
            assertThat(inclusion(seq - 1, leaves)).containsExactlyElementsOf(hashes(proof.get("path")));
            assertThat(MerkleTree.isIncluded(LEAVES.get(seq - 1), seq - 1, leaves.size(), hashes(proof.get("path")), root(leaves)))
                    .isTrue();
        }
    }

    @Test
    void shouldGiveTheVectorsConsistencyProofs() {
        for (JsonNode proof : VECTORS.get("consistency").values()) {
            int from = proof.get("from").intValue();
            List<byte[]> leaves = LEAVES.subList(0, proof.get("to").intValue());
            assertThat(consistency(from, leaves)).containsExactlyElementsOf(hashes(proof.get("path")));
            assertThat(MerkleTree.isConsistent(from, root(LEAVES.subList(0, from)), leaves.size(), root(leaves),
                    hashes(proof.get("path")))).isTrue();
        }
    }

    @Property(seed = "1", tries = 300)
    void shouldProveEveryLeafOfEveryTreeAndNothingElse(@ForAll @IntRange(min = 1, max = 70) int size, @ForAll @IntRange(max = 69) int leaf,
            @ForAll @IntRange(max = 69) int other) {
        List<byte[]> leaves = made(size);
        int index = leaf % size;
        byte[] root = root(leaves);
        List<byte[]> path = inclusion(index, leaves);
        assertThat(MerkleTree.isIncluded(leaves.get(index), index, size, path, root)).isTrue();
        if (other % size != index) {
            assertThat(MerkleTree.isIncluded(leaves.get(other % size), index, size, path, root)).isFalse();
            assertThat(MerkleTree.isIncluded(leaves.get(index), other % size, size, path, root)).isFalse();
        }
        assertThat(MerkleTree.isIncluded(leaves.get(index), index, size, path, new byte[32])).isFalse();
        for (int i = 0; i < path.size(); i++) {
            assertThat(MerkleTree.isIncluded(leaves.get(index), index, size, flipped(path, i), root)).isFalse();
            assertThat(MerkleTree.isIncluded(leaves.get(index), index, size, path.subList(0, i), root)).isFalse();
        }
        List<byte[]> longer = new ArrayList<>(path);
        longer.add(new byte[32]);
        assertThat(MerkleTree.isIncluded(leaves.get(index), index, size, longer, root)).isFalse();
    }

    @Property(seed = "1", tries = 300)
    void shouldProveEveryBeginningOfEveryTreeAndNothingElse(@ForAll @IntRange(min = 1, max = 70) int size,
            @ForAll @IntRange(max = 69) int beginning) {
        List<byte[]> leaves = made(size);
        int from = beginning % size + 1;
        byte[] fromRoot = root(leaves.subList(0, from));
        byte[] root = root(leaves);
        List<byte[]> path = consistency(from, leaves);
        assertThat(MerkleTree.isConsistent(from, fromRoot, size, root, path)).isTrue();
        assertThat(MerkleTree.isConsistent(from, new byte[32], size, root, path)).isFalse();
        assertThat(MerkleTree.isConsistent(from, fromRoot, size, new byte[32], path)).isFalse();
        for (int i = 0; i < path.size(); i++) {
            assertThat(MerkleTree.isConsistent(from, fromRoot, size, root, flipped(path, i))).isFalse();
            assertThat(MerkleTree.isConsistent(from, fromRoot, size, root, path.subList(0, i))).isFalse();
        }
        List<byte[]> longer = new ArrayList<>(path);
        longer.add(new byte[32]);
        assertThat(MerkleTree.isConsistent(from, fromRoot, size, root, longer)).isFalse();
    }

    @Test
    void shouldRefuseProofsOfWhatIsNotThere() {
        List<byte[]> leaves = made(5);
        assertThatThrownBy(() -> inclusion(5, leaves)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> inclusion(-1, leaves)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> consistency(0, leaves)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> consistency(6, leaves)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(MerkleTree.isIncluded(leaves.getFirst(), 0, 0, List.of(), leaves.getFirst())).isFalse();
        assertThat(MerkleTree.isIncluded(leaves.getFirst(), 0, Long.MAX_VALUE, List.of(), leaves.getFirst())).isFalse();
        assertThat(MerkleTree.isIncluded(leaves.getFirst(), 0, 2, List.of(new byte[31]), leaves.getFirst())).isFalse();
    }

    private static byte[] root(List<byte[]> leaves) { return MerkleTree.root(leaves.size(), nodes(leaves)); }

    private static List<byte[]> inclusion(int index, List<byte[]> leaves) { return MerkleTree.inclusionProof(index, leaves.size(), nodes(leaves)); }

    private static List<byte[]> consistency(int from, List<byte[]> leaves) { return MerkleTree.consistencyProof(from, leaves.size(), nodes(leaves)); }

    /** RFC 6962 §2.1 word for word. */
    private static MerkleTree.Nodes nodes(List<byte[]> leaves) {
        return new MerkleTree.Nodes() {
            @Override
            public byte[] node(int level, long index) {
                return level == 0 ? leaves.get((int) index) : MerkleTree.nodeHash(node(level - 1, 2 * index), node(level - 1, 2 * index + 1));
            }
        };
    }

    private static List<byte[]> made(int size) { return IntStream.range(0, size).mapToObj(i -> MerkleTree.leafHash(new byte[] {(byte) i})).toList(); }

    private static List<byte[]> flipped(List<byte[]> path, int at) {
        List<byte[]> copy = new ArrayList<>(path);
        byte[] hash = copy.get(at).clone();
        hash[31] ^= 1;
        copy.set(at, hash);
        return copy;
    }

    private static List<byte[]> hashes(JsonNode list) { return list.values().stream().map(MerkleTreeTest::hash).toList(); }

    private static byte[] hash(JsonNode hex) { return HexFormat.of().parseHex(hex.stringValue()); }
}
