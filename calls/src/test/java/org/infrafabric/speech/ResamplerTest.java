package org.infrafabric.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import org.infrafabric.media.Pcm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResamplerTest {
    @ParameterizedTest
    @ValueSource(ints = {11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000})
    void shouldKeepWhatATelephoneCarries(int rate) throws IOException {
        for (int hertz : new int[] {300, 1000, 3000, 3300}) {
            Pcm out = Resampler.to(8000, Sounds.tone(hertz, rate, 1, 10_000));
            assertThat(out.rate()).isEqualTo(8000);
            assertThat(out.samples()).hasSize(8000);
            assertThat(Sounds.amplitudeAt(hertz, out)).as("%d Hz from %d", hertz, rate).isCloseTo(10_000, within(120.0));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {16_000, 22_050, 24_000, 44_100, 48_000})
    void shouldNotFoldHighSoundsIntoTheBand(int rate) throws IOException {
        for (int hertz = 4400; hertz < rate / 2; hertz += 500) {
            Pcm out = Resampler.to(8000, Sounds.tone(hertz, rate, 0.5, 20_000));
            double folded = Math.abs(hertz - 8000.0 * Math.round(hertz / 8000.0)); // where it would appear
            double decibels = 20 * Math.log10(Sounds.amplitudeAt(folded, out) / 20_000);
            assertThat(decibels).as("%d Hz from %d", hertz, rate).isLessThan(-60);
        }
    }

    @Test
    void shouldRaiseARateWithoutImages() throws IOException {
        Pcm out = Resampler.to(16_000, Sounds.tone(1000, 8000, 1, 10_000));
        assertThat(Sounds.amplitudeAt(1000, out)).isCloseTo(10_000, within(120.0));
        assertThat(Sounds.amplitudeAt(7000, out)).isLessThan(20);
    }

    @Test
    void shouldClipInsteadOfWrappingAround() throws IOException {
        short[] square = new short[2000];
        for (int i = 0; i < square.length; i++)
            square[i] = i / 40 % 2 == 0 ? Short.MAX_VALUE : Short.MIN_VALUE;
        short[] out = Resampler.to(8000, new Pcm(square, 16_000)).samples();
        for (int i = 25; i < out.length - 25; i++)
            if (i % 20 > 4 && i % 20 < 16) assertThat(out[i] > 0).as("sample %d", i).isEqualTo(i / 20 % 2 == 0);
    }

    @Test
    void shouldLeaveTheRightRateAlone() throws IOException {
        Pcm sound = Sounds.tone(440, 8000, 0.1, 100);
        assertThat(Resampler.to(8000, sound)).isSameAs(sound);
        assertThat(Resampler.to(8000, new Pcm(new short[0], 16_000)).samples()).isEmpty();
    }

    @Test
    void shouldRefuseRatesThatNobodyUses() {
        assertThatThrownBy(() -> Resampler.to(8000, new Pcm(new short[10], 44_101))).isInstanceOf(IOException.class).hasMessageContaining("44101");
        assertThatThrownBy(() -> Resampler.to(8000, new Pcm(new short[10], 400_000))).isInstanceOf(IOException.class);
    }
}
