package org.infrafabric.server;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.infrafabric.witness.Entry;
import org.infrafabric.witness.Subscription;

/**
 * The newest entries of the log, shared by all event streams.
 *
 * <p>A stream asks for what comes after the seq it has sent last. So no stream has a queue of its own: one that lags costs nothing, and reads
 * from the log what the tail no longer holds.
 */
final class LogTail implements AutoCloseable {
    private static final int KEPT = 1_024;
    private static final int PAGE = 256;

    private final LogReader log;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition grown = lock.newCondition();
    private final Deque<Entry> newest = new ArrayDeque<>(KEPT);
    private final Subscription subscription;
    private long head;
    private boolean closed;

    LogTail(LogReader log) {
        this.log = log;
        subscription = log.subscribe(this::add);
        long there = log.head().map(Entry::seq).orElse(0L);
        lock.lock();
        try {
            head = Math.max(head, there);
        } finally {
            lock.unlock();
        }
    }

    /** Seq of the newest entry; 0 for an empty log. */
    long head() {
        lock.lock();
        try {
            return head;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Entries from {@code from} on, in order and without gaps, as soon as there are any.
     *
     * @return empty when nothing came within {@code nanos}, or the tail is closed
     */
    List<Entry> await(long from, long nanos) throws InterruptedException {
        List<Entry> held = new ArrayList<>();
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (head < from && !closed && left > 0) left = grown.awaitNanos(left);
            if (closed || head < from) return List.of();
            Entry oldest = newest.peekFirst();
            if (oldest != null && oldest.seq() <= from) {
                for (Entry entry : newest) if (entry.seq() >= from && held.size() < PAGE) held.add(entry);
                return held;
            }
        } finally {
            lock.unlock();
        }
        return log.entries(Optional.empty(), from, PAGE);
    }

    boolean closed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        subscription.close();
        lock.lock();
        try {
            closed = true;
            grown.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void add(Entry entry) {
        lock.lock();
        try {
            if (entry.seq() <= head && !newest.isEmpty()) return;
            Entry last = newest.peekLast();
            if (last != null && last.seq() + 1 != entry.seq()) newest.clear(); // what is held has no gaps
            if (newest.size() == KEPT) newest.removeFirst();
            newest.addLast(entry);
            head = Math.max(head, entry.seq());
            grown.signalAll();
        } finally {
            lock.unlock();
        }
    }

}
