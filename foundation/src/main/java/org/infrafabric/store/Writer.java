package org.infrafabric.store;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread that writes: takes all that waits, commits it as one group, and again. What comes while the disk works forms the next group. */
final class Writer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Writer.class);
    private static final int GROUP = 2_048;            // bounds how long the first of a group waits for the last
    private static final long PROBE_SECONDS = 1;       // how soon a store that failed notices that it can write again
    private static final Duration REST = Duration.ofSeconds(10); // without work, after which memory is given back

    private final Database database;
    private final int capacity;
    private final Duration rest;
    private final List<GroupListener> listeners;
    private final ArrayDeque<Group.Pending<?>> queue = new ArrayDeque<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition filled = lock.newCondition();
    private final Thread thread;
    private boolean closing;
    private boolean truncate;
    private boolean rested = true;                     // the writer's
    private volatile int rests;
    private volatile int queued;
    private volatile @Nullable StoreFailure trouble;

    Writer(Database database, int capacity, List<GroupListener> listeners) { this(database, capacity, listeners, REST); }

    /** @param rest without work after which memory is given back */
    Writer(Database database, int capacity, List<GroupListener> listeners, Duration rest) {
        this.database = database;
        this.capacity = capacity;
        this.rest = rest;
        this.listeners = listeners;
        this.thread = Thread.ofPlatform().name("store-writer").daemon().unstarted(this::loop);
    }

    void start() { thread.start(); }

    boolean isCurrentThread() { return Thread.currentThread() == thread; }

    /** Works that wait. */
    int queued() { return queued; }

    Optional<StoreFailure> trouble() { return Optional.ofNullable(trouble); }

    void enqueue(Group.Pending<?> pending) {
        @Nullable StoreFailure refusal = null;
        lock.lock();
        try {
            if (closing) refusal = new StoreFailure("the store is closed");
            else if (queue.size() >= capacity) refusal = new StoreFailure("the store's queue is full: " + capacity + " works wait for the disk");
            else add(pending);
        } finally {
            lock.unlock();
        }
        if (refusal != null) pending.fail(refusal);
    }

    /** Empties the WAL after the works that are queued now. */
    void truncateLater() {
        lock.lock();
        try {
            truncate = true;
            filled.signal();
        } finally {
            lock.unlock();
        }
    }

    private void add(Group.Pending<?> pending) {
        queue.add(pending);
        queued = queue.size();
        filled.signal();
    }

    private void loop() {
        List<Group.Pending<?>> group = new ArrayList<>();
        while (take(group)) {
            if (!group.isEmpty()) note(Group.commit(database, group, listeners));
            else if (trouble != null) note(probe());
            else tidy();
            group.clear();
        }
    }

    /** Fills {@code group}; leaves it empty when it is time for something else. False when closing and nothing is left. */
    private boolean take(List<Group.Pending<?>> group) {
        lock.lock();
        try {
            while (queue.isEmpty()) {
                if (closing) return false;
                if (trouble != null) {
                    if (!filled.await(PROBE_SECONDS, TimeUnit.SECONDS)) return true;
                } else if (truncate || !rested && filled.awaitNanos(rest.toNanos()) <= 0) {
                    return true;
                } else if (rested) {
                    filled.await();
                }
            }
            rested = false;
            while (!queue.isEmpty() && group.size() < GROUP) group.add(queue.remove());
            queued = queue.size();
            return true;
        } catch (InterruptedException e) {
            return true; // nobody has cause to interrupt this thread: only close() ends it
        } finally {
            lock.unlock();
        }
    }

    /** Writes something harmless; it also overwrites what a commit may have left behind that was reported as failed. */
    private @Nullable StoreFailure probe() {
        try {
            database.begin();
            database.execute("UPDATE store_rooms SET probes = probes + 1 WHERE room = 'store'");
            database.commit();
            return null;
        } catch (StoreFailure e) {
            database.rollback();
            return e;
        }
    }

    private void note(@Nullable StoreFailure outcome) {
        StoreFailure before = trouble;
        trouble = outcome;
        if (before == null && outcome != null) {
            LOG.error("the store cannot write ({}): new escalations are refused until it can; look at the disk of the data directory",
                    outcome.getMessage());
        }
        if (before != null && outcome == null) LOG.info("the store can write again");
    }

    /** Nothing waits: what there is time for now. */
    private void tidy() {
        boolean asked;
        lock.lock();
        try {
            asked = truncate;
            truncate = false;
        } finally {
            lock.unlock();
        }
        try {
            if (asked) database.truncateWal();
            else shrink();
        } catch (StoreFailure e) {
            LOG.warn("{}: {}", asked ? "the write-ahead log could not be emptied now; deleted content leaves it with a later checkpoint"
                    : "memory of the store's pages could not be given back now", e.getMessage());
        }
    }

    /** Pages kept for the next group take 16 MB after a day's work. At rest they are worth nothing: the system has them too. */
    private void shrink() {
        rested = true;
        database.shrink();
        rests++; // no other thread writes it
    }

    /** How often it has come to rest. */
    int rests() { return rests; }

    /** Takes nothing more, writes what is queued, ends the thread. */
    @Override
    public void close() {
        lock.lock();
        try {
            closing = true;
            filled.signal();
        } finally {
            lock.unlock();
        }
        boolean interrupted = false;
        while (thread.isAlive() && !isCurrentThread()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true; // what was queued must still reach the disk
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }
}
