package org.infrafabric.escalate;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * One moment on both clocks. From it on only nanoseconds count, so that a wall clock that jumps neither shortens nor prolongs
 * what has begun; who knows of a jump takes a new anchor.
 *
 * @param nanos monotonic nanoseconds at {@code wall}
 */
record Anchor(Instant wall, long nanos) {
    private static final Duration FAR = Duration.ofDays(36_500);

    Instant wallAt(long atNanos) { return wall.plusNanos(atNanos - nanos).truncatedTo(ChronoUnit.MILLIS); }

    /** {@link Due#NEVER} for what lies more than a century ahead: the year 9999 is more nanoseconds than a long holds. */
    long nanosAt(Instant atWall) {
        Duration away = Duration.between(wall, atWall);
        if (away.compareTo(FAR) > 0) return Due.NEVER;
        return nanos + (away.compareTo(FAR.negated()) < 0 ? FAR.negated() : away).toNanos();
    }
}
