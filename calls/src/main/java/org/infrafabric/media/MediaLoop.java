package org.infrafabric.media;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * One thread that runs bridges tick by tick, and between ticks whatever other threads hand it. It is given the clock; nothing that it runs reads one.
 *
 * <p>Ticks are due at fixed times, so they do not drift. One that is late is made up for at once, as long as it is not more than {@link #CATCH_UP} ticks
 * behind; what is older is skipped.
 */
final class MediaLoop implements Executor, AutoCloseable {
    static final long TICK_NANOS = 20_000_000L;
    private static final int CATCH_UP = 5;
    private static final long CLOSE_MILLIS = 1_000;
    private static final System.Logger LOG = System.getLogger(MediaLoop.class.getName());

    /** No tick is due until something is asked for. */
    static final long NOTHING_DUE = Long.MAX_VALUE;

    private final LoopCounters counters;
    private final LongSupplier clock;
    private final Scratch scratch;
    private final Queue<Runnable> inbox = new ConcurrentLinkedQueue<>();
    private final List<RtpBridge> bridges = new ArrayList<>();
    private final Thread thread;
    private volatile boolean stopping;
    private long due;
    private boolean idle = true;                                          // nothing was due while there was no bridge

    /** @param clock monotonic nanoseconds */
    MediaLoop(String name, LoopCounters counters, LongSupplier clock, Codecs codecs) {
        this.scratch = new Scratch(codecs);
        this.counters = counters;
        this.clock = clock;
        this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
    }

    void start() { thread.start(); }

    Scratch scratch() { return scratch; }

    @Override
    public void execute(Runnable work) {
        inbox.add(work);
        LockSupport.unpark(thread);
    }

    /** From the next tick on. */
    void add(RtpBridge bridge) { execute(() -> bridges.add(bridge)); }

    /** Loop only. */
    void remove(RtpBridge bridge) { bridges.remove(bridge); }

    /** Closes all bridges and ends the thread; waits for that for at most {@link #CLOSE_MILLIS}, so that the goodbyes are out when the process ends. */
    @Override
    public void close() {
        stopping = true;
        LockSupport.unpark(thread);
        if (Thread.currentThread() == thread) return;
        try {
            thread.join(CLOSE_MILLIS);
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!stopping) {
            long wait = turn();
            if (wait == NOTHING_DUE) LockSupport.park(this);
            else if (wait > 0) LockSupport.parkNanos(this, wait);
        }
        runInbox();
        while (!bridges.isEmpty()) {
            bridges.getLast().close();
            runInbox();
        }
    }

    /** Does what was asked, and a tick if one is due; says how many nanoseconds there are to the next, or {@link #NOTHING_DUE}. Loop only. */
    long turn() {
        runInbox();
        if (bridges.isEmpty()) {
            idle = true;
            return NOTHING_DUE;
        }
        long now = clock.getAsLong();
        if (idle) {
            idle = false;
            due = now;
        }
        if (now - due < 0) return due - now;
        due = skipTo(now, due);
        tick(due);
        due += TICK_NANOS;
        return 0;
    }

    private long skipTo(long now, long due) {
        long behind = (now - due) / TICK_NANOS;
        if (behind <= CATCH_UP) return due;
        for (RtpBridge bridge : bridges) {
            bridge.skip(behind);
            if (bridge.inUse()) counters.late.add(behind);
        }
        return due + behind * TICK_NANOS;
    }

    private void tick(long due) {
        for (int i = 0; i < bridges.size(); i++) {
            RtpBridge bridge = bridges.get(i);
            long now = clock.getAsLong();
            if (now - due > TICK_NANOS && bridge.inUse()) counters.late.increment();
            try {
                bridge.tick(now);
            } catch (RuntimeException broken) {
                LOG.log(Level.ERROR, "a bridge lost a tick; it goes on with the next", broken);
            }
        }
    }

    private void runInbox() {
        for (Runnable work = inbox.poll(); work != null; work = inbox.poll()) {
            try {
                work.run();
            } catch (RuntimeException broken) {
                LOG.log(Level.ERROR, "a media loop could not do what it was asked", broken);
            }
        }
    }
}
