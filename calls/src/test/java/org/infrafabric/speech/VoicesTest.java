package org.infrafabric.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.infrafabric.media.Pcm;
import org.junit.jupiter.api.Test;

class VoicesTest {
    /** A voice that does as it is told. */
    private static final class Told implements Voice {
        final String name;
        final List<String> texts = new ArrayList<>();
        boolean well = true;

        Told(String name) { this.name = name; }

        @Override
        public CompletableFuture<Pcm> speak(String text) {
            texts.add(text);
            return well ? CompletableFuture.completedFuture(Sounds.tone(440, 8000, 0.1, name.length() * 1000))
                    : CompletableFuture.failedFuture(new IOException("hoarse"));
        }

        @Override
        public String name() { return name; }
    }

    private final Told first = new Told("first");
    private final Told second = new Told("second");
    private long nowNanos = 5;
    private final Voices voices = new Voices(List.of(first, second), 200, () -> nowNanos);

    @Test
    void shouldSpeakWithTheFirstAndKeepWhatItSaid() {
        voices.speak("hello").join();
        voices.speak("hello ").join(); // the same once it is fit to be spoken
        assertThat(first.texts).containsExactly("hello");
        assertThat(second.texts).isEmpty();
        assertThat(voices.name()).isEqualTo("first");
    }

    @Test
    void shouldSpeakOnlyTheSentencesThatAreNew() {
        int one = voices.speak("Thank you. It says: stop the pump.").join().samples().length;
        int two = voices.speak("Thank you. It says: open the valve.").join().samples().length;
        assertThat(first.texts).containsExactly("Thank you.", "It says: stop the pump.", "It says: open the valve.");
        assertThat(two).isEqualTo(one).isEqualTo(2 * 800);
    }

    @Test
    void shouldLetTheNextSpeakAndTheFailedOneRest() {
        first.well = false;
        assertThat(voices.speak("one").join().rate()).isEqualTo(8000);
        voices.speak("two").join();
        assertThat(first.texts).containsExactly("one");
        assertThat(second.texts).containsExactly("one", "two");
        assertThat(voices.name()).isEqualTo("second");

        nowNanos += TimeUnit.SECONDS.toNanos(60);
        first.well = true;
        voices.speak("three").join();
        assertThat(first.texts).containsExactly("one", "three");
        assertThat(voices.name()).isEqualTo("first");
    }

    @Test
    void shouldFailOnlyWhenNoVoiceCanSpeak() {
        first.well = false;
        second.well = false;
        assertThatThrownBy(() -> voices.speak("one").join()).hasCauseInstanceOf(IOException.class).hasMessageContaining("hoarse");
        second.well = true;
        assertThat(voices.speak("one").join().samples()).isNotEmpty();
    }

    @Test
    void shouldGiveVoicesOnlyWhatIsFitToBeSpoken() {
        voices.speak("<speak>" + "A sentence. ".repeat(100) + "</speak>\u0000").join();
        assertThat(first.texts).containsExactly("speak A sentence.", "A sentence.", "The rest is on the dashboard.");
    }

    @Test
    void shouldKeepPromptsForGoodAndSayThemWhenNoVoiceIsLeft() {
        voices.keep(List.of("Press 1.", "Thank you."));
        for (int i = 0; i < 1100; i++)
            voices.speak("briefing " + i).join();
        first.well = false;
        second.well = false;
        assertThat(voices.speak("Press 1.").join()).isSameAs(voices.speak("Press 1.").join());
        assertThat(first.texts).containsOnlyOnce("Press 1.", "Thank you.");
    }

    @Test
    void shouldAskAgainForAPromptThatCouldNotBeKept() {
        first.well = false;
        second.well = false;
        voices.keep(List.of("Press 1."));
        second.well = true;
        assertThat(voices.speak("Press 1.").join().samples()).isNotEmpty();
    }

    @Test
    void shouldSpeakAheadOnce() {
        voices.ahead("Thank you. It says: stop the pump.");
        assertThat(first.texts).hasSize(2);
        voices.speak("Thank you. It says: stop the pump.").join();
        assertThat(first.texts).hasSize(2);
    }

    @Test
    void shouldPassOverMarksThatNobodyCanSay() {
        voices.speak("Stop the pump. !?!?!?!?!?!?! Then open the valve. ?!?!?!?!?").join();
        assertThat(first.texts).allMatch(text -> text.chars().anyMatch(Character::isLetter)).hasSizeBetween(1, 2);
    }

    @Test
    void shouldChooseByWhatIsThere() {
        VoiceSettings settings = new VoiceSettings(VoiceSettings.Choice.AUTO, Optional.empty(), "/nowhere/flite", "slt", 1200, Duration.ofSeconds(5));
        try (Voices auto = Voices.choose(settings)) {
            assertThat(auto.name()).isEqualTo("embedded");
        }
        URI nobody = URI.create("http://127.0.0.1:9/v1/audio/speech");
        var openAi = new VoiceSettings.OpenAi(nobody, "m", "v", Optional.empty(), VoiceSettings.Format.WAV);
        try (Voices auto = Voices.choose(settings.withOpenAi(openAi))) {
            assertThat(auto.name()).isEqualTo("openai");
        }
    }

    @Test
    void shouldRefuseSettingsThatCannotWork() {
        VoiceSettings settings = new VoiceSettings(VoiceSettings.Choice.FLITE, Optional.empty(), "/nowhere/flite", "slt", 1200,
                Duration.ofSeconds(5));
        assertThatThrownBy(() -> Voices.choose(settings)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("/nowhere/flite");
        assertThatThrownBy(() -> Voices.choose(settings.withChoice(VoiceSettings.Choice.OPENAI))).hasMessageContaining("no endpoint");
        var clear = new VoiceSettings.OpenAi(URI.create("http://speech.example/v1/audio/speech"), "m", "v", Optional.of(Path.of("key")),
                VoiceSettings.Format.WAV);
        assertThatThrownBy(() -> Voices.choose(settings.withChoice(VoiceSettings.Choice.AUTO).withOpenAi(clear))).hasMessageContaining("unencrypted");
        assertThatThrownBy(() -> new VoiceSettings(VoiceSettings.Choice.AUTO, Optional.empty(), "flite", "slt", 5, Duration.ofSeconds(5)))
                .hasMessageContaining("longestText");
    }

    @Test
    void shouldFallBackFromADeadEndpointToTheEmbeddedVoice() {
        URI nobody = URI.create("http://127.0.0.1:9/v1/audio/speech");
        var openAi = new VoiceSettings.OpenAi(nobody, "m", "v", Optional.empty(), VoiceSettings.Format.WAV);
        VoiceSettings settings = new VoiceSettings(VoiceSettings.Choice.OPENAI, Optional.of(openAi), "flite", "slt", 1200, Duration.ofSeconds(5));
        try (Voices voices = Voices.choose(settings)) {
            assertThat(Sounds.seconds(voices.speak("Press 1 to accept.").join())).isBetween(0.8, 3.0);
            assertThat(voices.name()).isEqualTo("embedded");
        }
    }
}
