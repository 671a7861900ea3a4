package org.infrafabric.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.infrafabric.media.Pcm;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class OpenAiVoiceTest {
    private static final Pcm TONE = Sounds.tone(1000, 24_000, 0.5, 12_000);

    @TempDir Path folder;

    private interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private HttpServer server;
    private Answer answer = exchange -> sound(exchange, Wav.bytes(TONE));
    private volatile @Nullable JsonNode asked;
    private volatile @Nullable String authorization;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/v1/audio/speech", exchange -> {
            asked = JsonMapper.shared().readTree(exchange.getRequestBody().readAllBytes());
            authorization = exchange.getRequestHeaders().getFirst("Authorization");
            try (exchange) {
                answer.to(exchange);
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
    }

    private static void sound(HttpExchange exchange, byte[] body) throws IOException {
        exchange.getResponseHeaders().add("Content-Type", "audio/wav");
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
    }

    private OpenAiVoice voice(VoiceSettings.Format format, Optional<Path> key, Duration timeout) {
        URI endpoint = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/v1/audio/speech");
        return new OpenAiVoice(new VoiceSettings.OpenAi(endpoint, "tts \"1\"", "alloy", key, format), timeout);
    }

    private OpenAiVoice voice() { return voice(VoiceSettings.Format.WAV, Optional.empty(), Duration.ofSeconds(10)); }

    @Test
    void shouldAskAsTheInterfaceSaysAndBringTheAnswerToTelephoneRate() throws IOException {
        Path key = Files.writeString(folder.resolve("key"), "sk-test-123\n");
        try (OpenAiVoice voice = voice(VoiceSettings.Format.WAV, Optional.of(key), Duration.ofSeconds(10))) {
            Pcm speech = voice.speak("Über \"quotes\" \\ and 日本 \ud83d\ude80.").join();
            assertThat(speech.rate()).isEqualTo(8000);
            assertThat(speech.samples()).hasSize(4000);
            assertThat(Sounds.amplitudeAt(1000, speech)).isCloseTo(12_000, within(200.0));
        }
        JsonNode request = asked;
        assertThat(request.get("model").asString()).isEqualTo("tts \"1\"");
        assertThat(request.get("voice").asString()).isEqualTo("alloy");
        assertThat(request.get("response_format").asString()).isEqualTo("wav");
        assertThat(request.get("input").asString()).isEqualTo("Über \"quotes\" \\ and 日本 \ud83d\ude80.");
        assertThat(request.size()).isEqualTo(4);
        assertThat(authorization).isEqualTo("Bearer sk-test-123");
    }

    @Test
    void shouldTakeBareSamples() {
        ByteBuffer samples = ByteBuffer.allocate(TONE.samples().length * 2).order(ByteOrder.LITTLE_ENDIAN);
        samples.asShortBuffer().put(TONE.samples());
        answer = exchange -> sound(exchange, samples.array());
        try (OpenAiVoice voice = voice(VoiceSettings.Format.PCM, Optional.empty(), Duration.ofSeconds(10))) {
            assertThat(Sounds.amplitudeAt(1000, voice.speak("hello").join())).isCloseTo(12_000, within(200.0));
        }
        assertThat(asked.get("response_format").asString()).isEqualTo("pcm");
        assertThat(authorization).isNull();
    }

    @Test
    void shouldSayWhyItFailedWithoutTellingTheKey() throws IOException {
        Path key = Files.writeString(folder.resolve("key"), "sk-test-123");
        answer = exchange -> exchange.sendResponseHeaders(401, -1);
        try (OpenAiVoice voice = voice(VoiceSettings.Format.WAV, Optional.of(key), Duration.ofSeconds(10))) {
            assertThatThrownBy(() -> voice.speak("hello").join()).hasCauseInstanceOf(IOException.class)
                    .hasMessageContaining("status 401 (check the API key)")
                    .hasMessageNotContaining("sk-test");
            Files.writeString(key, "two words\nsk-test");
            assertThatThrownBy(() -> voice.speak("hello").join()).hasMessageContaining("holds no API key").hasMessageNotContaining("sk-test");
            Files.delete(key);
            assertThatThrownBy(() -> voice.speak("hello").join()).hasCauseInstanceOf(IOException.class);
        }
    }

    @Test
    void shouldFollowNoRedirect() {
        answer = exchange -> {
            exchange.getResponseHeaders().add("Location", "http://127.0.0.1:9/elsewhere");
            exchange.sendResponseHeaders(307, -1);
        };
        try (OpenAiVoice voice = voice()) {
            assertThatThrownBy(() -> voice.speak("hello").join()).hasMessageContaining("status 307");
        }
    }

    @Test
    void shouldNotWaitForABodyThatNeverEnds() {
        CountDownLatch over = new CountDownLatch(1);
        answer = exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(Arrays.copyOf(Wav.bytes(TONE), 100));
            exchange.getResponseBody().flush();
            try {
                over.await();
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
            }
        };
        try (OpenAiVoice voice = voice(VoiceSettings.Format.WAV, Optional.empty(), Duration.ofSeconds(1))) {
            assertThatThrownBy(() -> voice.speak("hello").join()).hasMessageContaining("no answer within 1 s");
        } finally {
            over.countDown();
        }
    }

    @Test
    void shouldBoundWhatItReads() {
        byte[] block = new byte[1 << 20];
        answer = exchange -> {
            exchange.sendResponseHeaders(200, 0);
            for (int i = 0; i < 40; i++)
                exchange.getResponseBody().write(block);
        };
        try (OpenAiVoice voice = voice()) {
            assertThatThrownBy(() -> voice.speak("hello").join()).hasCauseInstanceOf(IOException.class);
        }
    }

    @Test
    void shouldRefuseWhatIsNoSound() {
        answer = exchange -> sound(exchange, "{\"error\":\"no\"}".getBytes());
        try (OpenAiVoice voice = voice()) {
            assertThatThrownBy(() -> voice.speak("hello").join()).hasMessageContaining("WAV");
        }
    }

    @Test
    void shouldRefuseEndpointsThatCannotBe() {
        for (String endpoint : new String[] {"ftp://127.0.0.1/x", "/v1/audio/speech", "http://user:pass@127.0.0.1/x"})
            assertThatThrownBy(() -> new OpenAiVoice(
                    new VoiceSettings.OpenAi(URI.create(endpoint), "m", "v", Optional.empty(), VoiceSettings.Format.WAV), Duration.ofSeconds(1)))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("endpoint");
    }
}
