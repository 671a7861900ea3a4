package org.infrafabric.time;

import java.time.Duration;
import java.time.Instant;

/**
 * The only way to know the time or to be woken. One owner: actions run on the thread that owns the state they touch.
 *
 * <p>State machines take {@code nowNanos} as an argument; whoever drives them reads it here.
 */
public interface Timers {
    /** Monotonic nanoseconds from an arbitrary origin; compare by subtraction. */
    long nowNanos();

    /** Wall-clock time, cut to milliseconds; may jump, so it dates things and never measures them. */
    Instant wallTime();

    /** Runs {@code action} once on the owner's thread when {@link #nowNanos()} has reached {@code dueNanos}; at once if it has already. */
    Timer at(long dueNanos, Runnable action);

    /** Runs {@code action} once on the owner's thread after {@code delay}. */
    default Timer after(Duration delay, Runnable action) {
        return at(nowNanos() + delay.toNanos(), action);
    }

    /** An action that is waiting for its time. */
    interface Timer {
        /** Forgets the action; nothing happens if it has run or was cancelled. */
        void cancel();
    }
}
