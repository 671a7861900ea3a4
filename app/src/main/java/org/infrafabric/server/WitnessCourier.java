package org.infrafabric.server;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.infrafabric.witness.Cosigner;
import org.infrafabric.witness.Cosigning;
import org.infrafabric.witness.NoteKey;

/** Speaks C2SP tlog-witness over HTTP. Follows no redirects, waits a few seconds, and reads no more than a few signatures. */
final class WitnessCourier implements Cosigning.Courier, AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int MOST = 16 << 10;

    private final Map<NoteKey, URI> urls;
    private final Optional<HttpClient> client; // costs a start 40 ms, and most have no witness to speak to

    /** @param urls each witness's submission prefix */
    WitnessCourier(Map<NoteKey, URI> urls) {
        this.urls = Map.copyOf(urls);
        client = urls.isEmpty() ? Optional.empty()
                : Optional.of(HttpClient.newBuilder().connectTimeout(PATIENCE).followRedirects(HttpClient.Redirect.NEVER).build());
    }

    @Override
    public Cosigner.Answer post(NoteKey witness, byte[] body) throws IOException {
        URI prefix = urls.get(witness);
        if (prefix == null) throw new IOException("the config gives no URL for " + witness.name());
        HttpRequest request = HttpRequest.newBuilder(URI.create(prefix.toString().replaceAll("/+$", "") + "/add-checkpoint")).timeout(PATIENCE)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body)).build();
        try {
            HttpResponse<InputStream> answer = client.orElseThrow().send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream in = answer.body()) {
                return new Cosigner.Answer(answer.statusCode(), answer.headers().firstValue("Content-Type").orElse(""),
                        new String(in.readNBytes(MOST), StandardCharsets.UTF_8));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void close() { client.ifPresent(HttpClient::shutdownNow); }
}
