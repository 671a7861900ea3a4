package org.infrafabric.witness;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands durable entries to whoever follows the log. The newest are kept in one ring for all; a follower that lags behind the ring reads on from the
 * database. So a slow one costs no memory, holds up nobody, and misses nothing.
 */
final class Feed implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Feed.class);
    private static final int RING = 2_048;
    private static final int STEP = 256;

    private final WitnessReader reader;
    private final boolean direct;
    private final Set<Follower> followers = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final @Nullable Entry[] ring = new @Nullable Entry[RING];
    private volatile long newest;

    /** @param direct followers are called on the thread that appends, by {@link #deliver()} */
    Feed(WitnessReader reader, long newest, boolean direct) {
        this.reader = reader;
        this.newest = newest;
        this.direct = direct;
    }

    Subscription subscribe(long fromSeq, Consumer<Entry> consumer) {
        Follower follower = new Follower(Math.max(1, fromSeq), consumer);
        followers.add(follower);
        if (direct) follower.pump();
        else follower.thread.start();
        return follower;
    }

    /** These are durable now. In order, on one thread. */
    void publish(List<Entry> entries) {
        lock.lock();
        try {
            for (Entry entry : entries) {
                ring[(int) (entry.seq() % RING)] = entry;
                newest = entry.seq();
            }
        } finally {
            lock.unlock();
        }
        if (!direct) for (Follower follower : followers) LockSupport.unpark(follower.thread);
    }

    /** Calls the followers of a direct log, outside of any transaction. */
    void deliver() {
        for (Follower follower : followers) follower.pump();
    }

    @Override
    public void close() {
        followers.forEach(Follower::close);
    }

    private List<Entry> next(long from) {
        if (from > newest) return List.of();
        lock.lock();
        try {
            if (newest - from < RING) {
                int count = (int) Math.min(STEP, newest - from + 1);
                Entry[] taken = new Entry[count];
                boolean whole = true;
                for (int i = 0; i < count; i++) {
                    Entry entry = ring[(int) ((from + i) % RING)];
                    if (entry == null || entry.seq() != from + i) whole = false;
                    else taken[i] = entry;
                }
                if (whole) return List.of(taken);
            }
        } finally {
            lock.unlock();
        }
        return reader.entries(from, STEP);
    }

    private final class Follower implements Subscription {
        private final Consumer<Entry> consumer;
        private final Thread thread = Thread.ofVirtual().name("witness-follower").unstarted(this::run);
        private long due;
        private boolean pumping;
        private volatile boolean closed;

        Follower(long due, Consumer<Entry> consumer) {
            this.due = due;
            this.consumer = consumer;
        }

        private void run() {
            while (!closed) {
                pump();
                if (!closed && due > newest) LockSupport.park(this); // an unpark in between makes this return at once
            }
        }

        /** Hands on all there is. A consumer that appends comes by here again; the outer call goes on with what it added. */
        void pump() {
            if (pumping) return;
            pumping = true;
            try {
                for (List<Entry> some = next(due); !some.isEmpty() && !closed; some = next(due)) {
                    for (Entry entry : some) {
                        if (closed) return;
                        due = entry.seq() + 1;
                        consumer.accept(entry);
                    }
                }
            } catch (RuntimeException e) {
                LOG.warn("a follower of the witness log failed at seq {} and is cut off", due - 1, e);
                close();
            } finally {
                pumping = false;
            }
        }

        @Override
        public void close() {
            closed = true;
            followers.remove(this);
            LockSupport.unpark(thread);
        }
    }
}
