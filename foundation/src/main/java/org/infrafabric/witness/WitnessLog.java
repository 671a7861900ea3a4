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
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.infrafabric.message.Rfc3339;
import org.infrafabric.message.SigningKey;
import org.infrafabric.store.GroupListener;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.store.StoreFailure;
import org.infrafabric.store.Transaction;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * One node's chain of entries in a {@link SqliteStore} (CONTRACT §5, DESIGN §6).
 *
 * <p>Drafts are checked and written out on the caller's thread. The store's writer gives them seq, time and the hash before them, hashes the whole group
 * in turn, signs it on all cores, and lets each change in with its state in a savepoint of its own.
 */
public final class WitnessLog implements Witness, AutoCloseable {
    private static final long HIGH_WATER_BYTES = 64L << 20;
    private static final long CAPACITY_BYTES = 512L << 20;
    private static final int PARALLEL_FROM = 8;              // below, waking the other core costs more than it saves

    private final SqliteStore store;
    private final WitnessReader reader;
    private final String node;
    private final InstantSource clock;
    private final RandomGenerator salts;
    private final Feed feed;
    private final AtomicLong queuedBytes = new AtomicLong();

    /** Where the chain ends and who signs next. Owned by the writer. */
    private record End(long seq, String hash, SigningKey key) {}

    private End durable;
    private End current;

    private WitnessLog(SqliteStore store, String node, End end, InstantSource clock, RandomGenerator salts) {
        this.store = store;
        this.reader = new WitnessReader(store);
        this.node = node;
        this.clock = clock;
        this.salts = salts;
        this.durable = end;
        this.current = end;
        this.feed = new Feed(reader, end.seq(), store.isDirect());
    }

    /**
     * Opens or begins the chain of {@code node} and checks its last entries.
     *
     * @param node 1–64 letters, digits and {@code . _ : -}; the same for the life of the database
     * @param key the key that signed last, or any for a new chain; {@link #changeKey} brings in another
     * @param clock dates the entries
     * @throws BrokenLog the end of the chain does not verify
     * @throws IllegalArgumentException the chain is another node's, or another key signs it
     * @throws StoreFailure the store failed
     */
    public static WitnessLog open(SqliteStore store, String node, SigningKey key, InstantSource clock) {
        return open(store, node, key, clock, new SecureRandom());
    }

    /** As above, with the source of blobs' salts: unpredictable in earnest, seeded where a run has to repeat itself. */
    public static WitnessLog open(SqliteStore store, String node, SigningKey key, InstantSource clock, RandomGenerator salts) {
        store.migrate(Tables.ROOM, Tables.STEPS);
        LogOpening.Found found = LogOpening.open(store, EntryForm.checkedNode(node), key, Rfc3339.format(clock.instant()));
        WitnessLog log = new WitnessLog(store, node, new End(found.seq(), found.hash(), key), clock, salts);
        store.listen(log.new Groups());
        return log;
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
        CompletableFuture<List<Entry>> done = store.write(new Sealing(drafts, state, nextKey));
        var unused = done.whenComplete((entries, failure) -> queuedBytes.addAndGet(-weight));
        if (store.isDirect()) feed.deliver();
        return done;
    }

    @Override
    public boolean saturated() { return store.saturated() || queuedBytes.get() > HIGH_WATER_BYTES; }

    /** What stands in the log. */
    public WitnessReader reader() { return reader; }

    public String node() { return node; }

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
     * @return that entry; failed with {@link NoSuchElementException} when there is no such blob any more
     */
    public CompletableFuture<Entry> deleteBlob(String id, String reason) {
        Optional<StoredBlob> blob = reader.blob(id);
        Optional<Entry> named = blob.flatMap(found -> reader.entry(found.seq()));
        if (blob.isEmpty() || named.isEmpty()) return CompletableFuture.failedFuture(new NoSuchElementException("there is no blob " + id));
        var payload = JsonNodeFactory.instance.objectNode().put("blob", id).put("entry", blob.get().seq()).put("reason", reason);
        Draft draft = new Draft(EventType.BLOB_DELETED, named.get().traceId(), payload, Map.of());
        Change change = new Change(List.of(draft), (tx, sealed) -> {
            int rows = tx.execute("UPDATE witness_blobs SET salt = NULL, bytes = NULL, deleted = ? WHERE id = ? AND deleted IS NULL",
                    sealed.getFirst().seq(), id);
            if (rows != 1) throw new NoSuchElementException("there is no blob " + id);
        });
        return append(change).thenApply(sealed -> {
            store.truncateWal();
            return sealed.getFirst();
        });
    }

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

