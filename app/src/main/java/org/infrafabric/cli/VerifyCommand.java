package org.infrafabric.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.infrafabric.message.VerifyKey;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.witness.Checkpoint;
import org.infrafabric.witness.CosignPolicy;
import org.infrafabric.witness.NoteKey;
import org.infrafabric.witness.ProofBundle;
import org.infrafabric.witness.SignedNote;
import org.infrafabric.witness.Verdict;
import org.infrafabric.witness.Verifier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** {@code witness verify}: a log, an export, or the proof of one entry. Needs no network. */
@Command(name = "verify", mixinStandardHelpOptions = true,
        description = {"Say whether the log is whole; the first bad entry is printed as 'seq N'. Exit code 6 if it is not.",
            "With --proof: whether one entry is in a log, by the file that 'witness prove' made."})
final class VerifyCommand implements Callable<Integer> {
    @Nullable
    @Option(names = "--file", paramLabel = "EXPORT",
            description = "An export in JSON lines instead of the data directory; - reads stdin.") private String file;

    @Nullable
    @Option(names = "--proof", paramLabel = "FILE",
            description = "A proof of one entry (C2SP tlog-proof) instead of a log; - reads stdin.") private String proof;

    @Option(names = "--key", paramLabel = "KEY",
            description = "The node's public key, ed25519:…, known from elsewhere; more than one may be given.") private List<String> keys = List
                    .of();

    @Nullable
    @Option(names = "--expect-head", paramLabel = "HASH", description = "Hash of the last entry, known from elsewhere.") private String head;

    @Nullable
    @Option(names = "--checkpoint", paramLabel = "FILE",
            description = "A checkpoint known from elsewhere that the log must agree with.") private Path checkpoint;

    @Option(names = "--witness", paramLabel = "VKEY",
            description = "A witness's verifier key, NAME+ID+KEY; more than one may be given.") private List<String> witnesses = List.of();

    @Nullable
    @Option(names = "--need", paramLabel = "N",
            description = "How many of them must have cosigned the checkpoint (default: all).") private Integer need;

    @Mixin private LogOption data = new LogOption();
    @Mixin private Output output = new Output();

    @Override
    public Integer call() throws IOException {
        List<VerifyKey> trusted = keys.stream().map(VerifyKey::parse).toList();
        CosignPolicy policy = new CosignPolicy(witnesses.stream().map(NoteKey::parse).toList(), need == null ? witnesses.size() : need);
        if (proof != null) return proof(proof, trusted, policy);
        Optional<Checkpoint> known = checkpoint == null ? Optional.empty()
                : Optional.of(Checkpoint.parse(read(checkpoint.toString(), SignedNote.MAX_BYTES)));
        if (known.isEmpty() && policy.need() > 0) throw new IllegalArgumentException("--witness needs a --checkpoint that they have cosigned");
        Verifier verifier = new Verifier(trusted, Optional.ofNullable(head), known);
        Verdict verdict = file == null ? ofDatabase(verifier) : ofExport(verifier, file);
        int cosigned = known.map(policy::count).orElse(0);
        boolean believed = cosigned >= policy.need();
        ObjectNode result = json(verdict);
        if (known.isPresent())
            result.putObject("checkpoint").put("size", known.get().size()).put("cosignatures", cosigned).put("needed", policy.need());
        output.result(result,
                text(verdict) + (believed ? "" : "\nthe checkpoint has " + cosigned + " of the " + policy.need() + " cosignatures needed."));
        if (output.json) verdict.fault().ifPresent(fault -> Output.progress("BROKEN at seq " + fault.seq() + ": " + fault.what()));
        return verdict.intact() && believed && (trusted.isEmpty() || verdict.proven()) ? ExitCode.DONE : ExitCode.LOG_BROKEN;
    }

    private int proof(String from, List<VerifyKey> trusted, CosignPolicy policy) throws IOException {
        ProofBundle bundle = ProofBundle.parse(read(from, ProofBundle.MAX_BYTES));
        ProofBundle.Finding finding = bundle.check(trusted, policy);
        ObjectNode result = Output.object().put("holds", finding.holds()).put("seq", finding.seq()).put("size", bundle.checkpoint().size())
                .put("origin", bundle.checkpoint().origin()).put("proven", finding.proven()).put("cosignatures", finding.cosignatures());
        finding.fault().ifPresent(fault -> result.put("fault", fault));
        if (finding.holds()) result.set("entry", Output.JSON.readTree(bundle.entry()));
        output.result(result, finding.holds()
                ? "it holds: entry " + finding.seq() + " is in the log " + bundle.checkpoint().origin() + " of " + bundle.checkpoint().size()
                        + " entries"
                        + (finding.proven() ? "\nproven: the checkpoint is signed by the key you gave."
                                : "\nunproven: give --key to prove whose log it is.")
                : "NO PROOF: " + finding.fault().orElse(""));
        return finding.holds() ? ExitCode.DONE : ExitCode.LOG_BROKEN;
    }

    private static byte[] read(String from, int most) throws IOException {
        try (InputStream in = from.equals("-") ? System.in : Files.newInputStream(Path.of(from))) {
            return in.readNBytes(most + 1);
        }
    }

    private Verdict ofDatabase(Verifier verifier) {
        try (SqliteStore store = data.readOnly()) {
            return verifier.verify(store);
        }
    }

    private static Verdict ofExport(Verifier verifier, String file) throws IOException {
        try (InputStream in = file.equals("-") ? System.in : Files.newInputStream(Path.of(file))) {
            return verifier.verify(in);
        }
    }

    static ObjectNode json(Verdict verdict) {
        ObjectNode result = Output.object().put("intact", verdict.intact()).put("entries", verdict.entries()).put("head", verdict.head())
                .put("root", verdict.root()).put("node", verdict.node()).put("proven", verdict.proven());
        verdict.fault().ifPresent(fault -> result.putObject("fault").put("seq", fault.seq()).put("what", fault.what()));
        return result;
    }

    private String text(Verdict verdict) {
        if (verdict.fault().isPresent()) {
            Verdict.Fault fault = verdict.fault().get();
            String broken = "BROKEN at seq " + fault.seq() + ": " + fault.what();
            return fault.seq() > verdict.entries() ? broken + "\n" + verdict.entries() + " entries before it are good." : broken;
        }
        String whole = "intact: " + verdict.entries() + " entries of " + verdict.node() + ", head " + verdict.head();
        if (verdict.proven()) return whole + "\nproven: signed by the key you gave.";
        return whole + (keys.isEmpty() ? "\nunproven: the signatures are by the log's own keys; give --key to prove whose log it is."
                : "\nNOT proven: nothing in it is signed by the key you gave.");
    }
}
