package org.infrafabric.cli;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.infrafabric.client.IfbusException;
import picocli.CommandLine.Option;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** {@code --server} and {@code --token} of commands that speak to a running bus as its operator. */
final class Operator {
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    @Option(names = "--server", paramLabel = "URL", defaultValue = "${IFBUS_SERVER:-http://127.0.0.1:8080}", converter = EscalateCommand.Server.class,
            description = "The bus (default: $IFBUS_SERVER or http://127.0.0.1:8080).") private URI server = URI.create("http://127.0.0.1:8080");

    @Option(names = "--token", paramLabel = "T", defaultValue = "${IFBUS_TOKEN:-}",
            description = "An operator's token (default: $IFBUS_TOKEN, else the one in the data directory).") private String token = "";

    @Option(names = "--data-dir", paramLabel = "DIR", description = "Where operator.token is (default: ./ifbus-data).") private Path directory = Path
            .of("ifbus-data");

    /** One request; gives the answer's object. Throws {@link IfbusException} when the bus refuses or is not there. */
    JsonNode ask(String method, String path, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(server.resolve(path)).timeout(PATIENCE).header("Authorization", "Bearer " + token())
                .header("Content-Type", "application/json")
                .method(method, body.isEmpty() ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body)).build();
        try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE).build()) {
            HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
            JsonNode json = read(answer.body());
            if (answer.statusCode() / 100 == 2) return json;
            throw new Refused(answer.statusCode(), json.path("code").asString(""),
                    json.path("detail").asString("the bus answered " + answer.statusCode()));
        } catch (ConnectException nobody) {
            throw new NoBus(server, nobody);
        }
    }

    /** A part of a path. */
    static String part(String id) { return URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20"); }

    private String token() throws IOException {
        if (!token.isEmpty()) return token;
        Path file = directory.resolve("operator.token");
        if (Files.isReadable(file)) return Files.readString(file).strip();
        throw new IllegalArgumentException("no token: give --token, set IFBUS_TOKEN, or name the bus's data directory with --data-dir");
    }

    private static JsonNode read(byte[] body) {
        try {
            return Output.JSON.readTree(body);
        } catch (JacksonException none) {
            return Output.object();
        }
    }

    /** The bus said no. */
    static final class Refused extends IOException {
        private static final long serialVersionUID = 1;
        private final int status;
        private final String code;

        Refused(int status, String code, String detail) {
            super(detail);
            this.status = status;
            this.code = code;
        }

        int exitCode() {
            if (code.equals("denied")) return ExitCode.DENIED;
            return switch (status) {
                case 401, 403 -> ExitCode.REFUSED;
                case 400 -> ExitCode.USAGE;
                default -> ExitCode.FAILED;
            };
        }
    }

    /** Nobody is there. */
    static final class NoBus extends IOException {
        private static final long serialVersionUID = 1;

        NoBus(URI server, IOException why) {
            super("no bus answers at " + server + "; start one with 'ifbus serve', or name another with --server", why);
        }
    }
}
