package org.infrafabric.server;

import java.time.Duration;
import org.infrafabric.time.Timers;

/**
 * How late the owner's loop is: it beats on the loop, and a beat that comes late, or is overdue, says that work waits there. New escalations are turned away then, before
 * they cost anything, so that the calls that are up get the loop. {@link #lag} may be asked by any thread.
 */
final class LoopLag {
    static final Duration BEAT = Duration.ofMillis(100);

    private final Timers timers;
    private volatile long dueNanos;
    private volatile long lateNanos;

    /** Begins to beat; on the owner's thread, or before the loop has other work. */
    LoopLag(Timers timers) {
        this.timers = timers;
        next(timers.nowNanos());
    }

    /** Of the last beat or of the one that is due, whichever is worse. */
    Duration lag() {
        long overdue = timers.nowNanos() - dueNanos;
        return Duration.ofNanos(Math.max(0, Math.max(lateNanos, overdue)));
    }

    private void next(long nowNanos) {
        dueNanos = nowNanos + BEAT.toNanos();
        var unused = timers.at(dueNanos, () -> {
            long now = timers.nowNanos();
            lateNanos = now - dueNanos;
            next(now);
        });
    }
}
