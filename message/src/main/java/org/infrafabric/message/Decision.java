package org.infrafabric.message;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the bus tells the agent in the end (CONTRACT §3); there is exactly one for each escalation.
 *
 * @param inReplyTo the escalation's id
 * @param requestSha256 lower-case hex SHA-256 of the request's canonical form without signature, {@link IfMessage#requestSha256}
 * @param conditions what an approval hangs on; empty unless the verdict is {@link Verdict#APPROVE_WITH_CONDITIONS}
 * @param reason for people
 * @param votes the last one of each guardian, in the order in which they were cast
 * @param quorum votes that had to be cast
 * @param policyHash lower-case hex SHA-256 of the policy that judged
 * @param witness the log's entry of this end
 */
public record Decision(String inReplyTo, String requestSha256, Verdict verdict, List<String> conditions, String reason, List<Vote> votes, int quorum,
        String policyHash, WitnessEntry witness) {

    public Decision {
        conditions = List.copyOf(conditions);
        votes = List.copyOf(votes);
    }

    /** @param vote {@code approve}, {@code reject} or {@code abstain} */
    public record Vote(String guardian, String vote, Instant time) {}

    /** @param hash lower-case hex, CONTRACT §5 */
    public record WitnessEntry(long seq, String hash) {}

    /** What was decided, with the exit code of {@code escalate --wait} (CONTRACT §1). */
    public enum Verdict {
        APPROVE("approve", 0), APPROVE_WITH_CONDITIONS("approve-with-conditions", 8), REJECT("reject", 3), HOLD("hold", 5),
        NOT_REQUIRED("not-required", 10), DENIED("denied", 4), CANCELLED("cancelled", 1);

        private final String label;
        private final int exitCode;

        Verdict(String label, int exitCode) {
            this.label = label;
            this.exitCode = exitCode;
        }

        /** As it stands in messages. */
        public String label() { return label; }

        public int exitCode() { return exitCode; }

        /** @throws IllegalArgumentException when there is no such verdict */
        public static Verdict of(String label) {
            for (Verdict verdict : values()) if (verdict.label.equals(label)) return verdict;
            throw new IllegalArgumentException(
                    "no decision is called that; there are approve, approve-with-conditions, reject, hold, not-required, denied, cancelled");
        }
    }

    /** The id of the message that carries it: {@code <escalation id>.decision}. */
    public String messageId() { return inReplyTo + ".decision"; }

    /**
     * The signed IFMessage v1.0 that carries this decision.
     *
     * @param source who the bus is, such as {@code if://bus/node-1}
     * @param destination the agent, the request's {@link IfMessage#source}
     * @param traceId 32 lower-case hex digits
     * @param level the request's
     * @param time when it was decided
     */
    public ObjectNode signed(String source, String destination, String traceId, int level, Instant time, SigningKey busKey) {
        ObjectNode message = JsonNodeFactory.instance.objectNode();
        message.put("id", messageId()).put("timestamp", Rfc3339.format(time)).put("level", level).put("source", source)
                .put("destination", destination)
                .put("traceId", traceId).put("version", "1.0");
        ObjectNode payload = message.putObject("payload");
        payload.put("performative", "DECISION").put("inReplyTo", inReplyTo).put("requestSha256", requestSha256).put("decision", verdict.label);
        conditions.forEach(payload.putArray("conditions")::add);
        payload.put("reason", reason);
        ArrayNode cast = payload.putArray("votes");
        for (Vote vote : votes) cast.addObject().put("guardian", vote.guardian).put("vote", vote.vote).put("time", Rfc3339.format(vote.time));
        payload.put("quorum", quorum).put("policyHash", policyHash);
        payload.putObject("witness").put("seq", witness.seq).put("hash", witness.hash);
        return Signatures.sign(message, busKey);
    }

    /**
     * Reads the decision out of a message; the signature is not looked at ({@link Signatures#verify(ObjectNode, VerifyKey)}).
     *
     * @throws MessageRefused when the message is no decision
     */
    public static Decision read(ObjectNode message) throws MessageRefused {
        IfMessage checked = IfMessage.of(message);
        JsonNode payload = checked.v10().path("payload");
        if (!checked.performative().equals("DECISION")) throw refused("performative", "is not DECISION");
        String inReplyTo = text(payload, "inReplyTo");
        if (!checked.id().equals(inReplyTo + ".decision")) throw refused("inReplyTo", "is not the escalation of the message's id");
        List<Vote> votes = new ArrayList<>();
        for (JsonNode vote : payload.path("votes")) votes.add(new Vote(text(vote, "guardian"), text(vote, "vote"), time(text(vote, "time"))));
        List<String> conditions = new ArrayList<>();
        for (JsonNode condition : payload.path("conditions")) conditions.add(condition.asString(""));
        JsonNode entry = payload.path("witness");
        if (!entry.path("seq").canConvertToLong() || !payload.path("quorum").canConvertToInt())
            throw refused("witness", "or the quorum is not a number");
        return new Decision(inReplyTo, text(payload, "requestSha256"), verdict(text(payload, "decision")), conditions, text(payload, "reason"), votes,
                payload.path("quorum").intValue(), text(payload, "policyHash"), new WitnessEntry(entry.path("seq").longValue(), text(entry, "hash")));
    }

    private static String text(JsonNode object, String name) throws MessageRefused {
        JsonNode node = object.path(name);
        if (!node.isString()) throw refused(name, "is not a string");
        return node.stringValue();
    }

    private static Verdict verdict(String label) throws MessageRefused {
        try {
            return Verdict.of(label);
        } catch (IllegalArgumentException e) {
            throw refused("decision", String.valueOf(e.getMessage()));
        }
    }

    private static Instant time(String text) throws MessageRefused {
        try {
            return Rfc3339.parse(text);
        } catch (IllegalArgumentException e) {
            throw refused("votes", String.valueOf(e.getMessage()));
        }
    }

    private static MessageRefused refused(String name, String detail) {
        return new MessageRefused(MessageRefused.Code.SCHEMA, "/payload/" + name, detail);
    }
}
