package org.infrafabric.escalate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.infrafabric.store.StoreFailure;
import org.infrafabric.store.Transaction;
import org.infrafabric.time.Timers;
import org.infrafabric.witness.Change;
import org.infrafabric.witness.Draft;
import org.infrafabric.witness.Entry;
import org.infrafabric.witness.Witness;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps state and log one (DESIGN §3): what an escalation does goes out only after the entry that tells of it is durable, in the order in which it was asked for.
 * Meanwhile the escalation may run ahead; what gathers while the disk works forms the next commit. A commit that fails is tried again with all that has come
 * since, so that nothing is lost or reordered; the first one is not, since then there is no escalation yet.
 *
 * <p>Owner's thread only.
 */
final class Journal {
    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
    private static final Duration RETRY_FIRST = Duration.ofMillis(200);
    private static final Duration RETRY_MOST = Duration.ofSeconds(5);

    /** State that goes with entries, in the log's transaction; see {@link Change.StateWrite}. */
    interface Write {
        void write(Transaction tx, List<Entry> sealed);
    }

    /** Whose journal it is. */
    interface Keeper {
        /** The state as it stands now, to be written with this batch; the write itself runs on another thread. */
        Write snapshot(Batch batch);

        /** The last snapshot is durable; the effects that waited for it follow. */
        void durable();

        /** The first commit failed: there is no such escalation. */
        void stillborn(StoreFailure why);
    }

    private final String escalation;
    private final Witness witness;
    private final Executor owner;
    private final Timers timers;
    private final Keeper keeper;
    private Batch open = new Batch();
    private boolean committing;
    private boolean running;
    private boolean born;
    private boolean dead;
    private Duration retry = RETRY_FIRST;

    /** What goes into one commit, and what follows from it. */
    static final class Batch {
        final List<Draft> drafts = new ArrayList<>();
        final List<Write> writes = new ArrayList<>();
        final List<Runnable> effects = new ArrayList<>();
        @Nullable Verdict verdict; // of the escalation's end, when that is among the drafts
        int verdictDraft;
        boolean dirty;

        private void append(Batch later) {
            if (later.verdict != null) {
                verdict = later.verdict;
                verdictDraft = drafts.size() + later.verdictDraft;
            }
            drafts.addAll(later.drafts);
            writes.addAll(later.writes);
            effects.addAll(later.effects);
            dirty |= later.dirty;
        }
    }

    /**
     * @param born there are durable entries of this escalation already
     */
    Journal(String escalation, Witness witness, Executor owner, Timers timers, boolean born, Keeper keeper) {
        this.escalation = escalation;
        this.witness = witness;
        this.owner = owner;
        this.timers = timers;
        this.born = born;
        this.keeper = keeper;
    }

    void entry(Draft draft) {
        open.drafts.add(draft);
        open.dirty = true;
    }

    /** The entry of the end, and the decision that will name it. */
    void end(Draft draft, Verdict verdict) {
        open.verdict = verdict;
        open.verdictDraft = open.drafts.size();
        entry(draft);
    }

    void write(Write write) {
        open.writes.add(write);
        open.dirty = true;
    }

    /** Runs after all that was asked for until now is durable. */
    void effect(Runnable effect) { open.effects.add(effect); }

    /** Nothing is written or done any more; what was asked for and is not durable yet did not happen. */
    void stop() { dead = true; }

    /** The end of a step: commits what there is, or lets it happen at once where nothing needs to be durable first. */
    void flush() {
        while (!committing && !running && !dead && (open.dirty || !open.effects.isEmpty())) {
            Batch batch = open;
            open = new Batch();
            if (batch.dirty) commit(batch);
            else run(batch);
        }
    }

    private void commit(Batch batch) {
        committing = true;
        Write state = keeper.snapshot(batch);
        List<Write> writes = List.copyOf(batch.writes);
        Change change = new Change(List.copyOf(batch.drafts), (tx, sealed) -> {
            state.write(tx, sealed);
            for (Write write : writes) write.write(tx, sealed);
        });
        var unused = handIn(change).whenComplete((sealed, failure) -> owner.execute(() -> {
            if (failure == null) committed(batch);
            else failed(batch, failure);
        }));
    }

    private CompletableFuture<List<Entry>> handIn(Change change) {
        try {
            return witness.append(change);
        } catch (IllegalArgumentException unfit) { // a draft that the log cannot hold
            return CompletableFuture.failedFuture(unfit);
        }
    }

    private void committed(Batch batch) {
        committing = false;
        born = true;
        retry = RETRY_FIRST;
        if (dead) return;
        keeper.durable();
        run(batch);
        flush();
    }

    private void failed(Batch batch, Throwable failure) {
        Throwable cause = failure instanceof CompletionException wrapped && wrapped.getCause() != null ? wrapped.getCause() : failure;
        if (dead) return;
        if (!born) {
            dead = true;
            keeper.stillborn(cause instanceof StoreFailure store ? store : new StoreFailure(String.valueOf(cause.getMessage()), cause));
            return;
        }
        LOG.error("Escalation {} cannot be written down and waits with what it does next; free the disk, it tries again in {} ms: {}", escalation,
                retry.toMillis(), cause.toString());
        batch.append(open);
        open = batch;
        var unused = timers.after(retry, () -> {
            committing = false;
            flush();
        });
        retry = retry.multipliedBy(2).compareTo(RETRY_MOST) > 0 ? RETRY_MOST : retry.multipliedBy(2);
    }

    /** What an effect asks for in turn waits for the next round. */
    private void run(Batch batch) {
        running = true;
        try {
            for (Runnable effect : batch.effects) {
                if (dead) return;
                effect.run();
            }
        } finally {
            running = false;
        }
    }
}
