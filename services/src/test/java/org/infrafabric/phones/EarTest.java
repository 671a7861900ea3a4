package org.infrafabric.phones;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class EarTest {
    private final Ear ear = new Ear(1000, () -> {});
    private long tick = 7_000; // a bridge's count, wherever it stands

    private void hears(int ticks, int level) {
        short[] samples = new short[160];
        Arrays.fill(samples, (short) level);
        for (int i = 0; i < ticks; i++, tick++) {
            ear.said(0, tick, samples);
            ear.mix(tick, samples);
        }
    }

    private void nothingComes(int ticks) {
        for (int i = 0; i < ticks; i++, tick++)
            ear.mix(tick, new short[160]);
    }

    @Test
    void shouldKeepWhatItHearsInItsPlace() {
        ear.opened(0, "sage", tick);
        nothingComes(10);
        hears(2, 1000);
        nothingComes(3);
        short[] heard = ear.heard().samples();
        assertThat(heard).hasSize(15 * 160);
        assertThat(heard[10 * 160 - 1]).isZero();
        assertThat(heard[10 * 160]).isEqualTo((short) 1000);
        assertThat(heard[12 * 160 - 1]).isEqualTo((short) 1000);
        assertThat(heard[12 * 160]).isZero();
    }

    @Test
    void shouldTellSpeechFromNoise() {
        ear.opened(0, "sage", tick);
        hears(20, 30);
        assertThat(ear.loudTicks()).isZero();
        assertThat(ear.quietTicks()).isEqualTo(20);
        hears(15, 2000);
        assertThat(ear.loudTicks()).isEqualTo(15);
        assertThat(ear.quietTicks()).isZero();
        hears(5, 30);
        nothingComes(5);
        assertThat(ear.quietTicks()).isEqualTo(10);
    }

    @Test
    void shouldKeepNoMoreThanItMay() {
        ear.opened(0, "sage", tick);
        hears(2500, 1000);
        assertThat(ear.heard().samples()).hasSize(1000 * 160);
        assertThat(ear.loudTicks()).isEqualTo(2500);
    }

    @Test
    void shouldHaveHeardNothingBeforeACall() {
        assertThat(ear.heard().samples()).isEmpty();
    }
}
