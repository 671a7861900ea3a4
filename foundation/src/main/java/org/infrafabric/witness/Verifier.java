package org.infrafabric.witness;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;
import java.util.stream.Stream;
import org.infrafabric.message.Sha256;
import org.infrafabric.message.VerifyKey;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.store.StoreFailure;
import org.infrafabric.store.Transaction;

/**
 * Says whether a log is whole, and if not, which entry is the first bad one. Needs nothing but the export (or the database, opened for reading alone) and,
 * to be sure whose log it is, a public key. Reads as it goes: memory does not grow with the log.
 *
 * <p>A key that the caller gives proves the whole log if it signed any of it: entries before that are held by the chain of hashes, keys after it were each
 * announced under the signature of the one before.
 */
public final class Verifier {
    /** A line of an export, in bytes; a payload has at most 1 MB. */
    static final int MAX_LINE = 4 << 20;
    private static final int CHUNK_BYTES = 8 << 20;

    /**
     * How a verification goes along.
     *
     * @param atOnce entries of a step
     * @param allCores false: the caller's thread does all of it
     * @param goOn called after each step with the seq of the last good entry; may wait; false ends it
     */
    record Pace(int atOnce, boolean allCores, LongPredicate goOn) {
        static final Pace FULL = new Pace(1_024, true, verified -> true);
    }

    private final List<VerifyKey> trusted;
    private final Optional<String> expectedHead;
    private final Optional<Checkpoint> checkpoint;

    /**
     * @param trusted public keys of the node that the caller vouches for; empty: the log's own are used, and nothing is proven
     * @param expectedHead the hash that the last entry must have, known from elsewhere; only so is an end that was cut off noticed
     */
    public Verifier(Collection<VerifyKey> trusted, Optional<String> expectedHead) { this(trusted, expectedHead, Optional.empty()); }

    /** @param checkpoint that the log must agree with; known from elsewhere, it holds the log to what it was then */
    public Verifier(Collection<VerifyKey> trusted, Optional<String> expectedHead, Optional<Checkpoint> checkpoint) {
        this.trusted = List.copyOf(trusted);
        this.expectedHead = expectedHead;
        this.checkpoint = checkpoint;
    }

    /** Verifies an export in JSON lines, to the end of the stream or to the first fault. */
    public Verdict verify(InputStream export) throws IOException {
        LineReader lines = new LineReader(export, MAX_LINE);
        ExportHeader header;
        try {
            header = ExportHeader.read(lines.next().orElse(new byte[0]));
        } catch (IllegalArgumentException e) {
            return Verdict.unreadable("", 0, "the export's first line " + e.getMessage());
        }
        ChainWalk walk = walk(header, Pace.FULL);
        TreeCheck tree = new TreeCheck(checkpoint.stream().toList(), false);
        Optional<Verdict.Fault> besides = Optional.empty();
        List<ChainWalk.Line> chunk = new ArrayList<>();
        do {
            chunk.clear();
            int bytes = 0;
            while (chunk.size() < Pace.FULL.atOnce() && bytes < CHUNK_BYTES) {
                Optional<byte[]> line = lines.next();
                if (line.isEmpty()) break;
                bytes += line.get().length;
                chunk.add(new ChainWalk.Line(line.get(), null, null));
            }
            besides = tree.add(walk.take(chunk));
        } while (!chunk.isEmpty() && walk.fault().isEmpty() && besides.isEmpty());
        return verdict(header.node(), walk, tree, besides);
    }

    /** Verifies the log in a database as it is at this moment, with its blobs; also beside the node that writes it. */
    public Verdict verify(SqliteStore store) {
        return verify(store, Pace.FULL).orElseThrow();
    }

    /** The same at another pace; empty when that ended it. */
    Optional<Verdict> verify(SqliteStore store, Pace pace) {
        try {
            return whole(store, pace);
        } catch (StoreFailure failure) {
            if (!failure.damaged()) throw failure;
            return Optional.of(Verdict.unreadable("", 1, unreadable(failure)));
        }
    }

    private Optional<Verdict> whole(SqliteStore store, Pace pace) {
        WitnessReader reader = new WitnessReader(store);
        Optional<String> node = reader.node();
        if (node.isEmpty()) return Optional.of(Verdict.unreadable("", 0, "the database holds no witness log"));
        List<Checkpoint> known = new ArrayList<>(reader.keptCheckpoint(0).stream().toList()); // before the count: it must not be of a log that has grown since
        long end = reader.count();
        ChainWalk walk;
        try {
            walk = walk(ExportHeader.of(node.get(), reader.keys()), pace);
        } catch (IllegalArgumentException e) {
            return Optional.of(Verdict.unreadable(node.get(), 0, "a key in the database " + e.getMessage()));
        }
        checkpoint.ifPresent(known::add);
        TreeCheck tree = new TreeCheck(known, reader.name().isPresent());
        Optional<Verdict.Fault> besides = Optional.empty();
        while (walk.seq() < end && walk.fault().isEmpty() && besides.isEmpty()) {
            long from = walk.seq() + 1, to = Math.min(end, walk.seq() + pace.atOnce());
            try {
                besides = store.read(tx -> step(tx, walk, tree, from, to));
            } catch (StoreFailure failure) {
                if (!failure.damaged()) throw failure;
                besides = Optional.of(new Verdict.Fault(walk.seq() + 1, unreadable(failure)));
            }
            if (!pace.goOn().test(walk.seq())) return Optional.empty();
        }
        return Optional.of(verdict(node.get(), walk, tree, besides));
    }