    /** One change on its way: sealed with its group if all before it get in, else again when its turn comes. */
    private final class Sealing implements Function<Transaction, List<Entry>> {
        private final List<PreparedDraft> drafts;
        private final Change.StateWrite state;
        private final @Nullable SigningKey nextKey;
        private List<EntryForm.Hashed> hashed = List.of();
        private List<Entry> sealed = List.of();
        private @Nullable End from;
        private @Nullable End to;

        Sealing(List<PreparedDraft> drafts, Change.StateWrite state, @Nullable SigningKey nextKey) {
            this.drafts = drafts;
            this.state = state;
            this.nextKey = nextKey;
        }

        WitnessLog log() { return WitnessLog.this; }

        /** Gives the drafts their places after {@code end}; says where the chain ends then. */
        private End place(End end) {
            String time = Rfc3339.format(clock.instant());
            List<EntryForm.Hashed> placed = new ArrayList<>(drafts.size());
            long seq = end.seq();
            String prev = end.hash();
            for (PreparedDraft draft : drafts) {
                EntryForm.Hashed next = EntryForm.hash(++seq, time, node, draft, prev, end.key().keyId());
                prev = next.hash();
                placed.add(next);
            }
            End after = new End(seq, prev, nextKey == null ? end.key() : nextKey);
            hashed = placed;
            from = end;
            to = after;
            return after;
        }

        private void sign() {
            End signer = from;
            if (signer != null) sealed = hashed.stream().map(entry -> entry.signed(signer.key())).toList();
        }

        @Override
        public List<Entry> apply(Transaction tx) {
            End after = to;
            if (after == null || !current.equals(from)) { // one before it in its group was refused
                after = place(current);
                sign();
            }
            for (int i = 0; i < drafts.size(); i++) insert(tx, drafts.get(i), sealed.get(i));
            state.write(tx, sealed);
            current = after;
            return sealed;
        }
    }

    private static void insert(Transaction tx, PreparedDraft draft, Entry entry) {
        tx.execute("INSERT INTO witness_entries (seq, trace, escalation, hash, json) VALUES (?, ?, ?, ?, ?)", entry.seq(), entry.traceId(),
                draft.escalation().orElse(null), entry.hash(), entry.json());
        for (PreparedDraft.PreparedBlob blob : draft.blobs()) {
            tx.execute("INSERT INTO witness_blobs (id, seq, media_type, salt, bytes) VALUES (?, ?, ?, ?, ?)", blob.id(), entry.seq(),
                    blob.mediaType(),
                    blob.salt(), blob.bytes());
        }
    }

    /** Runs on the writer. */
    private final class Groups implements GroupListener {
        @Override
        public void opened(Transaction tx, List<? extends Function<Transaction, ?>> works) {
            current = durable; // what a lost group had added is gone
            List<Sealing> sealings = mine(works);
            End end = current;
            for (Sealing sealing : sealings) end = sealing.place(end);
            IntStream signers = IntStream.range(0, sealings.size());
            if (sealings.size() >= PARALLEL_FROM) signers = signers.parallel();
            signers.forEach(i -> sealings.get(i).sign());
        }

        @Override
        public void committed(List<? extends Function<Transaction, ?>> works, long commitNanos) {
            durable = current;
            for (Sealing sealing : mine(works)) feed.publish(sealing.sealed);
        }

        private List<Sealing> mine(List<? extends Function<Transaction, ?>> works) {
            List<Sealing> sealings = new ArrayList<>(works.size());
            for (Function<Transaction, ?> work : works)
                if (work instanceof Sealing sealing && sealing.log() == WitnessLog.this) sealings.add(sealing);
            return sealings;
        }
    }
}
