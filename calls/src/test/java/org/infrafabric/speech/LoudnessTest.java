package org.infrafabric.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.infrafabric.media.Pcm;
import org.junit.jupiter.api.Test;

class LoudnessTest {
    @Test
    void shouldBringQuietAndLoudSpeechToOnePeak() {
        for (int amplitude : new int[] {3000, 10_000, 32_000})
            assertThat(Sounds.peak(Loudness.even(Sounds.tone(440, 8000, 1, amplitude)))).isCloseTo(16_422, within(60));
    }

    @Test
    void shouldNotBlowUpSilence() {
        Pcm even = Loudness.even(new Pcm(new short[8000], 8000));
        assertThat(Sounds.rms(even)).isBetween(15.0, 40.0); // the noise floor alone, −62 dBFS
    }

    @Test
    void shouldBeginAndEndSoftly() {
        short[] samples = new short[1600];
        java.util.Arrays.fill(samples, (short) 12_000);
        short[] even = Loudness.even(new Pcm(samples, 8000)).samples();
        assertThat(even[0]).isZero();
        assertThat(even[1599]).isZero();
        assertThat(even[20]).isCloseTo((short) 8211, within((short) 60));
        assertThat(even[800]).isCloseTo((short) 16_422, within((short) 60));
    }

    @Test
    void shouldTakeEmptyAndTinySounds() {
        assertThat(Loudness.even(new Pcm(new short[0], 8000)).samples()).isEmpty();
        assertThat(Loudness.even(new Pcm(new short[] {Short.MIN_VALUE}, 8000)).samples()).hasSize(1);
    }

    @Test
    void shouldGiveTheSameSoundForTheSameSpeech() {
        Pcm tone = Sounds.tone(700, 8000, 0.3, 5000);
        assertThat(Loudness.even(tone).samples()).isEqualTo(Loudness.even(tone).samples());
    }
}
