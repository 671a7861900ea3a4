package org.infrafabric.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.infrafabric.guard.Samples.LEGAL;
import static org.infrafabric.guard.Samples.SAFETY;
import static org.infrafabric.guard.Samples.VISITOR;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.infrafabric.time.HandTimers;
import org.junit.jupiter.api.Test;

class CallRateTest {
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
        timers.advance(Duration.ofMinutes(1));

        assertThat(call(SAFETY).allowed()).isTrue();
    }

    @Test
    void shouldCountEveryWayOfWritingAnAddress() {
        for (int i = 0; i < 10; i++)
            assertThat(guard.permitCall(i % 2 == 0 ? "SIP:safety@127.0.0.1:5080" : "sip:safety@127.0.0.1:5080;transport=tcp", 0).allowed()).isTrue();

        assertThat(call(SAFETY).allowed()).isFalse();
    }

    @Test
    void shouldRefuseWhomItDoesNotKnow() {
        for (String uri : List.of("sip:stranger@127.0.0.1", VISITOR.uri(), "sip:expert-1@external.advisor", "sip:sage@127.0.0.1:5090", "", "nonsense",
                "sip:*@127.0.0.1:5080")) {
            Permit permit = guard.permitCall(uri, timers.nowNanos());
            assertThat(permit.allowed()).as(uri).isFalse();
            assertThat(permit.reason()).isNotBlank();
        }
    }

    @Test
    void shouldHoldAcrossTheWrapOfTheNanosecondCounter() {
        long beforeWrap = Long.MAX_VALUE - 1_000;
        for (int i = 0; i < 10; i++) assertThat(guard.permitCall(SAFETY.uri(), beforeWrap + i).allowed()).isTrue();

        assertThat(guard.permitCall(SAFETY.uri(), beforeWrap + 5_000).allowed()).isFalse();
        assertThat(guard.permitCall(SAFETY.uri(), beforeWrap + CallRate.WINDOW_NANOS).allowed()).isTrue();
    }

    @Property(seed = "1", tries = 200)
    void shouldNeverAllowMoreThanTheLimitInAnyMinute(@ForAll @Size(max = 200) List<@IntRange(max = 20_000) Integer> pausesMillis,
            @ForAll @IntRange(min = 1, max = 12) int limit) {
        CallRate rate = new CallRate(List.of("sip:a@b"), limit);
        ArrayDeque<Long> allowed = new ArrayDeque<>();
        long now = -5_000_000_000L;
        for (int pause : pausesMillis) {
            now += pause * 1_000_000L;
            while (!allowed.isEmpty() && now - allowed.peek() >= CallRate.WINDOW_NANOS) allowed.remove();
            boolean permitted = rate.permit("sip:a@b", now).allowed();
            assertThat(permitted).isEqualTo(allowed.size() < limit);
            if (permitted) allowed.add(now);
        }
    }

    private Permit call(Expert expert) { return guard.permitCall(expert.uri(), timers.nowNanos()); }
}
