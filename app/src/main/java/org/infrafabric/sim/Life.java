package org.infrafabric.sim;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;
import org.infrafabric.time.HandTimers;
import org.infrafabric.time.Timers;

/** One life of the bus's process: its thread and its timers, none of which act any more once it is over. */
final class Life implements Timers, Executor {
    private final HandTimers world;
    private boolean over;

    Life(HandTimers world) { this.world = world; }

    boolean over() { return over; }

    /** {@code kill -9}: whatever is under way in the process is gone. */
    void end() { over = true; }

    @Override
    public long nowNanos() { return world.nowNanos(); }

    @Override
    public Instant wallTime() { return world.wallTime(); }

    @Override
    public Timer at(long dueNanos, Runnable action) { return world.at(dueNanos, living(action)); }

    @Override
    public void execute(Runnable task) { world.execute(living(task)); }

    /** The world's own doing, which happens whether or not the process lives, but is told only to one that does. */
    void tell(Runnable news) {
        execute(news);
    }

    void tellAfter(Duration delay, Runnable news) {
        var unused = after(delay, news);
    }

    private Runnable living(Runnable action) {
        return () -> {
            if (!over) action.run();
        };
    }
}
