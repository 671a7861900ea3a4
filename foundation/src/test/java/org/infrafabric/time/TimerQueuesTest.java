package org.infrafabric.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class TimerQueuesTest {
    private final HandTimers hand = new HandTimers(Instant.EPOCH);
    private final TimerQueues timers = new TimerQueues(hand);
    private final List<Long> ran = new ArrayList<>();

    @Test
    void shouldShowTheTimersBeneathOneOfManyOfTheSameLength() {
        for (int i = 0; i < 10_000; i++) {
            timers.after(Duration.ofSeconds(32), () -> ran.add(hand.nowNanos()));
            hand.advance(Duration.ofNanos(10_000));
        }
        assertThat(hand.pending()).isEqualTo(1);
        hand.advance(Duration.ofSeconds(32));
        assertThat(ran).hasSize(10_000).isSorted().startsWith(32_000_000_000L, 32_000_010_000L);
        assertThat(hand.pending()).isZero();
        assertThat(timers.waiting()).isZero();
    }

    @Test
    void shouldLetGoOfWhatIsForgottenAndWakeForWhatIsLeft() {
        Timers.Timer first = timers.after(Duration.ofSeconds(4), () -> ran.add(1L));
        hand.advance(Duration.ofMillis(100));
        timers.after(Duration.ofSeconds(4), () -> ran.add(2L));
        first.cancel();
        first.cancel();
        assertThat(timers.waiting()).isEqualTo(1);
        hand.advance(Duration.ofMillis(4_099 - 100));
        assertThat(ran).isEmpty();
        hand.advance(Duration.ofMillis(101));
        assertThat(ran).containsExactly(2L);
        assertThat(hand.pending()).isZero();
    }

    @Test
    void shouldHandOnWhatWouldHaveToLookForItsPlace() {
        for (int i = 0; i < 100; i++) timers.at(8_000_000_000L - i, () -> ran.add(hand.nowNanos()));
        assertThat(timers.waiting()).isLessThan(100);
        assertThat(hand.pending()).isGreaterThan(60);
        hand.advance(Duration.ofSeconds(9));
        assertThat(ran).hasSize(100).isSorted();
    }

    @Test
    void shouldGoOnAfterAnActionThatFails() {
        timers.after(Duration.ofSeconds(1), () -> { throw new IllegalStateException("a fault"); });
        timers.after(Duration.ofSeconds(1), () -> ran.add(1L));
        assertThatThrownBy(() -> hand.advance(Duration.ofSeconds(1))).hasMessage("a fault");
        hand.advance(Duration.ofSeconds(1));
        assertThat(ran).containsExactly(1L);
    }

    @Property(seed = "1", tries = 200)
    void shouldRunEachActionAtItsTimeUnlessItIsForgotten(@ForAll long seed) {
        Random random = new Random(seed);
        HandTimers clock = new HandTimers(Instant.EPOCH);
        TimerQueues queues = new TimerQueues(clock);
        List<Timers.Timer> armed = new ArrayList<>();
        int[] due = new int[1];
        int expected = 0;
        for (int i = 0; i < 200; i++) {
            long at = clock.nowNanos() + random.nextLong(6_000_000_000L);
            boolean[] gone = new boolean[1];
            Timers.Timer timer = queues.at(at, () -> {
                assertThat(clock.nowNanos()).isEqualTo(at);
                assertThat(gone[0]).isFalse();
                due[0]++;
            });
            if (random.nextInt(3) == 0) {
                timer.cancel();
                gone[0] = true;
            } else {
                expected++;
            }
            armed.add(timer);
            if (random.nextInt(4) == 0) clock.advance(Duration.ofNanos(random.nextLong(300_000_000L)));
        }
        clock.advance(Duration.ofSeconds(7));
        armed.forEach(Timers.Timer::cancel);
        assertThat(due[0]).isEqualTo(expected);
        assertThat(queues.waiting()).isZero();
        assertThat(clock.pending()).isZero();
    }
}
