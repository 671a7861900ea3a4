package org.infrafabric.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.infrafabric.message.MessageRefused;
import org.infrafabric.message.StrictJson;
import org.infrafabric.server.Role;
import org.infrafabric.server.Tokens;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** Which bus an operator's command asks, and with which token: the one given, else the operator's file in the bus's data directory where that can be read. */
final class OperatorOption {
    @Option(names = "--server", paramLabel = "URL", defaultValue = "${IFBUS_SERVER:-http://127.0.0.1:8080}", converter = EscalateCommand.Server.class,
            description = "The bus (default: $IFBUS_SERVER or http://127.0.0.1:8080).") private URI server = URI.create("http://127.0.0.1:8080");

    @Option(names = "--token", paramLabel = "T", defaultValue = "${IFBUS_TOKEN:-}",
            description = "An operator's token (default: $IFBUS_TOKEN, else DATA/operator.token).") private String token = "";

    @Mixin private LogOption data = new LogOption();

    /** What the bus said. */
    record Answer(int status, ObjectNode json) {
        boolean done() { return status / 100 == 2; }

        /** For a bus that says no: what it says, on stderr; gives the exit code. */
        int refused() {
            Output.ERR.println("ifbus: " + json.path("detail").asString("the bus answers " + status));
            json.path("problems")
                    .forEach(problem -> Output.ERR.println("  " + problem.path("file").asString("") + ":" + problem.path("line").asInt(0) + ": "
                            + problem.path("field").asString("") + ": " + problem.path("what").asString("") + "; "
                            + problem.path("remedy").asString("")));
            return switch (status) {
                case 401, 403 -> ExitCode.REFUSED;
                case 400, 404, 409, 422 -> ExitCode.USAGE;
                default -> ExitCode.FAILED;
            };
        }
    }

    /** Empty when no bus answers there; that is said on stderr. */
    @Nullable
    Answer send(String method, String path) throws InterruptedException {
        String base = server.toString().replaceAll("/+$", "");
        HttpRequest request = HttpRequest.newBuilder(URI.create(base + path)).timeout(Duration.ofSeconds(30))
                .header("Authorization", "Bearer " + token())
                .method(method, HttpRequest.BodyPublishers.noBody()).build();
        try (HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(5)).build()) {
            HttpResponse<InputStream> response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                return new Answer(response.statusCode(), StrictJson.parse(body.readNBytes(1 << 20)));
            }
        } catch (IOException | MessageRefused nobody) {
            Output.ERR.println("ifbus: no bus answers at " + base + " (" + nobody + "); is ifbus serve running there?");
            return null;
        }
    }

    private String token() {
        if (!token.isEmpty()) return token;
        Path file = Tokens.file(data.data().path(), Role.OPERATOR);
        try {
            return Files.readString(file).strip();
        } catch (IOException unreadable) {
            throw new IllegalArgumentException("no token: give an operator's with --token or IFBUS_TOKEN; " + file + " cannot be read", unreadable);
        }
    }
}
