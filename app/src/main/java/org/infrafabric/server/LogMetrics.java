package org.infrafabric.server;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.infrafabric.message.Rfc3339;
import org.infrafabric.witness.Entry;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Feeds the metrics from the log, so that a figure on the graph and an entry in the log can never disagree. Called on the log's feed, in order. */
final class LogMetrics {
    /** More than a node bears at once; of one that is forgotten, calls are not measured. */
    private static final int MOST_FOLLOWED = 20_000;
    /** Stands for the policy's rule where the roster's rate limit spoke. */
    private static final String CALL_RATE = "calls-per-minute";

    private final Metrics metrics;
    private final Map<String, Followed> followed = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Followed> eldest) { return size() > MOST_FOLLOWED; }
    };

    /** An escalation that has not ended: whether its expert has been reached, and which calls are under way. */
    private static final class Followed {
        boolean rang;
        final Map<Integer, Placed> calls = new HashMap<>();
    }

    private record Placed(boolean expert, Instant at) {}

    LogMetrics(Metrics metrics) { this.metrics = metrics; }

    void on(Entry entry) {
        switch (entry.component()) {
            case "IF.escalate" -> escalation(entry);
            case "IF.council" -> { if (entry.event().equals("council_resumed")) restarted(payload(entry)); }
            case "IF.guard" -> guard(entry);
            case "IF.call" -> call(entry);
            default -> {}
        }
    }

    private void escalation(Entry entry) {
        switch (entry.event()) {
            case "decided", "denied", "held", "shared", "exhausted", "expired", "cancelled" -> {
                metrics.escalationEnded(entry.event());
                followed.remove(escalation(payload(entry)));
            }
            case "ringing" -> { if (payload(entry).path("restarted").asBoolean(false)) restarted(payload(entry)); }
            default -> {}
        }
    }

    /** Its message was read in a former life, so no time since then can be told. */
    private void restarted(JsonNode payload) {
        followed(payload).rang = true;
    }

    private void guard(Entry entry) {
        switch (entry.event()) {
            case "guard_decided" -> metrics.guardDecided(payload(entry).path("result").asString(""), payload(entry).path("rule").asString(""));
            case "call_denied" -> metrics.guardDecided("deny", CALL_RATE);
            case "policy_loaded" -> metrics.guardReloaded("loaded");
            case "policy_rejected" -> metrics.guardReloaded("rejected");
            case "approval_requested" -> metrics.guardReloaded("waiting");
            default -> {}
        }
    }

    private void call(Entry entry) {
        JsonNode payload = payload(entry);
        int leg = payload.path("leg").asInt(0);
        switch (entry.event()) {
            case "call_placed" ->
                followed(payload).calls.put(leg, new Placed(payload.path("role").asString("").equals("expert"), Rfc3339.parse(entry.time())));
            case "call_ringing" -> rang(payload, leg);
            case "call_answered" -> {
                rang(payload, leg); // not every phone says that it rings
                Placed placed = placed(payload, leg);
                if (placed != null) metrics.callSetUp("sip", Duration.between(placed.at, Rfc3339.parse(entry.time())));
            }
            case "call_ended" -> {
                Followed known = followed.get(escalation(payload));
                if (known != null) known.calls.remove(leg);
            }
            default -> {}
        }
    }

    /** Once an escalation, and the expert's phone alone: guardians ring when an expert has accepted. */
    private void rang(JsonNode payload, int leg) {
        Placed placed = placed(payload, leg);
        Followed known = followed.get(escalation(payload));
        if (placed == null || known == null || !placed.expert || known.rang) return;
        known.rang = true;
        metrics.rang(Duration.ofMillis(payload.path("millis").asLong(0)));
    }

    private @Nullable Placed placed(JsonNode payload, int leg) {
        Followed known = followed.get(escalation(payload));
        return known == null ? null : known.calls.get(leg);
    }

    private Followed followed(JsonNode payload) { return followed.computeIfAbsent(escalation(payload), unknown -> new Followed()); }

    private static String escalation(JsonNode payload) { return payload.path("escalation").asString(""); }

    private static JsonNode payload(Entry entry) { return entry.payload(); }
}
