package org.infrafabric.server;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** An API that is asked over real HTTP. Every answer that any test gets is held to {@code openapi.yaml}. */
abstract class AskedApi implements AutoCloseable {
    private static final DescribedApi DESCRIBED = new DescribedApi();

    final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** Its own origin. */
    abstract String self();

    /** What a request bears that is sent as this name's. */
    abstract String bearer(String name);

    /** {@code name}: whose request it is; empty for one without a token. */
    final HttpRequest.Builder request(String path, String name) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(self() + path)).timeout(Duration.ofSeconds(20));
        return name.isEmpty() ? request : request.header("Authorization", "Bearer " + bearer(name));
    }

    final Answer get(String path, String name) { return send(request(path, name)); }

    final Answer delete(String path, String name) { return send(request(path, name).DELETE()); }

    final Answer post(String path, String name, String body) {
        return send(request(path, name).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8)));
    }

    final Answer send(HttpRequest.Builder request) {
        try {
            HttpRequest asked = request.build();
            Answer answer = new Answer(client.send(asked, HttpResponse.BodyHandlers.ofByteArray()));
            DESCRIBED.check(asked, answer);
            return answer;
        } catch (IOException | InterruptedException broken) {
            throw new IllegalStateException(broken);
        }
    }

    @Override
    public void close() { client.shutdownNow(); }
}
