package org.infrafabric.guard;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.infrafabric.message.IfMessage;
import org.infrafabric.message.Rfc3339;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * All that a policy may look at: what a message says, and the time. The same facts under the same policy give the same judgement, today and from the log.
 *
 * @param performative upper case, such as {@code ESCALATE}
 * @param hazards first = main; may be empty
 * @param severity empty when the message gives none
 * @param level 1 to 5
 * @param confidence 0 to 1; empty when the message gives none
 * @param summary its first {@value #SUMMARY_CHARACTERS} characters
 * @param evidence how many pieces
 * @param now wall-clock time of the judgement
 */
public record Facts(String id, String performative, List<String> hazards, String severity, int level, String source, String destination,
        OptionalDouble confidence, String summary, String conversationId, int evidence, Instant timestamp, Optional<Instant> deadline, Instant now) {
    static final int SUMMARY_CHARACTERS = 2_000;
    private static final int TEXT_CHARACTERS = 1_000;
    private static final int MOST_HAZARDS = 64;

    public Facts {
        hazards = List.copyOf(hazards);
        timestamp = timestamp.truncatedTo(ChronoUnit.MILLIS); // as the log has it, so that the same comes out of it
        deadline = deadline.map(time -> time.truncatedTo(ChronoUnit.MILLIS));
        now = now.truncatedTo(ChronoUnit.MILLIS);
        summary = summary.length() <= SUMMARY_CHARACTERS ? summary : summary.substring(0, SUMMARY_CHARACTERS);
    }

    public static Facts of(IfMessage message, Instant now) {
        return new Facts(message.id(), message.performative(), message.hazards(), message.severity().orElse(""), message.level(), message.source(),
                message.destination(), message.confidence(), message.summary(), message.conversationId().orElse(""), message.evidence().size(),
                message.timestamp(), message.deadline(), now);
    }

    /** What makes these facts unfit to be judged; empty when they are fit. Rules are bounded in time only over bounded facts. */
    Optional<String> unfit() {
        if (hazards.size() > MOST_HAZARDS) return Optional.of("the message names more than " + MOST_HAZARDS + " hazards");
        for (String text : List.of(id, performative, severity, source, destination, conversationId)) {
            if (text.length() > TEXT_CHARACTERS) return Optional.of("a field of the message is longer than " + TEXT_CHARACTERS + " characters");
        }
        for (String hazard : hazards) {
            if (hazard.length() > TEXT_CHARACTERS) return Optional.of("a hazard is longer than " + TEXT_CHARACTERS + " characters");
        }
        if (confidence.isPresent() && !(confidence.getAsDouble() >= 0 && confidence.getAsDouble() <= 1)) {
            return Optional.of("the confidence is not between 0 and 1");
        }
        return Optional.empty();
    }

    /** For the log: no fractions there (CONTRACT §5), so the confidence is a text; no summary there, see {@link Ruling}. */
    Map<String, Object> inputs() {
        Map<String, Object> inputs = new LinkedHashMap<>();
        inputs.put("performative", performative);
        inputs.put("hazards", hazards);
        inputs.put("severity", severity);
        inputs.put("level", level);
        inputs.put("source", source);
        inputs.put("destination", destination);
        confidence.ifPresent(value -> inputs.put("confidence", decimal(value)));
        inputs.put("conversationId", conversationId);
        inputs.put("evidence", evidence);
        inputs.put("timestamp", time(timestamp));
        deadline.ifPresent(value -> inputs.put("deadline", time(value)));
        inputs.put("now", time(now));
        return inputs;
    }

    /**
     * The facts that {@link #inputs} wrote down.
     *
     * @param summary where it is still to be had, else empty
     * @throws IllegalArgumentException they are none
     */
    static Facts ofInputs(String id, String summary, JsonNode inputs) {
        List<String> hazards = new ArrayList<>();
        inputs.path("hazards").forEach(hazard -> hazards.add(hazard.asString("")));
        OptionalDouble confidence = inputs.has("confidence") ? OptionalDouble.of(Double.parseDouble(text(inputs, "confidence")))
                : OptionalDouble.empty();
        try {
            return new Facts(id, text(inputs, "performative"), hazards, text(inputs, "severity"), inputs.path("level").asInt(),
                    text(inputs, "source"),
                    text(inputs, "destination"), confidence, summary, text(inputs, "conversationId"), inputs.path("evidence").asInt(),
                    Instant.parse(text(inputs, "timestamp")),
                    inputs.has("deadline") ? Optional.of(Instant.parse(text(inputs, "deadline"))) : Optional.empty(),
                    Instant.parse(text(inputs, "now")));
        } catch (DateTimeException | JacksonException wrong) {
            throw new IllegalArgumentException("the inputs are not whole: " + wrong.getMessage(), wrong);
        }
    }

    private static String text(JsonNode inputs, String field) { return inputs.path(field).asString(); }

    /** What {@code message} is in a rule; a key that is not here is a field that the message does not have. */
    Map<String, Object> message() {
        Map<String, Object> message = new HashMap<>();
        message.put("id", id);
        message.put("performative", performative);
        message.put("hazards", hazards);
        message.put("severity", severity);
        message.put("level", (long) level);
        message.put("source", source);
        message.put("destination", destination);
        confidence.ifPresent(value -> message.put("confidence", value));
        message.put("summary", summary);
        message.put("conversationId", conversationId);
        message.put("evidence", (long) evidence);
        message.put("timestamp", timestamp);
        deadline.ifPresent(value -> message.put("deadline", value));
        return message;
    }

    private static String decimal(double value) {
        return Double.isFinite(value) ? BigDecimal.valueOf(value).toPlainString() : Double.toString(value);
    }

    private static String time(Instant time) {
        try {
            return Rfc3339.format(time);
        } catch (IllegalArgumentException | DateTimeException outside) {
            return time.toString();
        }
    }
}
