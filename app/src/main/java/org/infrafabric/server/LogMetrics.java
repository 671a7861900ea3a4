package org.infrafabric.server;

import java.time.Duration;
import org.infrafabric.witness.Entry;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/** Feeds the metrics from the log, so that a figure on the graph and an entry in the log can never disagree. Called on the log's feed, in order. */
final class LogMetrics {
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private final Metrics metrics;

    LogMetrics(Metrics metrics) { this.metrics = metrics; }

    void on(Entry entry) {
        switch (entry.component()) {
            case "IF.escalate" -> escalation(entry);
            case "IF.guard" -> { if (entry.event().equals("guard_decided")) guard(payload(entry)); }
            case "IF.call" -> call(entry);
            default -> {}
        }
    }

    private void escalation(Entry entry) {
        switch (entry.event()) {
            case "decided", "denied", "held", "shared", "exhausted", "expired", "cancelled" -> metrics.escalationEnded(entry.event());
            default -> {}
        }
    }

    private void guard(JsonNode payload) { metrics.guardDecided(payload.path("result").asString(""), payload.path("rule").asString("")); }

    private void call(Entry entry) {
        switch (entry.event()) {
            case "call_ringing" -> metrics.rang(Duration.ofMillis(payload(entry).path("millis").asLong(0)));
            case "first_audio" -> metrics.callSetUp("sip", Duration.ofMillis(payload(entry).path("millis").asLong(0)));
            default -> {}
        }
    }

    private static JsonNode payload(Entry entry) { return JSON.readTree(entry.json()).path("payload"); }
}
