package org.infrafabric.witness;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;
import java.util.random.RandomGenerator;
import org.infrafabric.message.Rfc3339;
import org.infrafabric.message.SigningKey;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.store.StoreFailure;
import org.infrafabric.store.Transaction;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * One node's chain of entries in a {@link SqliteStore}, and the hash tree above it (CONTRACT §5, DESIGN §6).
 *
 * <p>Drafts are checked and written out on the caller's thread and take their place in the chain there; other cores sign them; the store's writer lets each
 * change in with its state in a savepoint of its own, and the tree grows in the same transaction ({@link Sealer}).
 */
public final class WitnessLog implements Witness, AutoCloseable {
    private static final long HIGH_WATER_BYTES = 64L << 20;
    private static final long CAPACITY_BYTES = 512L << 20;
    private static final String USUAL_DOMAIN = "ifbus.local";

    private final SqliteStore store;
    private final WitnessReader reader;
    private final LogName name;
    private final RandomGenerator salts;
    private final Feed feed;
    private final Sealer sealer;
    private final AtomicLong queuedBytes = new AtomicLong();
    private volatile @Nullable Checkpoint signed;
    private volatile Optional<Verdict.Fault> fault = Optional.empty();

    private WitnessLog(SqliteStore store, LogOpening.Found found, InstantSource clock, RandomGenerator salts) {
        this.store = store;
        this.name = found.name();
        this.salts = salts;
        this.reader = new WitnessReader(store, this::edge);
        this.feed = new Feed(reader, found.durable().end().seq(), store.isDirect());
        this.sealer = new Sealer(store, name, found.durable(), clock, feed);
    }

    /**
     * Opens or begins the chain of a node and checks its last entries, and its stored tree against the newest checkpoint; {@link WholeCheck} does the rest.
     *
     * @param name the same for the life of the database: a database that knows another origin keeps it
     * @param key the key that signed last, or any for a new chain; {@link #changeKey} brings in another
     * @param clock dates the entries
     * @param salts of blobs: unpredictable in earnest, seeded where a run has to repeat itself
     * @throws BrokenLog the end of the chain does not verify, or the log is not the one whose checkpoint was signed
     * @throws IllegalArgumentException the chain is another node's, or another key signs it
     * @throws StoreFailure the store failed
     */
    public static WitnessLog open(SqliteStore store, LogName name, SigningKey key, InstantSource clock, RandomGenerator salts) {
        store.migrate(Tables.ROOM, Tables.STEPS);
        LogOpening.Found found = LogOpening.open(store, name, key, Rfc3339.format(clock.instant()));
        WitnessLog log = new WitnessLog(store, found, clock, salts);
        store.listen(log.sealer);
        return log;
    }

    /** As above, with salts that nobody can foresee. */
    public static WitnessLog open(SqliteStore store, LogName name, SigningKey key, InstantSource clock) {
        return open(store, name, key, clock, new SecureRandom());
    }

    /** As above, in the domain that a config has when it says nothing. */
    public static WitnessLog open(SqliteStore store, String node, SigningKey key, InstantSource clock) {
        return open(store, LogName.of(USUAL_DOMAIN, node), key, clock);
    }

