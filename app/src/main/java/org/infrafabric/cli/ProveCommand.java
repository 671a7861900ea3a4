package org.infrafabric.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.witness.ProofBundle;
import org.infrafabric.witness.WitnessReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** {@code witness prove}: one entry with all that proves it, in one file. */
@Command(name = "prove", mixinStandardHelpOptions = true,
        description = {"Print one entry with the proof that it is in the log (C2SP tlog-proof).",
            "Whoever has it checks it with: ifbus witness verify --proof FILE --key KEY."})
final class ProveCommand implements Callable<Integer> {
    @Option(names = "--seq", required = true, paramLabel = "N", description = "The entry's number.") private long seq;

    @Mixin private LogOption data = new LogOption();
    @Mixin private Output output = new Output();

    @Override
    public Integer call() throws IOException {
        try (SqliteStore store = data.readOnly()) {
            WitnessReader reader = new WitnessReader(store);
            if (seq < 1 || seq > reader.count()) throw new IllegalArgumentException("the log has no entry " + seq + ", only 1 to " + reader.count());
            ProofBundle proof = reader.prove(seq, NodeCheckpoint.covering(seq, reader, data.data().busKey()));
            ObjectNode result = Output.object().put("seq", seq).put("size", proof.checkpoint().size());
            result.set("entry", Output.JSON.readTree(proof.entry()));
            result.set("path", Output.JSON.valueToTree(proof.pathHex()));
            result.put("checkpoint", proof.checkpoint().note().toString()).put("proof", proof.toString());
            output.result(result, proof.toString().stripTrailing()); // println adds the last line feed
        }
        return ExitCode.DONE;
    }
}
