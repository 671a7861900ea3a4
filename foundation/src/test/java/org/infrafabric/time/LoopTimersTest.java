package org.infrafabric.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoopTimersTest {
    private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor();
    private final LoopTimers timers = new LoopTimers(loop);

    @AfterEach
    void stop() { loop.shutdownNow(); }

    @Test
    void shouldRunAnActionOnTheLoopAndNotBeforeItsTime() throws Exception {
        CompletableFuture<Long> early = new CompletableFuture<>();
        CompletableFuture<Thread> owner = CompletableFuture.supplyAsync(Thread::currentThread, loop);
        long due = timers.nowNanos() + 20_000_000;
        CompletableFuture<Thread> ran = new CompletableFuture<>();
        timers.at(due, () -> {
            early.complete(timers.nowNanos() - due);
            ran.complete(Thread.currentThread());
        });
        assertThat(early.get(5, TimeUnit.SECONDS)).isNotNegative();
        assertThat(ran.get()).isSameAs(owner.get());
    }

    @Test
    void shouldRunWhatIsOverdueAtOnce() throws Exception {
        CompletableFuture<String> ran = new CompletableFuture<>();
        timers.at(timers.nowNanos() - 1, () -> ran.complete("yes"));
        assertThat(ran.get(5, TimeUnit.SECONDS)).isEqualTo("yes");
    }

    @Test
    void shouldForgetACancelledAction() throws Exception {
        CompletableFuture<String> after = new CompletableFuture<>();
        timers.after(Duration.ofMillis(20), () -> after.completeExceptionally(new AssertionError("was cancelled"))).cancel();
        timers.after(Duration.ofMillis(40), () -> after.complete("nothing came before"));
        assertThat(after.get(5, TimeUnit.SECONDS)).isEqualTo("nothing came before");
    }

    @Test
    void shouldGoOnAfterAnActionThatFailed() throws Exception {
        CompletableFuture<String> after = new CompletableFuture<>();
        timers.at(timers.nowNanos(), () -> { throw new IllegalStateException("thrown on purpose, to see it logged"); });
        timers.at(timers.nowNanos(), () -> after.complete("alive"));
        assertThat(after.get(5, TimeUnit.SECONDS)).isEqualTo("alive");
    }

    @Test
    void shouldCutWallTimeToMilliseconds() {
        assertThat(timers.wallTime().getNano() % 1_000_000).isZero();
    }
}
