package org.infrafabric.server;

import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.infrafabric.witness.Checkpoint;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The log's checkpoints and the proofs that belong to them: RFC 6962 hashing, C2SP tlog-checkpoint. */
final class ProofRoutes {
    /** How many of the witnesses cosigned the checkpoint, and how many have to: {@code 1/2}. */
    static final String COSIGNED = "X-IF-Cosigned";

    private final LogReader log;

    ProofRoutes(LogReader log) { this.log = log; }

    /** The signed note as it is; {@code cosigned=true} asks for the newest one with all the cosignatures that it needs. */
    void checkpoint(Context ctx) {
        LogProofs proofs = log.proofs();
        boolean cosigned = Parameters.flag(ctx, "cosigned");
        Checkpoint checkpoint = cosigned ? proofs.cosignedCheckpoint()
                .orElseThrow(() -> new Problem(Problem.Code.NOT_FOUND, "cosigned", "No checkpoint has enough cosignatures yet."))
                : proofs.checkpoint();
        ctx.header(COSIGNED, proofs.policy().count(checkpoint) + "/" + proofs.policy().need());
        ctx.contentType("text/plain; charset=utf-8").header("Cache-Control", "no-store")
                .result(checkpoint.note().toString().getBytes(StandardCharsets.UTF_8));
    }

    void inclusion(Context ctx) {
        LogProofs proofs = log.proofs();
        long end = proofs.size();
        long size = Parameters.number(ctx, "size", 1, end, end);
        long seq = Parameters.number(ctx, "seq", 1, size);
        ObjectNode proof = JsonMapper.shared().createObjectNode().put("seq", seq).put("size", size).put("root", hex(proofs.root(size)));
        put(proof, proofs.inclusion(seq, size));
        Answers.json(ctx, 200, proof);
    }

    void consistency(Context ctx) {
        LogProofs proofs = log.proofs();
        long end = proofs.size();
        long to = Parameters.number(ctx, "to", 1, end, end);
        long from = Parameters.number(ctx, "from", 1, to);
        ObjectNode proof = JsonMapper.shared().createObjectNode().put("from", from).put("to", to).put("fromRoot", hex(proofs.root(from)))
                .put("toRoot", hex(proofs.root(to)));
        put(proof, proofs.consistency(from, to));
        Answers.json(ctx, 200, proof);
    }

    private static void put(ObjectNode proof, List<byte[]> path) {
        ArrayNode hashes = proof.putArray("path");
        for (byte[] hash : path) hashes.add(hex(hash));
    }

    private static String hex(byte[] hash) { return HexFormat.of().formatHex(hash); }
}
