package org.infrafabric.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SimulationTest {
    private static final Set<Fault> ALL = EnumSet.allOf(Fault.class);

    @Test
    void shouldKeepEveryPromiseInABadWorld() {
        SimReport report = Simulation.run(new SimSettings(1, 200, ALL), sent -> {});
        assertThat(report.violations()).isEmpty();
        assertThat(report.ends()).containsKeys("CLOSED", "EXHAUSTED", "CANCELLED");
        assertThat(report.restarts()).isPositive();
    }

    @Test
    void shouldKeepEveryPromiseInAGoodWorld() {
        SimReport report = Simulation.run(new SimSettings(2, 100, Set.of()), sent -> {});
        assertThat(report.violations()).isEmpty();
        assertThat(report.restarts()).isZero();
        assertThat(report.ends().get("CLOSED")).isGreaterThan(50);
    }

    @Test
    void shouldWriteTheSameLogFromTheSameSeed() {
        SimReport once = Simulation.run(new SimSettings(3, 60, ALL), sent -> {});
        SimReport again = Simulation.run(new SimSettings(3, 60, ALL), sent -> {});
        SimReport other = Simulation.run(new SimSettings(4, 60, ALL), sent -> {});
        assertThat(again).isEqualTo(once);
        assertThat(other.hash()).isNotEqualTo(once.hash());
    }
}
