package org.infrafabric.witness;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.infrafabric.message.SigningKey;
import org.infrafabric.message.TraceIds;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.store.StoreFailure;
import org.infrafabric.store.Transaction;
import org.jspecify.annotations.Nullable;

/** Reads the log: beside the node that writes it, or from a database opened for reading alone. Any thread; calls may block for the disk. */
public final class WitnessReader {
    /** Most entries that one call gives. */
    public static final int MAX_LIMIT = 10_000;

    private final SqliteStore store;
    private final @Nullable Supplier<TreeEdge> edge;

    public WitnessReader(SqliteStore store) {
        this.store = store;
        this.edge = null;
    }

    /** @param edge the tree's edge as the log's owner knows it, at least as old as what the database gives */
    WitnessReader(SqliteStore store, Supplier<TreeEdge> edge) {
        this.store = store;
        this.edge = edge;
    }

    /** The name of the node whose chain this is; empty in a database that no log has been opened on. */
    public Optional<String> node() {
        return store.read(tx -> exists(tx) ? tx.first("SELECT node FROM witness_node", row -> row.text(0)) : Optional.<String>empty());
    }

    /** Entries there are; also the newest one's seq. */
    public long count() { return head().map(Entry::seq).orElse(0L); }

    /** The newest durable entry. */
    public Optional<Entry> head() {
        return store.read(tx -> exists(tx) ? tx.first("SELECT json FROM witness_entries ORDER BY seq DESC LIMIT 1", WitnessReader::entry)
                : Optional.<Entry>empty());
    }

    public Optional<Entry> entry(long seq) {
        return store.read(tx -> tx.first("SELECT json FROM witness_entries WHERE seq = ?", WitnessReader::entry, seq));
    }

    /**
     * Entries in order of seq.
     *
     * @param from the first seq wanted
     * @param limit at most so many, up to {@link #MAX_LIMIT}
     */
    public List<Entry> entries(long from, int limit) {
        return store.read(
                tx -> tx.query("SELECT json FROM witness_entries WHERE seq >= ? ORDER BY seq LIMIT ?", WitnessReader::entry, from, bound(limit)));
    }

    /** As {@link #entries(long, int)}, those of one trace alone. */
    public List<Entry> entries(String traceId, long from, int limit) {
        return store.read(
                tx -> tx.query("SELECT json FROM witness_entries WHERE trace = ? AND seq >= ? ORDER BY seq LIMIT ?", WitnessReader::entry, traceId,
                        from, bound(limit)));
    }

    /** The trace that a text names: a trace id, also as a UUID, or the id of an escalation. Empty when no entry knows it. */
    public Optional<String> trace(String traceOrEscalation) {
        return store.read(tx -> {
            Optional<String> byTrace = TraceIds.parse(traceOrEscalation)
                    .flatMap(trace -> tx.first("SELECT trace FROM witness_entries WHERE trace = ? LIMIT 1", row -> row.text(0), trace));
            return byTrace
                    .or(() -> tx.first("SELECT trace FROM witness_entries WHERE escalation = ? LIMIT 1", row -> row.text(0), traceOrEscalation));
        });
    }

    /** Name of the log; empty in a database that no log has been opened on. */
    public Optional<LogName> name() {
        return store.read(tx -> hasTree(tx) ? tx.first("SELECT origin, node FROM witness_node", row -> new LogName(row.text(0), row.text(1)))
                : Optional.<LogName>empty());
    }

    /**
     * The path that proves the entry {@code seq} to be in the log as it was with {@code size} entries, RFC 6962 §2.1.1.
     *
     * @throws IndexOutOfBoundsException the log has no such entry, or not so many
     */
    public List<byte[]> inclusionProof(long seq, long size) {
        return tree(tree -> {
            within(1, seq, size);
            within(1, size, tree.size());
            return MerkleTree.inclusionProof(seq - 1, size, tree);
        });
    }

    /**
     * The path that proves the log of {@code from} entries to be the beginning of that of {@code to}, RFC 6962 §2.1.2.
     *
     * @throws IndexOutOfBoundsException the log has not so many, or {@code from} is over {@code to}
     */
    public List<byte[]> consistencyProof(long from, long to) {
        return tree(tree -> {
            within(1, from, to);
            within(1, to, tree.size());
            return MerkleTree.consistencyProof(from, to, tree);
        });
    }

