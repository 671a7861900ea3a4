package org.infrafabric.witness;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.infrafabric.message.Rfc3339;
import org.infrafabric.store.GroupListener;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.store.StoreFailure;
import org.infrafabric.store.Transaction;
import org.jspecify.annotations.Nullable;

/**
 * Gives changes their places in the chain and has them signed, then lets the tree grow with what was committed.
 *
 * <p>The hashes follow each other, so they are made one by one, on the threads of those who append, in the order of the queue; signatures need only their
 * own hash and are made meanwhile on other cores, while the writer still waits for the disk with the group before. A change that is refused in its turn
 * breaks that plan: what stands behind it is placed anew by the writer, and planning begins again when the queue has run empty.
 */
final class Sealer implements GroupListener {
    /** What is durable: the chain's end, and the tree over it. */
    record Durable(Sealing.End end, TreeEdge edge) {}

    private final SqliteStore store;
    private final LogName name;
    private final InstantSource clock;
    private final Feed feed;
    private final ReentrantLock order = new ReentrantLock();
    private Sealing.@Nullable End planned;  // under order: where the chain ends with all that waits; null when that is not known
    private int waiting;                    // under order
    private volatile Durable durable;
    private Sealing.End current;            // the writer's, like the rest
    private TreeEdge growing;

    Sealer(SqliteStore store, LogName name, Durable durable, InstantSource clock, Feed feed) {
        this.store = store;
        this.name = name;
        this.clock = clock;
        this.feed = feed;
        this.durable = durable;
        this.current = durable.end();
        this.growing = durable.edge();
        this.planned = store.isDirect() ? null : durable.end();
    }

    Durable durable() { return durable; }

    /** Queues a change. The future is the store's. */
    CompletableFuture<List<Entry>> append(Sealing sealing) {
        Sealing.Placed placed = null;
        CompletableFuture<List<Entry>> done;
        order.lock();
        try {
            Sealing.End before = planned;
            if (before != null) {
                placed = sealing.place(before, now(), name.node());
                planned = placed.to();
            }
            waiting++;
            done = store.write(sealing);
            if (done.isCompletedExceptionally()) planned = before; // the queue was full: nothing took that place
        } finally {
            order.unlock();
        }
        if (placed != null) ForkJoinPool.commonPool().execute(placed::sign);
        var unused = done.whenComplete((entries, failure) -> settled());
        return done;
    }

    private void settled() {
        order.lock();
        try {
            if (--waiting == 0 && !store.isDirect()) planned = durable.end();
        } finally {
            order.unlock();
        }
    }

    private void unplanned() {
        order.lock();
        try {
            planned = null;
        } finally {
            order.unlock();
        }
    }

    private String now() { return Rfc3339.format(clock.instant()); }

    /** The change's place now that its turn has come. */
    Sealing.Placed placeInTurn(Sealing sealing) {
        Sealing.Placed placed = sealing.placedAfter(current);
        if (placed == null) { // one before it in its group was refused
            unplanned();
            placed = sealing.place(current, now(), name.node());
            placed.sign();
        }
        return placed;
    }

    /** The change is in, and the chain ends here if its group is not lost. */
    void reached(Sealing.End end) { current = end; }

    @Override
    public void opened(Transaction tx, List<? extends Function<Transaction, ?>> works) {
        current = durable.end(); // what a lost group had added is gone
        List<Sealing> sealings = mine(works);
        List<Sealing.Placed> group = new ArrayList<>(sealings.size());
        Sealing.End end = current;
        boolean asPlanned = true;
        for (Sealing sealing : sealings) {
            Sealing.Placed placed = sealing.placedAfter(end);
            if (placed == null) {
                asPlanned = false;
                placed = sealing.place(end, now(), name.node());
                if (sealings.size() > 1) ForkJoinPool.commonPool().execute(placed::sign);
            }
            group.add(placed);
            end = placed.to();
        }
        if (!asPlanned) unplanned();
        for (Sealing.Placed placed : group.reversed()) placed.sign(); // the others go from the front; in the middle all is signed
    }

    /** The tree is derived from the entries and goes into the same transaction. */
    @Override
    public void committing(Transaction tx, List<? extends Function<Transaction, ?>> works) {
        List<Sealing> sealings = mine(works);
        if (sealings.isEmpty()) return;
        TreeEdge edge = durable.edge().copy();
        Map<Long, Tile> changed = new LinkedHashMap<>(); // level and number in one; of a growing tile only what it came to
        for (Sealing sealing : sealings)
            for (EntryForm.Sealed sealed : sealing.sealed())
                edge.append(sealed.leaf(), (level, number, tile) -> changed.put((long) level << 56 | number, tile));
        changed.forEach((place, tile) -> StoredTree.put(tx, (int) (place >> 56), place & (1L << 56) - 1, tile));
        if (!changed.isEmpty()) Checkpoints.keep(tx, Checkpoint.sign(name.origin(), edge.size(), edge.root(), current.key()));
        growing = edge;
    }

    @Override
    public void committed(List<? extends Function<Transaction, ?>> works, long commitNanos) {
        List<Sealing> sealings = mine(works);
        if (sealings.isEmpty()) return;
        durable = new Durable(current, growing);
        for (Sealing sealing : sealings) feed.publish(sealing.sealed().stream().map(EntryForm.Sealed::entry).toList());
    }

    @Override
    public void failed(StoreFailure why) { unplanned(); }

    private List<Sealing> mine(List<? extends Function<Transaction, ?>> works) {
        List<Sealing> sealings = new ArrayList<>(works.size());
        for (Function<Transaction, ?> work : works) if (work instanceof Sealing sealing && sealing.sealer() == this) sealings.add(sealing);
        return sealings;
    }
}
