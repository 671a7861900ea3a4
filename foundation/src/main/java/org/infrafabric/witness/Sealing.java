package org.infrafabric.witness;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.infrafabric.message.SigningKey;
import org.infrafabric.store.Transaction;
import org.jspecify.annotations.Nullable;

/** One change on its way into the log. It may be given its place before its turn comes, and another one when it turns out that one before it was refused. */
final class Sealing implements Function<Transaction, List<Entry>> {
    /** Where a chain ends, and who signs what comes next. */
    record End(long seq, String hash, SigningKey key) {}

    /** What the change's entries are at the place that follows {@code from}. Signed once, by whoever comes first. */
    static final class Placed {
        private final End from;
        private final End to;
        private final List<EntryForm.Hashed> hashed;
        private final AtomicBoolean claimed = new AtomicBoolean();
        private final CompletableFuture<List<EntryForm.Sealed>> sealed = new CompletableFuture<>();

        Placed(End from, End to, List<EntryForm.Hashed> hashed) {
            this.from = from;
            this.to = to;
            this.hashed = hashed;
        }

        End from() { return from; }

        End to() { return to; }

        /** Signs, unless somebody does so already. */
        void sign() {
            if (!claimed.compareAndSet(false, true)) return;
            try {
                List<EntryForm.Sealed> signed = new ArrayList<>(hashed.size());
                for (EntryForm.Hashed entry : hashed) signed.add(entry.signed(from.key()));
                sealed.complete(signed);
            } catch (RuntimeException | Error e) {
                sealed.completeExceptionally(e);
            }
        }

        /** The signed entries; waits for who signs them. */
        List<EntryForm.Sealed> sealed() { return sealed.join(); }
    }

    private final Sealer sealer;
    private final List<PreparedDraft> drafts;
    private final Change.StateWrite state;
    private final @Nullable SigningKey nextKey;
    private volatile @Nullable Placed placed;

    /** @param nextKey signs what comes after this; null: the key stays */
    Sealing(Sealer sealer, List<PreparedDraft> drafts, Change.StateWrite state, @Nullable SigningKey nextKey) {
        this.sealer = sealer;
        this.drafts = drafts;
        this.state = state;
        this.nextKey = nextKey;
    }

    Sealer sealer() { return sealer; }

    /** Gives the drafts their places after {@code end}. */
    Placed place(End end, String time, String node) {
        List<EntryForm.Hashed> hashed = new ArrayList<>(drafts.size());
        long seq = end.seq();
        String prev = end.hash();
        for (PreparedDraft draft : drafts) {
            EntryForm.Hashed next = EntryForm.hash(++seq, time, node, draft, prev, end.key().keyId());
            prev = next.hash();
            hashed.add(next);
        }
        Placed now = new Placed(end, new End(seq, prev, nextKey == null ? end.key() : nextKey), hashed);
        placed = now;
        return now;
    }

    /** Its place, if it follows {@code end}. */
    @Nullable
    Placed placedAfter(End end) {
        Placed now = placed;
        return now != null && now.from().equals(end) ? now : null;
    }

    List<EntryForm.Sealed> sealed() {
        Placed now = placed;
        return now == null ? List.of() : now.sealed();
    }

    @Override
    public List<Entry> apply(Transaction tx) {
        Placed now = sealer.placeInTurn(this);
        List<EntryForm.Sealed> sealed = now.sealed();
        List<Entry> entries = new ArrayList<>(sealed.size());
        for (int i = 0; i < drafts.size(); i++) {
            Entry entry = sealed.get(i).entry();
            insert(tx, drafts.get(i), entry);
            entries.add(entry);
        }
        state.write(tx, entries);
        sealer.reached(now.to());
        return entries;
    }

    private static void insert(Transaction tx, PreparedDraft draft, Entry entry) {
        tx.execute("INSERT INTO witness_entries (seq, trace, escalation, hash, json) VALUES (?, ?, ?, ?, ?)", entry.seq(), entry.traceId(),
                draft.escalation().orElse(null), entry.hash(), entry.json());
        for (PreparedDraft.PreparedBlob blob : draft.blobs()) {
            tx.execute("INSERT INTO witness_blobs (id, seq, media_type, salt, bytes) VALUES (?, ?, ?, ?, ?)", blob.id(), entry.seq(),
                    blob.mediaType(), blob.salt(), blob.bytes());
        }
    }
}
