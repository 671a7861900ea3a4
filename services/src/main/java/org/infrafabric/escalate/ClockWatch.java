package org.infrafabric.escalate;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Notices that the wall clock has jumped: that since the last look it went another way than the monotonic clock. What is slower than that, a clock being slewed,
 * is no jump. One owner.
 */
final class ClockWatch {
    /** Between two looks. */
    static final Duration EVERY = Duration.ofSeconds(5);
    /** Less is no jump. */
    static final Duration LEAST = Duration.ofSeconds(2);

    private Anchor last;

    ClockWatch(Instant wall, long nowNanos) { last = new Anchor(wall, nowNanos); }

    /** By how much it has jumped, forwards or backwards. */
    Optional<Duration> look(Instant wall, long nowNanos) {
        Duration jump = Duration.between(last.wallAt(nowNanos), wall);
        last = new Anchor(wall, nowNanos);
        return jump.abs().compareTo(LEAST) < 0 ? Optional.empty() : Optional.of(jump);
    }
}
