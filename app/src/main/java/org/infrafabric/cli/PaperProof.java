package org.infrafabric.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.infrafabric.witness.Checkpoint;
import org.infrafabric.witness.Entry;
import org.infrafabric.witness.NodeKey;
import org.infrafabric.witness.ProofBundle;
import org.infrafabric.witness.WitnessReader;

/** What happened, as a table for people, with all that proves it on the same paper. */
final class PaperProof {
    /** A longer table is no paper for people. */
    static final int MOST = 2_000;
    private static final List<Float> COLUMNS = List.of(0f, 0.06f, 0.25f, 0.42f);

    private PaperProof() {}

    /**
     * Writes a PDF.
     *
     * @param entries in order; at least one, at most {@link #MOST}
     * @param checkpoint covers all of them
     */
    static void write(List<Entry> entries, Checkpoint checkpoint, WitnessReader log, OutputStream out) throws IOException {
        String about = about(entries);
        try (Paper paper = new Paper("Witness log: " + about)) {
            paper.heading("Witness log of " + checkpoint.origin(), 15);
            paper.paragraph(
                    about + ": " + entries.size() + (entries.size() == 1 ? " entry" : " entries") + ", from " + entries.getFirst().time() + " to "
                            + entries.getLast().time() + " (UTC).");
            paper.heading("What happened", 11);
            paper.row(List.of("seq", "time", "event", "payload"), COLUMNS, true);
            for (Entry entry : entries) {
                paper.row(List.of(Long.toString(entry.seq()), entry.time(), entry.component() + " " + entry.event(), entry.payload().toString()),
                        COLUMNS,
                        false);
            }
            prove(paper, entries, checkpoint, log);
            paper.save(out);
        }
    }

    private static void prove(Paper paper, List<Entry> entries, Checkpoint checkpoint, WitnessReader log) throws IOException {
        paper.heading("What proves it", 11);
        paper.paragraph(
                "Each entry names the hash of the one before it and is signed by the node. Above all entries stands a hash tree (RFC 6962); the checkpoint "
                        + "below is its root, signed. Whoever has a checkpoint from elsewhere that is consistent with this one knows that nothing was altered since.");
        paper.space(4);
        paper.paragraph("Checkpoint (C2SP tlog-checkpoint), letter for letter:");
        paper.verbatim(List.of(checkpoint.note().toString().split("\n", -1)));
        paper.paragraph("Keys of the node:");
        paper.verbatim(log.keys().stream().map(PaperProof::shown).toList());
        List<Long> shown = entries.size() == 1 ? List.of(entries.getFirst().seq()) : List.of(entries.getFirst().seq(), entries.getLast().seq());
        for (long seq : shown) {
            ProofBundle proof = log.prove(seq, checkpoint);
            paper.heading("Entry " + seq + " is in the log", 9.5f);
            paper.paragraph("Hash of entry " + seq + ", and the path from its leaf (index " + (seq - 1) + ") to the root:");
            List<String> hashes = new ArrayList<>();
            entries.stream().filter(entry -> entry.seq() == seq).forEach(entry -> hashes.add(entry.hash()));
            hashes.addAll(proof.pathHex());
            paper.verbatim(hashes);
        }
        paper.space(6);
        paper.paragraph(
                "The same for any other entry: ifbus witness prove --seq N. How to check all of this with openssl alone: docs/interfaces/witness.md.");
    }

    private static String shown(NodeKey key) { return key.keyId() + "  " + key.publicKey() + "  since " + key.since(); }

    private static String about(List<Entry> entries) {
        List<String> escalations = entries.stream().flatMap(entry -> entry.escalation().stream()).distinct().limit(4).toList();
        return switch (escalations.size()) {
            case 0 -> "entries " + entries.getFirst().seq() + " to " + entries.getLast().seq();
            case 1 -> "escalation " + escalations.getFirst();
            case 2, 3 -> "escalations " + String.join(", ", escalations);
            default -> "escalations " + String.join(", ", escalations.subList(0, 3)) + " and others";
        };
    }
}
