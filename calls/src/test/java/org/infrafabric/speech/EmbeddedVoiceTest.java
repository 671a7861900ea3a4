package org.infrafabric.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.infrafabric.media.Pcm;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmbeddedVoiceTest {
    private static final EmbeddedVoice VOICE = new EmbeddedVoice();

    @AfterAll
    static void close() { VOICE.close(); }

    @Test
    void shouldSpeakAtTelephoneRateWithoutASoundDevice() {
        Pcm speech = VOICE.speak("Press 1 to accept, 2 to decline.").join();
        assertThat(speech.rate()).isEqualTo(8000);
        assertThat(Sounds.seconds(speech)).isBetween(1.5, 4.0);
        assertThat(Sounds.rms(speech)).isGreaterThan(300);
        assertThat(Thread.getAllStackTraces().keySet()).noneMatch(thread -> thread.getName().startsWith("Java Sound"));
    }

    @Test
    void shouldSpeakLongerForMoreWords() {
        double one = Sounds.seconds(VOICE.speak("A hazard of kind safety.").join());
        double two = Sounds.seconds(VOICE.speak("A hazard of kind safety. The agent asks to send four hundred thousand euros.").join());
        assertThat(two).isGreaterThan(one * 2);
    }

    @Test
    void shouldSayTheSameForManyWhoAskAtOnce() {
        short[] alone = VOICE.speak("The council is open.").join().samples();
        List<CompletableFuture<Pcm>> asked = IntStream.range(0, 40)
                .mapToObj(i -> VOICE.speak(i % 2 == 0 ? "The council is open." : "Other words in between, number " + i)).toList();
        for (int i = 0; i < 40; i += 2)
            assertThat(asked.get(i).join().samples()).isEqualTo(alone);
    }

    @Test
    void shouldSayHowFarBehindItIs() {
        try (EmbeddedVoice voice = new EmbeddedVoice()) { // others of this class may leave theirs unheard
            var asked = IntStream.range(0, 100).mapToObj(i -> voice.speak("Words that take their time, number " + i)).toList();
            assertThat(voice.behindMillis()).isPositive();
            asked.forEach(CompletableFuture::join);
            assertThat(voice.behindMillis()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"12345678901234567890123456789012345678901234567890", "$12345678901234567890.99", "-1.5e9", "1,2,3,,4", "MCMXCIX",
        "3e5c-99f", "x.y.z 1/2 12:30 22nd", "日本語", "a'b'c''",
        "$(reboot)"})
    void shouldSaySomethingForOddText(String text) {
        assertThat(Sounds.seconds(VOICE.speak(SpokenText.of(text, 200)).join())).isGreaterThan(0.3);
    }

    @Test
    void shouldSpeakTheLongestTextThatIsAllowed() {
        String text = SpokenText.of("An agent asks whether it may do what it was told to do. ".repeat(30), 1200);
        assertThat(Sounds.seconds(VOICE.speak(text).join())).isBetween(30.0, 120.0);
    }

    @Test
    void shouldEndAfterThreeMinutesOfNumbers() {
        String numbers = "12345678901234567890123456789012 ".repeat(36);
        assertThat(Sounds.seconds(VOICE.speak(numbers).join())).isEqualTo(180);
    }

    @Test
    void shouldFailWhenThereIsNothingToSayAndGoOn() {
        assertThatThrownBy(() -> VOICE.speak("...").join()).hasMessageContaining("nothing in this text");
        assertThat(VOICE.speak("Still here.").join().samples()).isNotEmpty();
    }

    @Test
    void shouldSpeakNoMoreOnceClosed() {
        EmbeddedVoice closed = new EmbeddedVoice();
        closed.close();
        assertThatThrownBy(() -> closed.speak("hello").join()).hasMessageContaining("closed");
    }
}
