package org.infrafabric.speech;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.infrafabric.media.Pcm;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Speech by an endpoint that speaks OpenAI's {@code POST /v1/audio/speech} (platform.openai.com/docs/api-reference/audio/createSpeech); many
 * servers that run at home do. Bounded in time, size and requests at once; follows no redirects. Any thread.
 */
public final class OpenAiVoice implements Voice {
    private static final int RATE = 8000;
    private static final int ENDPOINT_PCM_RATE = 24_000;
    private static final int LONGEST_SECONDS = 300;
    private static final long MOST_BYTES = 32L << 20;
    private static final int LONGEST_KEY = 1000;
    private static final int MOST_AT_ONCE = 8;

    private final VoiceSettings.OpenAi settings;
    private final Duration timeout;
    private final HttpClient client;
    private final Semaphore places = new Semaphore(MOST_AT_ONCE, true);

    /** @throws IllegalArgumentException when the endpoint is no http URL, or a key would travel in the clear */
    public OpenAiVoice(VoiceSettings.OpenAi settings, Duration timeout) {
        String scheme = String.valueOf(settings.endpoint().getScheme()).toLowerCase(Locale.ROOT);
        String host = settings.endpoint().getHost();
        if (host == null || !(scheme.equals("https") || scheme.equals("http")))
            throw new IllegalArgumentException("speech: the endpoint '" + settings.endpoint() + "' is no http(s) URL");
        if (settings.endpoint().getUserInfo() != null)
            throw new IllegalArgumentException("speech: the endpoint must not hold a password; put the key into a file");
        if (settings.apiKeyFile().isPresent() && scheme.equals("http") && !loopback(host))
            throw new IllegalArgumentException("speech: an API key for " + host + " would travel unencrypted; use https");
        this.settings = settings;
        this.timeout = timeout;
        this.client = HttpClient.newBuilder().connectTimeout(timeout).followRedirects(HttpClient.Redirect.NEVER).build();
    }

    private static boolean loopback(String host) { return host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]"); }

    @Override
    public CompletableFuture<Pcm> speak(String text) {
        CompletableFuture<Pcm> speech = new CompletableFuture<>();
        Thread.ofVirtual().name("voice-openai").start(() -> {
            try {
                speech.complete(render(text));
            } catch (IOException | RuntimeException failure) {
                speech.completeExceptionally(failure instanceof IOException ? failure : new IOException(where() + failure, failure));
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
                speech.completeExceptionally(new IOException(where() + "interrupted", stop));
            }
        });
        return speech;
    }

    @Override
    public String name() { return "openai"; }

    /** Ends requests under way; their texts fail. */
    @Override
    public void close() { client.shutdownNow(); }

    private Pcm render(String text) throws IOException, InterruptedException {
        if (!places.tryAcquire(timeout.toMillis(), TimeUnit.MILLISECONDS))
            throw new IOException(where() + "no place within " + timeout.toSeconds() + " s");
        try {
            HttpResponse<byte[]> answer = exchange(request(text));
            if (answer.statusCode() != 200) throw new IOException(where() + "status " + answer.statusCode() + hint(answer.statusCode()));
            return Resampler.to(RATE, switch (settings.format()) {
                case WAV -> Wav.read(answer.body(), LONGEST_SECONDS);
                case PCM -> samples(answer.body());
            });
        } finally {
            places.release();
        }
    }

    /** The timeout covers the body too; a request's own would end with the headers. */
    private HttpResponse<byte[]> exchange(HttpRequest request) throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<byte[]>> answer = client.sendAsync(request,
                HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofByteArray(), MOST_BYTES));
        try {
            return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            throw new IOException(where() + "no answer within " + timeout.toSeconds() + " s", late);
        } catch (ExecutionException failure) {
            throw new IOException(where() + failure.getCause(), failure);
        } finally {
            answer.cancel(true);
        }
    }

    private HttpRequest request(String text) throws IOException {
        String body = JsonNodeFactory.instance.objectNode().put("model", settings.model()).put("voice", settings.voice())
                .put("response_format", settings.format().name().toLowerCase(Locale.ROOT)).put("input", text).toString();
        HttpRequest.Builder request = HttpRequest.newBuilder(settings.endpoint()).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (settings.apiKeyFile().isPresent()) request.header("Authorization", "Bearer " + key(settings.apiKeyFile().get()));
        return request.build();
    }

    private static String key(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            String key = new String(in.readNBytes(LONGEST_KEY), StandardCharsets.US_ASCII).strip();
            if (!key.matches("[\\x21-\\x7e]+")) throw new IOException("speech: " + file + " holds no API key (one line, no spaces)");
            return key;
        }
    }

    private static Pcm samples(byte[] body) throws IOException {
        if (body.length > 2L * LONGEST_SECONDS * ENDPOINT_PCM_RATE) throw new IOException("speech endpoint: longer than " + LONGEST_SECONDS + " s");
        short[] samples = new short[body.length / 2];
        ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer().get(samples);
        return new Pcm(samples, ENDPOINT_PCM_RATE);
    }

    private static String hint(int status) {
        return switch (status) {
            case 401, 403 -> " (check the API key)";
            case 404 -> " (check the endpoint's path and the model)";
            case 429 -> " (out of quota, or too many requests)";
            default -> "";
        };
    }

    private String where() {
        URI endpoint = settings.endpoint();
        return "speech endpoint " + endpoint.getScheme() + "://" + endpoint.getRawAuthority() + ": ";
    }
}