    private static String unreadable(StoreFailure failure) { return "the database cannot be read from here on: " + failure.getMessage(); }

    /** Goes on by a chunk; gives what is wrong beside the chain itself. */
    private static Optional<Verdict.Fault> step(Transaction tx, ChainWalk walk, TreeCheck tree, long from, long to) {
        List<ChainWalk.Line> lines = tx.query("SELECT json, trace, hash FROM witness_entries WHERE seq >= ? AND seq <= ? ORDER BY seq",
                row -> new ChainWalk.Line(row.text(0).getBytes(UTF_8), row.text(1), row.text(2)), from, to);
        if (lines.isEmpty()) return Optional.of(new Verdict.Fault(from, "it went missing while the log was read"));
        List<ParsedEntry> good = walk.take(lines);
        for (ParsedEntry entry : good) {
            for (ParsedEntry.BlobReference blob : entry.blobs()) {
                Optional<String> wrong = wrong(tx, blob);
                if (wrong.isPresent()) return Optional.of(new Verdict.Fault(entry.seq(), "its blob " + blob.id() + " " + wrong.get()));
            }
        }
        return tree.add(good).or(() -> tree.wrongTile(tx));
    }

    private static Optional<String> wrong(Transaction tx, ParsedEntry.BlobReference blob) {
        List<Optional<String>> found = tx.query("SELECT salt, bytes, deleted FROM witness_blobs WHERE id = ?", row -> {
            if (!row.isNull(2))
                return deletionTold(tx, row.number(2), blob.id()) ? Optional.empty() : Optional.of("was deleted without an entry that says so");
            if (row.isNull(0) || row.isNull(1)) return Optional.of("was deleted without an entry that says so");
            boolean same = Sha256.hex(row.bytes(0), row.bytes(1)).equals(blob.sha256());
            return same ? Optional.empty() : Optional.of("was altered: its bytes do not give the hash in the entry");
        }, blob.id());
        return found.isEmpty() ? Optional.of("is gone without an entry that says so") : found.getFirst();
    }

    private static boolean deletionTold(Transaction tx, long seq, String id) {
        return tx.first("SELECT json FROM witness_entries WHERE seq = ?", row -> row.text(0), seq).map(EntryForm::read)
                .filter(entry -> entry.component().equals(EventType.BLOB_DELETED.component()) && entry.event().equals(EventType.BLOB_DELETED.event()))
                .filter(entry -> entry.json().contains("\"blob\":\"" + id + "\"")).isPresent();
    }

    private ChainWalk walk(ExportHeader header, Pace pace) {
        Map<String, VerifyKey> keys = new HashMap<>();
        for (VerifyKey key : header.keys()) keys.put(key.keyId(), key);
        return new ChainWalk(header.node(), keys, trusted, 1, EntryForm.GENESIS, pace.allCores());
    }

    private Verdict verdict(String node, ChainWalk walk, TreeCheck tree, Optional<Verdict.Fault> besides) {
        boolean proven = walk.signedByTrusted();
        Optional<Verdict.Fault> fault = besides.or(walk::fault).or(() -> notTheirs(walk, proven)).or(tree::missing).or(() -> cutOff(walk))
                .or(() -> strange(walk));
        return new Verdict(node, walk.seq(), walk.head(), tree.root(), fault, proven && fault.isEmpty(), walk.signers());
    }

    /** A checkpoint of somebody else says nothing of this log. */
    private Optional<Verdict.Fault> strange(ChainWalk walk) {
        if (checkpoint.isEmpty()) return Optional.empty();
        Checkpoint given = checkpoint.get();
        try {
            boolean signed = Stream.concat(trusted.stream(), walk.keys().stream())
                    .anyMatch(key -> given.isSignedBy(NoteKey.log(given.origin(), key)));
            if (signed) return Optional.empty();
        } catch (IllegalArgumentException forged) {
            return Optional.of(new Verdict.Fault(given.size(), "the checkpoint is forged: " + forged.getMessage()));
        }
        return Optional.of(new Verdict.Fault(given.size(), "the checkpoint was not signed by a key of this log"));
    }

    private Optional<Verdict.Fault> notTheirs(ChainWalk walk, boolean proven) {
        if (trusted.isEmpty() || proven || walk.seq() == 0) return Optional.empty();
        return Optional.of(new Verdict.Fault(1, "it is signed by key " + walk.signers().getFirst() + ", and the key given signed no entry at all"));
    }

    private Optional<Verdict.Fault> cutOff(ChainWalk walk) {
        if (expectedHead.isEmpty() || expectedHead.get().equals(walk.head())) return Optional.empty();
        return Optional
                .of(new Verdict.Fault(walk.seq() + 1, "the log ends at seq " + walk.seq() + " with hash " + walk.head() + ", not with the expected "
                        + expectedHead.get() + ": entries are missing at the end, or were added"));
    }
}
