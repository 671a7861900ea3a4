package org.infrafabric.cli;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code feedback}: says after the call how useful the expert was. */
@Command(name = "feedback", mixinStandardHelpOptions = true, description = "Say after the call how useful the expert was; kept for routing.")
final class FeedbackCommand implements Callable<Integer> {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @Parameters(paramLabel = "ESCALATION", description = "Its id.") private String id = "";

    @Option(names = "--usefulness", required = true, paramLabel = "1-5",
            description = "1 of no use, 5 could not have been done without.") private int usefulness;

    @Nullable
    @Option(names = "--note", paramLabel = "TEXT", description = "A word to it, at most 2000 characters.") private String note;

    @Option(names = "--server", paramLabel = "URL", defaultValue = "${IFBUS_SERVER:-http://127.0.0.1:8080}", converter = EscalateCommand.Server.class,
            description = "The bus (default: $IFBUS_SERVER or http://127.0.0.1:8080).") private URI server = URI.create("http://127.0.0.1:8080");

    @Option(names = "--token", paramLabel = "T", defaultValue = "${IFBUS_TOKEN:-}",
            description = "Of the agent that asked, a guardian of its council or an operator (default: $IFBUS_TOKEN).") private String token = "";

    @Mixin private Output output = new Output();

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (token.isEmpty()) throw new IllegalArgumentException("no token: give --token or set IFBUS_TOKEN");
        if (usefulness < 1 || usefulness > 5) throw new IllegalArgumentException("--usefulness is a whole number from 1 to 5");
        if (!id.matches("[A-Za-z0-9._~:-]{1,119}")) throw new IllegalArgumentException("\"" + id + "\" is no escalation's id");
        ObjectNode body = Output.object().put("usefulness", usefulness);
        if (note != null) body.put("note", note);
        HttpResponse<String> response;
        try (HttpClient client = HttpClient.newBuilder().connectTimeout(LIMIT).build()) {
            response = client.send(HttpRequest.newBuilder(server.resolve("/v1/escalations/" + id + "/feedback")).timeout(LIMIT)
                    .header("Authorization", "Bearer " + token).header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString(body.toString())).build(), BodyHandlers.ofString());
        } catch (ConnectException none) {
            Output.ERR.println("ifbus: no bus answers at " + server + "; is serve running there?");
            return ExitCode.NO_SERVER;
        }
        JsonNode answer = json(response.body());
        if (response.statusCode() == 200) {
            output.result(answer, "kept: " + usefulness + " of 5 for " + answer.path("expert").asString("the expert"));
            return ExitCode.DONE;
        }
        Output.ERR.println("ifbus: " + answer.path("title").asString("the server answered " + response.statusCode()) + ": "
                + answer.path("detail").asString(""));
        return switch (response.statusCode()) {
            case 400, 404, 413 -> ExitCode.USAGE;
            case 401, 403 -> ExitCode.REFUSED;
            default -> ExitCode.FAILED;
        };
    }

    private static JsonNode json(String body) {
        try {
            return Output.JSON.readTree(body);
        } catch (JacksonException none) {
            return Output.object(); // not from a bus; the status has to do
        }
    }
}
