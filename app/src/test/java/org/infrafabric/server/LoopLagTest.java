package org.infrafabric.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.infrafabric.time.Timers;
import org.junit.jupiter.api.Test;

class LoopLagTest {
    /** A loop that is as late as it is told. */
    private static final class SlowLoop implements Timers {
        private record Waiting(long dueNanos, Runnable action) {}

        private final List<Waiting> waiting = new ArrayList<>();
        private long now;

        @Override
        public long nowNanos() { return now; }

        @Override
        public Instant wallTime() { return Instant.EPOCH.plusNanos(now); }

        @Override
        public Timer at(long dueNanos, Runnable action) {
            Waiting one = new Waiting(dueNanos, action);
            waiting.add(one);
            return () -> waiting.remove(one);
        }

        void runDue() {
            List<Waiting> due = waiting.stream().filter(one -> one.dueNanos <= now).toList();
            waiting.removeAll(due);
            due.forEach(one -> one.action.run());
        }
    }

    private final SlowLoop loop = new SlowLoop();
    private final LoopLag lag = new LoopLag(loop);

    @Test
    void shouldSayThatABusyLoopIsLateWhileItIsAndForgetItOneBeatAfter() {
        tick(100);
        assertThat(lag.lag()).isZero();
        loop.now += Duration.ofMillis(700).toNanos(); // something holds the loop
        assertThat(lag.lag()).isEqualTo(Duration.ofMillis(600));
        loop.runDue();
        assertThat(lag.lag()).isEqualTo(Duration.ofMillis(600));
        tick(100);
        assertThat(lag.lag()).isZero();
    }

    @Test
    void shouldKeepOneBeatWaitingAtMost() {
        for (int i = 0; i < 1_000; i++) tick(100);
        assertThat(loop.waiting).hasSize(1);
    }

    private void tick(long millis) {
        loop.now += Duration.ofMillis(millis).toNanos();
        loop.runDue();
    }
}
