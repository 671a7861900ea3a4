package org.infrafabric.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The jitter buffer judged against networks of every kind, and against the one before it. */
class JitterTest {
    /** A network, and what the buffer must reach on it. */
    enum Network {
        CLEAN(60, 20, 0, (i, random) -> 5, 0.1, 0, 25),
        LOSS_1(60, 20, 0, (i, random) -> random.nextDouble() < 0.01 ? -1 : 5, 1.1, 0, 25),
        LOSS_5(60, 20, 0, (i, random) -> random.nextDouble() < 0.05 ? -1 : 5, 5.6, 0, 25),
        /** Gilbert and Elliott's two states: 5 per cent in bursts of four. */
        BURSTS(120, 20, 0, new Trace.Way() {
            private boolean bad;

            @Override
            public double millis(int i, java.util.SplittableRandom random) {
                bad = bad ? random.nextDouble() >= 0.25 : random.nextDouble() < 0.013;
                return bad ? -1 : 5;
            }
        }, 5, 0, 30),
        JITTER_15(60, 20, 0, (i, random) -> Math.max(0, 40 + 15 * random.nextGaussian()), 0.6, 0.1, 85),
        JITTER_40(60, 20, 0, (i, random) -> Math.max(0, 120 + 40 * random.nextGaussian()), 0.8, 0.6, 230),
        /** Every four seconds all stands still for 150 ms, then comes at once. */
        SPIKES(120, 20, 0, (i, random) -> 5 + Math.max(0, 150 - i % 200 * 20), 1, 0.1, 150),
        DRIFT_UP(300, 20, 200, (i, random) -> 80, 0.1, 0, 25),
        DRIFT_DOWN(300, 20, -200, (i, random) -> 5, 0.1, 0, 25),
        REORDERED(60, 20, 0, (i, random) -> random.nextDouble() < 0.02 ? 30 : 5, 0.1, 0.1, 30),
        PTIME_30(60, 30, 0, (i, random) -> 5 + 2 * random.nextDouble(), 0.1, 0, 25),
        PTIME_10(60, 10, 0, (i, random) -> 5 + 2 * random.nextDouble(), 0.1, 0, 25),
        /** A phone whose timer slips by a frame after five seconds, as test phones that play a capture do. */
        SLIP(60, 20, 0, (i, random) -> i < 250 ? 5 : 25, 0.2, 0, 25),
        /** A route that is 80 ms longer for 20 of 60 seconds. */
        STEP(60, 20, 0, (i, random) -> i < 1_000 || i > 2_000 ? 5 : 85, 0.3, 0.1, 45),
        WIRELESS(120, 20, 0,
                (i, random) -> random.nextDouble() < 0.01 ? -1 : 5 - 8 * Math.log(1 - random.nextDouble()) + Math.max(0, 80 - i % 330 * 20), 1.8, 0.3,
                70);

        final Trace trace;
        final double concealed;
        final double late;
        final double delay;

        Network(int seconds, int ptime, double drift, Trace.Way way, double concealed, double late, double delay) {
            this.trace = new Trace(name(), seconds, ptime, drift, way);
            this.concealed = concealed;
            this.late = late;
            this.delay = delay;
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldHoldItsBounds(Network network) {
        Trace.Score score = network.trace.adaptive();
        assertThat(score.concealed()).as("%s: %s", network, score).isLessThanOrEqualTo(network.concealed);
        assertThat(score.late()).as("%s: %s", network, score).isLessThanOrEqualTo(network.late);
        assertThat(score.delay()).as("%s: %s", network, score).isLessThanOrEqualTo(network.delay);
    }

    @Test
    void shouldWaitLessThanAFixedDelayAndLoseLittleByIt() {
        StringBuilder table = new StringBuilder(
                "| network | fixed: concealed % | late % | delay ms | p95 | adaptive: concealed % | late % | delay ms | p95 |\n");
        for (Network each : Network.values())
            table.append(String.format(Locale.ROOT, "| %-10s | %s | %s |%n", each, each.trace.fixed(), each.trace.adaptive()));
        System.out.println(table);
        assertThat(Arrays.stream(Network.values()).mapToDouble(each -> each.trace.adaptive().delay()).sum()).as("delay of all together")
                .isLessThan(0.8 * Arrays.stream(Network.values()).mapToDouble(each -> each.trace.fixed().delay()).sum());
        assertThat(Network.values()).allSatisfy(each -> assertThat(each.trace.adaptive().concealed() - each.trace.fixed().concealed()).isLessThan(1));
    }
}
