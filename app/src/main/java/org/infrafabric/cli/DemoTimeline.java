package org.infrafabric.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.infrafabric.report.Gist;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads one escalation's entries from the bus as they come, and tells them to whoever watches the demo. */
final class DemoTimeline {
    private static final Duration LOOK = Duration.ofMillis(80);

    private final HttpClient client = HttpClient.newHttpClient();
    private final URI bus;
    private final String token;
    private final String trace;
    private final List<JsonNode> entries = new ArrayList<>();
    private @Nullable Instant start;

    DemoTimeline(URI bus, String token, String trace) {
        this.bus = bus;
        this.token = token;
        this.trace = trace;
    }

    /** Waits for an IF.escalate event of one of these names, telling all that comes before it; gives the name. Empty when {@code limit} was over first. */
    Optional<String> until(Duration limit, List<String> events) throws IOException, InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (System.nanoTime() - end < 0) {
            for (JsonNode entry : news()) {
                entries.add(entry);
                tell(entry);
                String event = entry.path("event").asString("");
                if (entry.path("component").asString("").equals("IF.escalate") && events.contains(event)) return Optional.of(event);
            }
            TimeUnit.MILLISECONDS.sleep(LOOK.toMillis());
        }
        return Optional.empty();
    }

    private List<JsonNode> news() throws IOException, InterruptedException {
        long from = entries.isEmpty() ? 1 : entries.getLast().path("seq").longValue() + 1;
        return ask("/v1/witness/entries?trace=" + trace + "&from=" + from + "&limit=100").path("entries").valueStream().toList();
    }

    /** GET, as JSON. */
    JsonNode ask(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(bus.resolve(path)).header("Authorization", "Bearer " + token).timeout(Duration.ofSeconds(10))
                .build();
        HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
        if (response.statusCode() != 200) throw new IOException("GET " + path + ": " + response.statusCode() + " " + response.body());
        return Output.JSON.readTree(response.body());
    }

    private void tell(JsonNode entry) {
        Instant time = Instant.parse(entry.path("time").asString(""));
        if (start == null) start = time;
        double seconds = Duration.between(start, time).toMillis() / 1000.0;
        String component = entry.path("component").asString(""), event = entry.path("event").asString("");
        String words = String.format(Locale.ROOT, "%+9.3f s  %-12s %-18s %s", seconds, component, event,
                Output.dim(Gist.of(entry.path("payload"), 100)));
        Output.progress(component.equals("IF.escalate") ? Output.bold(words) : words);
    }
}
