package org.infrafabric.guard;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.infrafabric.message.CanonicalJson;
import org.infrafabric.message.IfMessage;
import org.infrafabric.message.MessageRefused;
import org.infrafabric.message.Sha256;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Judges again what the log says was judged: from the policy and roster that {@code policy_loaded} and {@code roster_loaded} keep, and the inputs that each
 * {@code guard_decided} keeps. It is given the log's entries in their order, from the first on.
 *
 * <p>It says nothing of whether the log is whole: that is the verifier's work. Memory is bounded; of a policy that stands too far back it says so.
 */
public final class Replay {
    private static final int MOST_FORMS = 200;
    private static final int MOST_GUARDS = 16;
    private static final int MOST_REQUESTS = 2_000;

    private final Function<String, Optional<byte[]>> blobs;
    private final Map<String, String> policies = eldestOut(MOST_FORMS);
    private final Map<String, String> rosters = eldestOut(MOST_FORMS);
    private final Map<String, Guard> guards = eldestOut(MOST_GUARDS);
    private final Map<String, Received> received = eldestOut(MOST_REQUESTS);

    /** @param blobs by id; empty for one that is not here, such as all in an export */
    public Replay(Function<String, Optional<byte[]>> blobs) {
        this.blobs = blobs;
    }

    /** What became of one judgement. */
    public enum Outcome {
        /** Judged again it came out the same. */
        SAME,
        /** It came out otherwise, or the log contradicts itself. */
        DIFFERS,
        /** It cannot be judged again from what is here. */
        UNTOLD
    }

    /**
     * One judgement, or one policy or roster that is not what its hash names.
     *
     * @param escalation empty for a policy or roster
     * @param detail what differs, or what is missing; empty for {@link Outcome#SAME}
     */
    public record Finding(long seq, String traceId, String escalation, Outcome outcome, String detail) {}

    private record Received(String blob, String sha256) {}

    /**
     * The next entry of the log.
     *
     * @param judge false: only what later judgements need is kept of it
     */
    public Optional<Finding> on(JsonNode entry, boolean judge) {
        JsonNode payload = entry.path("payload");
        return switch (entry.path("component").asString("") + " " + entry.path("event").asString("")) {
            case "IF.guard policy_loaded" -> keep(policies, payload, "policy", entry);
            case "IF.guard roster_loaded" -> keep(rosters, payload, "roster", entry);
            case "IF.escalate received" -> {
                received.put(escalation(payload), new Received(payload.path("request").path("blob").path("id").asString(""),
                        payload.path("requestSha256").asString("")));
                yield Optional.empty();
            }
            case "IF.guard guard_decided" -> judge && payload instanceof ObjectNode decided ? Optional.of(again(entry, decided)) : Optional.empty();
            default -> Optional.empty();
        };
    }

    private static Optional<Finding> keep(Map<String, String> forms, JsonNode payload, String what, JsonNode entry) {
        byte[] canonical = CanonicalJson.of(payload.path(what));
        String hash = payload.path(what + "Hash").asString("");
        if (!Sha256.hex(canonical).equals(hash))
            return Optional.of(finding(entry, "", Outcome.DIFFERS, "the " + what + " is not the one that its hash names"));
        forms.put(hash, new String(canonical, UTF_8));
        return Optional.empty();
    }

    private Finding again(JsonNode entry, ObjectNode decided) {
        String escalation = escalation(decided);
        JsonNode inputs = decided.path("inputs");
        String policyHash = decided.path("policyHash").asString("");
        String rosterHash = inputs.path("rosterHash").asString("");
        String rule = decided.path("rule").asString("");
        if (rule.equals(Guard.UNFIT))
            return finding(entry, escalation, Outcome.UNTOLD, "the message was not fit to be judged, so its inputs were not kept");
        @Nullable String policy = policies.get(policyHash);
        @Nullable String roster = rosters.get(rosterHash);
        if (policy == null) return finding(entry, escalation, Outcome.UNTOLD, "no policy_loaded entry before it holds policy " + policyHash);
        if (roster == null) return finding(entry, escalation, Outcome.UNTOLD, "no roster_loaded entry before it holds roster " + rosterHash);
        Guard guard;
        Facts facts;
        try {
            guard = guards.computeIfAbsent(policyHash + rosterHash, hashes -> Guard.ofCanonical("seq " + entry.path("seq").asLong(), policy, roster));
            Optional<IfMessage> request = request(escalation);
            if (request.isPresent()) facts = Facts.of(request.get(), Instant.parse(inputs.path("now").asString("")));
            else
                if (guard.policy().readsSummary(rule))
                    return finding(entry, escalation, Outcome.UNTOLD,
                            "a rule looks at the summary, which stands in the request, and that is not here");
                else
                    facts = Facts.ofInputs(escalation, "", inputs);
        } catch (RuntimeException broken) {
            return finding(entry, escalation, Outcome.DIFFERS, "the log holds nothing that could be judged: " + broken.getMessage());
        }
        ObjectNode made = JudgementForm.of(guard.judge(facts, inputs.path(Guard.COUNTED).asInt(0)));
        List<String> differing = differing("", decided.deepCopy().without("escalation"), made);
        return differing.isEmpty() ? finding(entry, escalation, Outcome.SAME, "")
                : finding(entry, escalation, Outcome.DIFFERS, String.join("; ", differing));
    }

    /** The message itself, where its blob is here and is what the log says came in. */
    private Optional<IfMessage> request(String escalation) {
        Received entry = received.get(escalation);
        if (entry == null) return Optional.empty();
        return blobs.apply(entry.blob).flatMap(bytes -> {
            try {
                IfMessage message = IfMessage.parse(bytes);
                if (message.requestSha256().equals(entry.sha256)) return Optional.of(message);
                throw new IllegalArgumentException("the request is not the one whose hash was logged");
            } catch (MessageRefused none) {
                throw new IllegalArgumentException("the request is no message", none);
            }
        });
    }

    /** Fields that are not the same, each with both values. */
    private static List<String> differing(String path, JsonNode logged, JsonNode made) {
        List<String> differing = new ArrayList<>();
        if (logged instanceof ObjectNode one && made instanceof ObjectNode two) {
            LinkedHashMap<String, Boolean> names = new LinkedHashMap<>();
            one.propertyNames().forEach(name -> names.put(name, true));
            two.propertyNames().forEach(name -> names.put(name, true));
            for (String name : names.keySet()) differing.addAll(differing(path.isEmpty() ? name : path + "." + name, one.path(name), two.path(name)));
        } else if (!same(logged, made)) {
            differing.add(path + " is " + shown(logged) + " in the log and " + shown(made) + " judged again");
        }
        return differing;
    }

    private static boolean same(JsonNode one, JsonNode two) {
        if (one.isMissingNode() || two.isMissingNode()) return one.isMissingNode() == two.isMissingNode();
        return java.util.Arrays.equals(CanonicalJson.of(one), CanonicalJson.of(two));
    }

    private static String shown(JsonNode value) { return value.isMissingNode() ? "nothing" : YamlNode.shorten(value.toString()); }

    private static String escalation(JsonNode payload) { return payload.path("escalation").asString(""); }

    private static Finding finding(JsonNode entry, String escalation, Outcome outcome, String detail) {
        return new Finding(entry.path("seq").asLong(0), entry.path("traceId").asString(""), escalation, outcome, detail);
    }

    private static <V> Map<String, V> eldestOut(int most) {
        return new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, V> eldest) { return size() > most; }
        };
    }
}
