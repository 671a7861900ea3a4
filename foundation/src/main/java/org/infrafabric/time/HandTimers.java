package org.infrafabric.time;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.Executor;

/**
 * Time that moves only when told: same calls, same order, every run. It is also an {@link Executor}, so that it can stand in for the
 * owner's thread: what is handed to it runs at the next {@link #settle()} or {@link #advance}. Not for several threads.
 */
public final class HandTimers implements Timers, Executor {
    private final PriorityQueue<Waiting> waiting = new PriorityQueue<>(Comparator.comparingLong(Waiting::dueNanos).thenComparingLong(Waiting::order));
    private final Queue<Runnable> inbox = new ArrayDeque<>();
    private long nowNanos;
    private long orders;
    private Instant wall;

    /** @param wall what {@link #wallTime()} says at the start. */
    public HandTimers(Instant wall) { this.wall = wall; }

    @Override
    public long nowNanos() { return nowNanos; }

    @Override
    public Instant wallTime() { return wall.truncatedTo(ChronoUnit.MILLIS); }

    @Override
    public Timer at(long dueNanos, Runnable action) {
        Waiting entry = new Waiting(dueNanos, orders++, action);
        waiting.add(entry);
        return () -> waiting.remove(entry);
    }

    @Override
    public void execute(Runnable task) { inbox.add(task); }

    /** Runs what was handed over and what is due now, until nothing is left to do without time passing. */
    public void settle() {
        advance(Duration.ZERO);
    }

    /** Moves time on by {@code step}, running each action at its own time. */
    public void advance(Duration step) {
        if (step.isNegative()) throw new IllegalArgumentException("time does not run backwards; jumpWall moves the wall clock alone");
        long end = nowNanos + step.toNanos();
        while (true) {
            Runnable task = inbox.poll();
            if (task != null) {
                task.run();
                continue;
            }
            Waiting next = waiting.peek();
            if (next == null || next.dueNanos() > end) break;
            waiting.remove(next);
            moveTo(Math.max(nowNanos, next.dueNanos()));
            next.action().run();
        }
        moveTo(end);
    }

    /** Moves the wall clock alone, as an administrator or a leap would. */
    public void jumpWall(Duration jump) { wall = wall.plus(jump); }

    /** Actions that still wait for their time. */
    public int pending() { return waiting.size(); }

    private void moveTo(long nanos) {
        wall = wall.plusNanos(nanos - nowNanos);
        nowNanos = nanos;
    }

    private record Waiting(long dueNanos, long order, Runnable action) {}
}
