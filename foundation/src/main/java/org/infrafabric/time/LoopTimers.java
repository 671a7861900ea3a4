package org.infrafabric.time;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Real time on a single-threaded executor (an event loop is one): actions run on its thread. */
public final class LoopTimers implements Timers {
    private static final Logger LOG = LoggerFactory.getLogger(LoopTimers.class);

    private final ScheduledExecutorService loop;
    private final Clock clock = Clock.systemUTC();

    /** @param loop single-threaded; it is the owner. */
    public LoopTimers(ScheduledExecutorService loop) { this.loop = loop; }

    @Override
    public long nowNanos() { return System.nanoTime(); }

    @Override
    public Instant wallTime() { return clock.instant().truncatedTo(ChronoUnit.MILLIS); }

    @Override
    public Timer at(long dueNanos, Runnable action) {
        ScheduledFuture<?> waiting = loop.schedule(() -> run(action), Math.max(0, dueNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
        return () -> waiting.cancel(false);
    }

    /** An executor keeps what a task throws to itself; a timer that failed must be heard of. */
    private static void run(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | Error e) {
            LOG.error("a timer's action failed; what it stood for has not happened", e);
            throw e;
        }
    }
}
