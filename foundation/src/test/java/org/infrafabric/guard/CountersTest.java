package org.infrafabric.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.infrafabric.guard.Samples.LEGAL;
import static org.infrafabric.guard.Samples.SAFETY;
import static org.infrafabric.guard.Samples.VISITOR;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.time.HandTimers;
import org.junit.jupiter.api.Test;

class CountersTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private final Guard guard = Samples.guard(Policy.builtIn(), SAFETY, LEGAL, VISITOR);
    private final HandTimers timers = new HandTimers(Samples.NOW);

    @Test
    void shouldAllowTenCallsAMinuteToAnExpert() {
        for (int i = 0; i < 10; i++) {
            assertThat(call(SAFETY).allowed()).isTrue();
            timers.advance(Duration.ofSeconds(1));
        }
        Permit eleventh = call(SAFETY);
        assertThat(eleventh.allowed()).isFalse();
        assertThat(eleventh.reason()).contains("10 calls in the last minute");
        assertThat(Duration.ofNanos(eleventh.retryAfterNanos())).isEqualTo(Duration.ofSeconds(50));
        assertThat(call(LEGAL).allowed()).as("another expert").isTrue();

        timers.advance(Duration.ofSeconds(50).minusNanos(1));
        assertThat(call(SAFETY).allowed()).isFalse();
        timers.advance(Duration.ofNanos(1));
        assertThat(call(SAFETY).allowed()).as("the first call is a minute old").isTrue();
        assertThat(call(SAFETY).allowed()).as("the second is not").isFalse();
    }

    @Test
    void shouldNotLetRefusalsCount() {
        for (int i = 0; i < 1_000; i++) call(SAFETY);
        timers.advance(MINUTE);

        assertThat(call(SAFETY).allowed()).isTrue();
    }

    @Test
    void shouldCountEveryWayOfWritingAnAddress() {
        for (int i = 0; i < 10; i++)
            assertThat(permit(guard, i % 2 == 0 ? "SIP:safety@127.0.0.1:5080" : "sip:safety@127.0.0.1:5080;transport=tcp", 0).allowed()).isTrue();

        assertThat(call(SAFETY).allowed()).isFalse();
    }

    @Test
    void shouldRefuseWhomItDoesNotKnow() {
        for (String uri : List.of("sip:stranger@127.0.0.1", VISITOR.uri(), "sip:expert-1@external.advisor", "sip:sage@127.0.0.1:5090", "", "nonsense",
                "sip:*@127.0.0.1:5080")) {
            Permit permit = permit(guard, uri, timers.nowNanos());
            assertThat(permit.allowed()).as(uri).isFalse();
            assertThat(permit.reason()).isNotBlank();
        }
    }

    @Test
    void shouldHoldAcrossTheWrapOfTheNanosecondCounter() {
        long beforeWrap = Long.MAX_VALUE - 1_000;
        for (int i = 0; i < 10; i++) assertThat(permit(guard, SAFETY.uri(), beforeWrap + i).allowed()).isTrue();

        assertThat(permit(guard, SAFETY.uri(), beforeWrap + 5_000).allowed()).isFalse();
        assertThat(permit(guard, SAFETY.uri(), beforeWrap + MINUTE.toNanos()).allowed()).isTrue();
    }

    @Property(seed = "1", tries = 200)
    void shouldNeverAllowMoreThanTheLimitInAnyWindow(@ForAll @Size(max = 200) List<@IntRange(max = 20_000) Integer> pausesMillis,
            @ForAll @IntRange(min = 1, max = 12) int limit) {
        Counters counters = Counters.inMemory();
        ArrayDeque<Long> allowed = new ArrayDeque<>();
        long now = -5_000_000_000L;
        for (int pause : pausesMillis) {
            now += pause * 1_000_000L;
            while (!allowed.isEmpty() && now - allowed.peek() >= MINUTE.toNanos()) allowed.remove();
            Counters.Taken taken = counters.take("k", limit, MINUTE, Samples.NOW, now);
            assertThat(taken.before()).isEqualTo(allowed.size());
            assertThat(taken.counted()).isEqualTo(allowed.size() < limit);
            if (taken.counted()) allowed.add(now);
        }
    }

    @Test
    void shouldKeepWhatItCountedOverARestart() {
        try (SqliteStore store = SqliteStore.inMemory()) {
            Counters before = Counters.open(store, Samples.NOW, 5_000);
            for (int i = 0; i < 3; i++) take(store, before, 3, Samples.NOW.plusSeconds(10 * i), 5_000 + seconds(10 * i));

            Counters after = Counters.open(store, Samples.NOW.plusSeconds(50), 777); // another process: its nanoseconds begin elsewhere

            assertThat(after.count("k", MINUTE, 777)).isEqualTo(3);
            assertThat(after.take("k", 3, MINUTE, Samples.NOW.plusSeconds(50), 777).retryAfterNanos()).isEqualTo(seconds(10));
            assertThat(after.take("k", 3, MINUTE, Samples.NOW.plusSeconds(60), 777 + seconds(10)).counted()).isTrue();
        }
    }

    @Test
    void shouldNotLoseWhatIsNotCommitted() {
        try (SqliteStore store = SqliteStore.inMemory()) {
            Counters counters = Counters.open(store, Samples.NOW, 0);
            counters.take("k", 3, MINUTE, Samples.NOW, 0);
            assertThat(Counters.open(store, Samples.NOW, 0).count("k", MINUTE, 0)).as("only with its entry").isZero();

            take(store, counters, 3, Samples.NOW, 1);
            assertThat(Counters.open(store, Samples.NOW, 0).count("k", MINUTE, 0)).as("what went before comes with it").isEqualTo(2);
        }
    }

    @Test
    void shouldNotMindTheWallClockWhileItRuns() {
        Counters counters = Counters.inMemory();
        assertThat(counters.take("k", 1, MINUTE, Samples.NOW, 0).counted()).isTrue();

        assertThat(counters.take("k", 1, MINUTE, Samples.NOW.plusSeconds(3_600), seconds(1)).counted()).as("an hour ahead: no refill").isFalse();
        assertThat(counters.take("k", 1, MINUTE, Samples.NOW.minusSeconds(3_600), seconds(2)).retryAfterNanos()).isEqualTo(seconds(58));
        assertThat(counters.take("k", 1, MINUTE, Samples.NOW.minusSeconds(3_600), seconds(60)).counted()).as("an hour back: no longer wait").isTrue();
    }

    @Test
    void shouldCountWhatLiesInTheFutureAsJustNowAfterARestart() {
        try (SqliteStore store = SqliteStore.inMemory()) {
            Instant ahead = Samples.NOW.plusSeconds(3_600);
            take(store, Counters.open(store, ahead, 0), 1, ahead, 0);

            Counters after = Counters.open(store, Samples.NOW, 0); // the clock was put right meanwhile

            assertThat(after.count("k", MINUTE, 0)).isEqualTo(1);
            assertThat(after.take("k", 1, MINUTE, Samples.NOW, seconds(59)).retryAfterNanos()).isEqualTo(seconds(1));
            assertThat(after.take("k", 1, MINUTE, Samples.NOW, seconds(60)).counted()).as("and not for an hour").isTrue();
        }
    }

    @Test
    void shouldNotBeCountedWithoutRoom() {
        Counters counters = Counters.inMemory();
        for (int i = 0; i < 10_000; i++) assertThat(counters.take("k" + i, 1, MINUTE, Samples.NOW, 0).counted()).isTrue();

        assertThat(counters.take("one more", 1, MINUTE, Samples.NOW, 1).counted()).isFalse();
        assertThat(counters.take("k".repeat(401), 1, MINUTE, Samples.NOW, Duration.ofDays(2).toNanos()).counted()).isFalse();
        assertThat(counters.take("one more", 1, MINUTE, Samples.NOW, Duration.ofDays(2).toNanos()).counted()).as("nothing else counts any more")
                .isTrue();
    }

    @Test
    void shouldDenyOrHoldWhatComesTooOften() {
        Guard limited = Samples.guard(Policy.parse("test.yaml", """
                rules:
                  - { name: a, when: message.level == 1, then: people, limit: { most: 2, per: PT10M } }
                  - { name: b, when: message.level == 2, then: share, limit: { most: 1, per: PT10M, each: rule, over: hold } }
                """), SAFETY);
        var escalation = Samples.message("ESCALATE", "", "\"safety\"");

        // level 2: rule b
        assertThat(limited.judge(escalation, Samples.NOW, 0)).isInstanceOf(Judgement.Shared.class);
        Judgement second = limited.judge(escalation, Samples.NOW, seconds(599));
        assertThat(second).isInstanceOf(Judgement.Held.class);
        assertThat(second.ruling().reason()).contains("1 times within PT10M");
        assertThat(second.ruling().inputs()).containsEntry("counter", "rule:b").containsEntry("counted", 1);
        assertThat(limited.judge(escalation, Samples.NOW, seconds(600))).isInstanceOf(Judgement.Shared.class);
        assertThat(limited.explain(escalation, Samples.NOW).judgement()).as("asking counts nothing").isInstanceOf(Judgement.Shared.class);
    }

    private static void take(SqliteStore store, Counters counters, int most, Instant wall, long nanos) {
        assertThat(counters.take("k", most, MINUTE, wall, nanos).counted()).isTrue();
        store.write(tx -> {
            counters.save(tx, "k");
            return true;
        }).join();
    }

    private static long seconds(int seconds) { return seconds * 1_000_000_000L; }

    private Permit call(Expert expert) { return permit(guard, expert.uri(), timers.nowNanos()); }

    private static Permit permit(Guard guard, String uri, long nanos) { return guard.permitCall(uri, Samples.NOW, nanos); }
}
