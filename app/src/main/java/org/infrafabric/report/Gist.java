package org.infrafabric.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.infrafabric.witness.Entry;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The payload of an entry and lengths of time, in the few words that people read. */
public final class Gist {
    private static final Set<String> LEFT_OUT = Set.of("escalation", "leg", "policyHash", "requestSha256", "request", "inputs", "message", "callId",
            "signed", "byPeer");
    private static final Set<String> PLAIN = Set.of("guardian", "expert", "party", "result", "decision", "vote", "source");

    private Gist() {}

    /** What an entry says, in a few words. */
    public static String of(Entry entry) {
        return of(JsonMapper.shared().readTree(entry.json()).path("payload"), 260);
    }

    /** What a payload says, in {@code most} characters. */
    public static String of(JsonNode payload, int most) {
        List<String> words = new ArrayList<>();
        for (Map.Entry<String, JsonNode> field : payload.properties()) {
            if (LEFT_OUT.contains(field.getKey()) || usual(field.getKey(), field.getValue(), payload)) continue;
            String value = value(field.getValue());
            if (value.isEmpty()) continue;
            words.add(field.getKey().equals("millis") ? "after " + span(field.getValue().asLong(0))
                    : PLAIN.contains(field.getKey()) ? value : field.getKey() + " " + value);
        }
        String text = String.join(" · ", words);
        return text.length() > most ? text.substring(0, most - 1) + "…" : text;
    }

    /** What goes without saying: a first attempt, no status, an address that is the party's name already. */
    private static boolean usual(String name, JsonNode value, JsonNode payload) {
        return switch (name) {
            case "attempt" -> value.asInt(0) == 1;
            case "status" -> value.asInt(-1) == 0;
            case "uri" -> value.equals(payload.path("party"));
            default -> false;
        };
    }

    private static String value(JsonNode node) {
        if (node.isString()) return node.asString();
        if (node.isArray()) return node.valueStream().map(Gist::value).collect(Collectors.joining(", "));
        if (!node.isObject()) return node.isNull() ? "" : node.toString();
        if (node.path("name").isString()) return node.path("name").asString();
        return node.propertyStream().filter(field -> !field.getValue().isBoolean() || field.getValue().asBoolean())
                .map(field -> field.getKey() + " " + value(field.getValue())).collect(Collectors.joining(", ", "(", ")"));
    }

    /** A length of time. */
    public static String span(long millis) {
        if (millis < 1_000) return millis + " ms";
        if (millis < 60_000) return String.format(Locale.ROOT, millis < 10_000 ? "%.2f s" : "%.1f s", millis / 1_000.0);
        return String.format(Locale.ROOT, "%d:%02d min", millis / 60_000, millis / 1_000 % 60);
    }
}
