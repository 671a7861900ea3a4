package org.infrafabric.speech;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.infrafabric.media.Pcm;
import org.junit.jupiter.api.Test;

class SpeechCacheTest {
    private final SpeechCache cache = new SpeechCache(1000);
    private final List<String> spoken = new ArrayList<>();

    private CompletableFuture<Pcm> say(String text, int samples) {
        return cache.of(text, () -> {
            spoken.add(text);
            return CompletableFuture.completedFuture(new Pcm(new short[samples], 8000));
        });
    }

    @Test
    void shouldSayEachTextOnce() {
        Pcm first = say("a", 100).join();
        assertThat(say("a", 100).join()).isSameAs(first);
        assertThat(spoken).containsExactly("a");
    }

    @Test
    void shouldForgetTheLeastUsedFirst() {
        say("a", 400).join();
        say("b", 400).join();
        say("a", 400).join();
        say("c", 400).join();
        assertThat(cache.samples()).isEqualTo(800);
        say("a", 400).join();
        say("b", 400).join();
        assertThat(spoken).containsExactly("a", "b", "c", "b");
    }

    @Test
    void shouldStayBoundedInTexts() {
        for (int i = 0; i < 5000; i++)
            say("t" + i, 0).join();
        assertThat(cache.texts()).isEqualTo(1000);
    }

    @Test
    void shouldLetAllWaitForTheSameSpeech() {
        CompletableFuture<Pcm> slow = new CompletableFuture<>();
        CompletableFuture<Pcm> first = cache.of("a", () -> slow);
        CompletableFuture<Pcm> second = cache.of("a", () -> CompletableFuture.failedFuture(new AssertionError("spoken twice")));
        assertThat(first.cancel(true)).isTrue(); // one who gives up takes nothing from the other
        slow.complete(new Pcm(new short[5], 8000));
        assertThat(second.join().samples()).hasSize(5);
        assertThat(cache.samples()).isEqualTo(5);
    }

    @Test
    void shouldNotKeepFailures() {
        assertThat(cache.of("a", () -> CompletableFuture.failedFuture(new IOException("no")))).isCompletedExceptionally();
        assertThat(cache.texts()).isZero();
        assertThat(say("a", 10).join().samples()).hasSize(10);
    }
}
