package org.infrafabric.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.List;
import org.infrafabric.witness.Checkpoint;
import org.infrafabric.witness.Cosigning;
import org.infrafabric.witness.MerkleTree;
import org.infrafabric.witness.NoteKey;
import org.infrafabric.witness.WitnessLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ProofRoutesTest {
    private static final int ENTRIES = 300;
    private RunningApi api;

    private final WitnessLog witness = MemoryLog.provable(ENTRIES);

    @BeforeEach
    void start() {
        api = new RunningApi();
        api.log.proofs = LogProofs.of(witness, Cosigning.none(witness));
    }

    @AfterEach
    void stop() { api.close(); }

    @Test
    void shouldServeASignedCheckpointAsText() {
        Answer answer = api.get("/v1/witness/checkpoint", "a");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).isEqualTo("text/plain;charset=utf-8");
        assertThat(answer.header("X-IF-Cosigned")).isEqualTo("0/0");
        Checkpoint checkpoint = Checkpoint.parse(answer.text().getBytes(UTF_8));
        assertThat(checkpoint.size()).isEqualTo(ENTRIES);
        assertThat(checkpoint.isSignedBy(NoteKey.log("ifbus.local/node-1", MemoryLog.KEY.verifyKey()))).isTrue();
    }

    @Test
    void shouldProveInclusionAndConsistencyUnderThatCheckpoint() {
        Checkpoint checkpoint = Checkpoint.parse(api.get("/v1/witness/checkpoint", "op").text().getBytes(UTF_8));
        JsonNode consistency = api.get("/v1/witness/proof/consistency?from=77&to=300", "op").json();
        assertThat(MerkleTree.isConsistent(77, hex(consistency.get("fromRoot")), ENTRIES, checkpoint.root(), path(consistency))).isTrue();
        JsonNode old = api.get("/v1/witness/proof/inclusion?seq=77&size=77", "sage").json();
        assertThat(old.get("root")).isEqualTo(consistency.get("fromRoot"));
        JsonNode inclusion = api.get("/v1/witness/proof/inclusion?seq=77", "op").json();
        assertThat(inclusion.get("size").longValue()).isEqualTo(ENTRIES);
        // what the two proofs share: the leaf is the last of the old tree, so its root follows from its path
        byte[] leaf = witness.reader().root(1);
        assertThat(MerkleTree.isIncluded(leaf, 0, ENTRIES, path(api.get("/v1/witness/proof/inclusion?seq=1", "op").json()), checkpoint.root()))
                .isTrue();
        assertThat(MerkleTree.isIncluded(leaf, 76, ENTRIES, path(inclusion), checkpoint.root())).isFalse();
    }

    @Test
    void shouldRefuseParametersThatNameNothing() {
        for (String path : List.of("inclusion", "inclusion?seq=0", "inclusion?seq=301", "inclusion?seq=2&size=1", "inclusion?seq=1&size=301",
                "inclusion?seq=1&seq=2", "inclusion?seq=-1", "inclusion?seq=1e2", "consistency", "consistency?from=0", "consistency?from=2&to=1",
                "consistency?from=1&to=301", "consistency?from=x")) {
            Answer answer = api.get("/v1/witness/proof/" + path, "op");
            assertThat(answer.status()).as(path).isEqualTo(400);
            assertThat(answer.code()).isEqualTo("parameter");
        }
        assertThat(api.get("/v1/witness/checkpoint?cosigned=maybe", "op").status()).isEqualTo(400);
    }

    @Test
    void shouldAskForAToken() {
        for (String path : List.of("checkpoint", "proof/inclusion?seq=1", "proof/consistency?from=1"))
            assertThat(api.get("/v1/witness/" + path, "").status()).isEqualTo(401);
    }

    private static byte[] hex(JsonNode text) { return HexFormat.of().parseHex(text.stringValue()); }

    private static List<byte[]> path(JsonNode proof) { return proof.get("path").values().stream().map(ProofRoutesTest::hex).toList(); }
}
