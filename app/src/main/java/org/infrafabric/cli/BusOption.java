package org.infrafabric.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** {@code --server} and {@code --token} of every command that speaks to a running bus. */
final class BusOption {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int MOST_BYTES = 4 << 20;

    @Option(names = "--server", paramLabel = "URL", defaultValue = "${IFBUS_SERVER:-http://127.0.0.1:8080}", converter = Address.class,
            description = "The bus (default: $IFBUS_SERVER or http://127.0.0.1:8080).") private URI server = URI.create("http://127.0.0.1:8080");

    @Option(names = "--token", paramLabel = "T", defaultValue = "${IFBUS_TOKEN:-}",
            description = "A token of that bus, for who may do this (default: $IFBUS_TOKEN).") private String token = "";

    URI server() { return server; }

    /** Empty when none was given. */
    Optional<String> token() { return Optional.of(token).filter(given -> !given.isEmpty()); }

    /** One request; gives the answer's object. Throws {@link Refused} when the bus says no, {@link NoBus} when none is there. */
    static JsonNode ask(URI server, String token, String method, String path, String body) throws IOException, InterruptedException {
        String base = server.toString().replaceAll("/+$", "");
        HttpRequest request = HttpRequest.newBuilder(URI.create(base + path)).timeout(PATIENCE).header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json").method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build();
        try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(5)).build()) {
            HttpResponse<InputStream> answer = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream in = answer.body()) {
                JsonNode json = read(in.readNBytes(MOST_BYTES));
                if (answer.statusCode() / 100 == 2) return json;
                throw new Refused(answer.statusCode(), json);
            }
        } catch (ConnectException | HttpConnectTimeoutException nobody) {
            throw new NoBus(base, nobody);
        }
    }

    static JsonNode read(byte[] body) {
        try {
            return Output.JSON.readTree(body);
        } catch (JacksonException none) {
            return Output.object(); // not from a bus; the status has to do
        }
    }

    /** The bus said no: its detail, and what is wrong in its files where that is why. */
    static final class Refused extends IOException {
        private static final long serialVersionUID = 1;
        private final int status;
        private final String code;

        Refused(int status, JsonNode problem) {
            super(sentence(status, problem));
            this.status = status;
            code = problem.path("code").asString("");
        }

        private static String sentence(int status, JsonNode problem) {
            if (problem.path("code").asString("").equals("token"))
                return "the bus does not know this token; give one of its own with --token or IFBUS_TOKEN (its data directory holds them as *.token)";
            List<String> lines = new ArrayList<>(List.of(problem.path("detail").asString("the bus answered " + status)));
            for (JsonNode one : problem.path("problems"))
                lines.add("  " + one.path("file").asString("") + ":" + one.path("line").asInt(0) + ": " + one.path("field").asString("") + ": "
                        + one.path("what").asString("") + "; " + one.path("remedy").asString(""));
            return String.join("\n", lines);
        }

        /** Whether the same request would get the same answer a moment later. */
        boolean lasting() {
            return status / 100 == 4 && status != 401 && status != 403 && status != 429;
        }

        int exitCode() {
            if (code.equals("denied")) return ExitCode.DENIED;
            return switch (status) {
                case 401, 403 -> ExitCode.REFUSED;
                case 400, 404, 413, 422 -> ExitCode.USAGE;
                default -> ExitCode.FAILED;
            };
        }
    }

    /** Nobody is there. */
    static final class NoBus extends IOException {
        private static final long serialVersionUID = 1;

        NoBus(String server, IOException why) {
            super("no bus answers at " + server + "; start one with 'ifbus serve', or name another with --server", why);
        }
    }

    /** A server's address as people write it: a URL, or HOST:PORT alone. */
    static final class Address implements ITypeConverter<URI> {
        @Override
        public URI convert(String text) {
            try {
                URI server = URI.create(text.contains("://") ? text : "http://" + text);
                if (server.getHost() != null && ("http".equals(server.getScheme()) || "https".equals(server.getScheme()))) return server;
            } catch (IllegalArgumentException none) {
                // said below
            }
            throw new TypeConversionException("\"" + text + "\" is no address of a bus; write it such as http://127.0.0.1:8080");
        }
    }
}