    public static WitnessLog open(SqliteStore store, String node, SigningKey key, InstantSource clock, RandomGenerator salts) {
        return open(store, LogName.of(USUAL_DOMAIN, node), key, clock, salts);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException at once, when a draft holds a field that its event does not list, a number that is no integer, or too much
     */
    @Override
    public CompletableFuture<List<Entry>> append(Change change) {
        List<PreparedDraft> drafts = new ArrayList<>(change.drafts().size());
        for (Draft draft : change.drafts()) drafts.add(PreparedDraft.of(draft, salts));
        return append(drafts, change.state(), null);
    }

    CompletableFuture<List<Entry>> append(List<PreparedDraft> drafts, Change.StateWrite state, @Nullable SigningKey nextKey) {
        long weight = drafts.stream().mapToLong(PreparedDraft::weight).sum();
        if (queuedBytes.addAndGet(weight) > CAPACITY_BYTES) {
            queuedBytes.addAndGet(-weight);
            return CompletableFuture.failedFuture(new StoreFailure("the log's queue is full: " + (CAPACITY_BYTES >> 20) + " MB wait for the disk"));
        }
        CompletableFuture<List<Entry>> done = sealer.append(new Sealing(sealer, drafts, state, nextKey));
        var unused = done.whenComplete((entries, failure) -> queuedBytes.addAndGet(-weight));
        if (store.isDirect()) feed.deliver();
        return done;
    }

    @Override
    public boolean saturated() { return store.saturated() || queuedBytes.get() > HIGH_WATER_BYTES || fault.isPresent(); }

    /** What {@link WholeCheck} found to be wrong with entries that were there before; empty while nothing is known. */
    public Optional<Verdict.Fault> fault() {
        return fault;
    }

    /** From now on no new escalation is taken; what runs comes to its end, and the finding stands in the log. */
    CompletableFuture<List<Entry>> broken(Verdict.Fault found, String traceId) {
        fault = Optional.of(found);
        var payload = JsonNodeFactory.instance.objectNode().put("seq", found.seq()).put("what", found.what());
        return append(new Change(List.of(new Draft(EventType.LOG_BROKEN, traceId, payload)),
                (tx, sealed) -> tx.execute("INSERT INTO witness_faults (seq, what) VALUES (?, ?)", found.seq(), found.what())));
    }

    SqliteStore store() { return store; }

    /** Seq of the newest durable entry. */
    long head() {
        return sealer.durable().end().seq();
    }

    /** What stands in the log. */
    public WitnessReader reader() { return reader; }

    public LogName name() { return name; }

    public String node() { return name.node(); }

    /** The key that signs now. */
    public SigningKey signer() { return sealer.durable().end().key(); }

    /** What the log has come to, signed now by the node alone. Never inconsistent with one that was given before: only what is durable counts. */
    public Checkpoint checkpoint() {
        Sealer.Durable durable = sealer.durable();
        Checkpoint last = signed;
        if (last != null && last.size() == durable.edge().size() && last.isSignedBy(NoteKey.log(name.origin(), durable.end().key().verifyKey())))
            return last;
        Checkpoint next = Checkpoint.sign(name.origin(), durable.edge().size(), durable.edge().root(), durable.end().key());
        signed = next;
        return next;
    }

    /** Keeps a checkpoint of this log that witnesses have cosigned. */
    CompletableFuture<Boolean> keep(Checkpoint checkpoint, int cosignatures) {
        return store.write(tx -> {
            Checkpoints.keep(tx, checkpoint, cosignatures);
            return true;
        });
    }

    private TreeEdge edge() { return sealer.durable().edge(); }

    /**
     * Calls {@code consumer} with each durable entry from {@code fromSeq} on, in order, each once: first what is there, then what comes. A slow consumer
     * falls behind without harm and without loss; one that throws is cut off and may subscribe again from where it was. The consumer has a thread of
     * its own and may block; on a direct store it runs on the thread that appends.
     */
    public Subscription subscribe(long fromSeq, Consumer<Entry> consumer) { return feed.subscribe(fromSeq, consumer); }

    /**
     * Deletes a blob's bytes and salt, and says so in an entry of the same trace; the chain stays whole.
     *
     * @param reason for those who read the log later
     * @param beside deletes in the same transaction what others keep of it, given the seq of the entry that names the blob
     * @return that entry; failed with {@link NoSuchElementException} when there is no such blob any more, or with what {@code beside} threw
     */
    public CompletableFuture<Entry> deleteBlob(String id, String reason, ObjLongConsumer<Transaction> beside) {
        Optional<StoredBlob> blob = reader.blob(id);
        Optional<Entry> named = blob.flatMap(found -> reader.entry(found.seq()));
        if (blob.isEmpty() || named.isEmpty()) return CompletableFuture.failedFuture(new NoSuchElementException("there is no blob " + id));
        var payload = JsonNodeFactory.instance.objectNode().put("blob", id).put("entry", blob.get().seq()).put("reason", reason);
        Draft draft = new Draft(EventType.BLOB_DELETED, named.get().traceId(), payload, Map.of());
        Change change = new Change(List.of(draft), (tx, sealed) -> {
            int rows = tx.execute("UPDATE witness_blobs SET salt = NULL, bytes = NULL, deleted = ? WHERE id = ? AND deleted IS NULL",
                    sealed.getFirst().seq(), id);
            if (rows != 1) throw new NoSuchElementException("there is no blob " + id);
            beside.accept(tx, blob.get().seq());
        });
        return append(change).thenApply(sealed -> {
            store.truncateWal();
            return sealed.getFirst();
        });
    }

    public CompletableFuture<Entry> deleteBlob(String id, String reason) { return deleteBlob(id, reason, (tx, seq) -> {}); }

    /**
     * Lets another key sign from the next entry on. The entry that says so is signed by the key in use, so whoever trusts the old one can trust the new.
     *
     * @return that entry; keep {@code next} on the disk before calling: once it is durable the old key opens this log no more
     */
    public CompletableFuture<Entry> changeKey(SigningKey next, String traceId) {
        var payload = JsonNodeFactory.instance.objectNode().put("keyId", next.keyId()).put("publicKey", next.verifyKey().toString());
        PreparedDraft draft = PreparedDraft.of(new Draft(EventType.KEY_CHANGED, traceId, payload), salts);
        return append(List.of(draft), (tx, sealed) -> LogOpening.addKey(tx, next.verifyKey(), sealed.getFirst().time(), sealed.getFirst().seq() + 1),
                next)
                .thenApply(List::getFirst);
    }

    /** Ends all subscriptions. The store is its opener's to close. */
    @Override
    public void close() { feed.close(); }
}
