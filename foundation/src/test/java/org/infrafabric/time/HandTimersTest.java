package org.infrafabric.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HandTimersTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

    private final HandTimers timers = new HandTimers(NOON);
    private final List<String> done = new ArrayList<>();

    @Test
    void shouldRunActionsInTheOrderOfTheirTimesAndTiesInTheOrderOfTheCalls() {
        timers.after(Duration.ofSeconds(2), () -> done.add("later"));
        timers.after(Duration.ofSeconds(1), () -> done.add("first"));
        timers.after(Duration.ofSeconds(1), () -> done.add("second"));
        timers.advance(Duration.ofSeconds(1));
        assertThat(done).containsExactly("first", "second");
        timers.advance(Duration.ofSeconds(1));
        assertThat(done).containsExactly("first", "second", "later");
        assertThat(timers.pending()).isZero();
    }

    @Test
    void shouldShowEachActionItsOwnTime() {
        List<Instant> seen = new ArrayList<>();
        timers.after(Duration.ofSeconds(1), () -> timers.after(Duration.ofSeconds(1), () -> seen.add(timers.wallTime())));
        timers.advance(Duration.ofSeconds(10));
        assertThat(seen).containsExactly(NOON.plusSeconds(2));
        assertThat(timers.wallTime()).isEqualTo(NOON.plusSeconds(10));
        assertThat(timers.nowNanos()).isEqualTo(10_000_000_000L);
    }

    @Test
    void shouldForgetACancelledAction() {
        Timers.Timer timer = timers.after(Duration.ofSeconds(1), () -> done.add("never"));
        timer.cancel();
        timers.advance(Duration.ofSeconds(2));
        timer.cancel();
        assertThat(done).isEmpty();
    }

    @Test
    void shouldRunWhatIsOverdueAndWhatIsHandedOverOnlyWhenSettled() {
        timers.at(-5, () -> done.add("overdue"));
        timers.execute(() -> done.add("task"));
        assertThat(done).isEmpty();
        timers.settle();
        assertThat(done).containsExactlyInAnyOrder("overdue", "task");
        assertThat(timers.nowNanos()).isZero();
    }

    @Test
    void shouldMoveTheWallClockAloneWhenItJumps() {
        timers.after(Duration.ofMinutes(30), () -> done.add("due"));
        timers.jumpWall(Duration.ofHours(-1));
        timers.settle();
        assertThat(done).isEmpty();
        assertThat(timers.wallTime()).isEqualTo(NOON.minusSeconds(3600));
        assertThat(timers.nowNanos()).isZero();
    }

    @Test
    void shouldRefuseToRunBackwards() {
        assertThatThrownBy(() -> timers.advance(Duration.ofNanos(-1))).isInstanceOf(IllegalArgumentException.class);
    }
}