    /** Root of the tree over the first {@code size} entries. Throws {@link IndexOutOfBoundsException} when there are not so many. */
    public byte[] root(long size) {
        return tree(tree -> {
            within(0, size, tree.size());
            return tree.root(size);
        });
    }

    /** The newest checkpoint that was kept, with at least so many cosignatures of those that the policy names. */
    public Optional<Checkpoint> keptCheckpoint(int cosignatures) {
        return store.read(tx -> hasTree(tx) ? Checkpoints.newest(tx, cosignatures) : Optional.<Checkpoint>empty());
    }

    /** An entry with its proof under a checkpoint that covers it. Throws {@link IndexOutOfBoundsException} when the log has no such entry, or the checkpoint not. */
    public ProofBundle prove(long seq, Checkpoint checkpoint) {
        List<byte[]> path = inclusionProof(seq, checkpoint.size());
        Entry entry = entry(seq).orElseThrow(() -> new IndexOutOfBoundsException("the log has no entry " + seq));
        return new ProofBundle(seq - 1, entry.json().getBytes(UTF_8), path, checkpoint);
    }

    /** What the log has come to, signed now, for who holds its key: a process beside the node, or after it. Throws {@link StoreFailure} when there is no tree yet. */
    public Checkpoint checkpoint(SigningKey key) {
        LogName name = name().orElseThrow(() -> new StoreFailure("the database has no hash tree yet; the next start of the bus makes it"));
        if (keys().stream().noneMatch(known -> known.keyId().equals(key.keyId())))
            throw new IllegalArgumentException("key " + key.keyId() + " has never signed this log");
        return tree(tree -> Checkpoint.sign(name.origin(), tree.size(), tree.root(tree.size()), key));
    }

    private <T> T tree(Function<StoredTree, T> use) {
        Supplier<TreeEdge> known = edge;
        if (known == null) return store.read(tx -> use.apply(StoredTree.of(tx)));
        TreeEdge now = known.get();
        return store.read(tx -> use.apply(new StoredTree(tx, now)));
    }

    private static void within(long least, long value, long most) {
        if (value < least || value > most) throw new IndexOutOfBoundsException(value + " is not within " + least + " and " + most);
    }

    /** Keys that sign or have signed, the oldest first. */
    public List<NodeKey> keys() {
        return store.read(tx -> exists(tx)
                ? tx.query("SELECT key_id, public_key, since, from_seq FROM witness_keys ORDER BY from_seq",
                        row -> new NodeKey(row.text(0), row.text(1), row.text(2), row.number(3)))
                : List.<NodeKey>of());
    }

    /** A blob's bytes; empty when there was none of that id or it was deleted. */
    public Optional<StoredBlob> blob(String id) {
        return store.read(tx -> tx.first("SELECT id, seq, media_type, bytes FROM witness_blobs WHERE id = ? AND bytes IS NOT NULL",
                row -> new StoredBlob(row.text(0), row.number(1), row.text(2), row.bytes(3)), id));
    }

    SqliteStore store() { return store; }

    private static boolean exists(Transaction tx) {
        return tx.first("SELECT 1 FROM sqlite_schema WHERE name = 'witness_blobs'", row -> true).isPresent();
    }

    /** A log that was begun before there was a tree gets one when its bus next starts. */
    private static boolean hasTree(Transaction tx) {
        return tx.first("SELECT 1 FROM sqlite_schema WHERE name = 'witness_checkpoints'", row -> true).isPresent()
                && tx.first("SELECT 1 FROM witness_node WHERE origin IS NOT NULL", row -> true).isPresent();
    }

    private static Entry entry(Transaction.Row row) { return EntryForm.read(row.text(0)); }

    private static long bound(int limit) {
        if (limit < 1 || limit > MAX_LIMIT) throw new IllegalArgumentException("limit " + limit + ": 1 to " + MAX_LIMIT);
        return limit;
    }
}
