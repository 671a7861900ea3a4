package org.infrafabric.speech;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.infrafabric.media.Pcm;
import org.junit.jupiter.api.Test;

class VoiceChainTest {
    private static final Pcm SOUND = new Pcm(new short[] {1}, 8_000);

    private final List<CompletableFuture<Pcm>> first = new ArrayList<>();
    private long nanos;
    private final VoiceChain chain = new VoiceChain(List.of(voice("first", first), voice("second", new ArrayList<>())), () -> nanos);

    private static Voice voice(String name, List<CompletableFuture<Pcm>> asked) {
        return new Voice() {
            @Override
            public CompletableFuture<Pcm> speak(String text) {
                CompletableFuture<Pcm> answer = name.equals("second") ? CompletableFuture.completedFuture(SOUND) : new CompletableFuture<>();
                asked.add(answer);
                return answer;
            }

            @Override
            public String name() { return name; }
        };
    }

    @Test
    void shouldLetABusyVoiceRestThoughWhatItHadBegunStillComesThrough() {
        CompletableFuture<Pcm> begunBefore = chain.speak("one"), refused = chain.speak("two");
        first.get(1).completeExceptionally(new IOException("busy"));
        assertThat(refused).isCompletedWithValue(SOUND);
        first.get(0).complete(SOUND);
        assertThat(begunBefore).isCompletedWithValue(SOUND);
        assertThat(chain.name()).as("the first voice rests for its minute").isEqualTo("second");
    }

    @Test
    void shouldComeBackToAVoiceThatSpeaksAgainAfterItsRest() {
        var refused = chain.speak("one");
        first.get(0).completeExceptionally(new IOException("busy"));
        assertThat(refused).isCompleted();
        nanos += VoiceChain.REST_NANOS;
        var probe = chain.speak("two");
        first.get(1).complete(SOUND);
        assertThat(probe).isCompletedWithValue(SOUND);
        assertThat(chain.name()).isEqualTo("first");
    }
}
