package org.infrafabric.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.infrafabric.server.Config;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Asks the running bus to do what only the process that holds the data directory can do; the operator's token lies in that directory. */
final class OperatorCall {
    private static final int MOST = 1 << 20;

    @Nullable
    @Option(names = "--server", paramLabel = "URL",
            description = "Where the bus that holds the data directory listens for HTTP (default: as the config says).") private URI server;

    /** Sends one request and gives the answer. Throws {@link IOException} with what the bus said when it refused. */
    JsonNode send(String method, String path, LogOption data) throws IOException, InterruptedException {
        Config.Http http = data.config().http();
        URI base = server == null ? URI.create("http://" + http.host() + ":" + http.port()) : server;
        Path token = data.data().path().resolve("operator.token");
        if (!Files.isReadable(token))
            throw new IOException("a bus holds the data directory, and the operator's token " + token + " cannot be read to ask it");
        HttpRequest request = HttpRequest.newBuilder(URI.create(base.toString().replaceAll("/+$", "") + path)).timeout(Duration.ofSeconds(20))
                .header("Authorization", "Bearer " + Files.readString(token).strip()).method(method, HttpRequest.BodyPublishers.noBody()).build();
        try (HttpClient client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build()) {
            HttpResponse<InputStream> answer = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = answer.body()) {
                JsonNode said = Output.JSON.readTree(body.readNBytes(MOST));
                if (answer.statusCode() == 200) return said;
                throw new IOException(base + " answers " + answer.statusCode() + ": " + said.path("detail").asString(""));
            }
        } catch (ConnectException nobody) {
            throw new IOException("a bus holds the data directory and does not answer at " + base + "; name its address with --server", nobody);
        }
    }
}
