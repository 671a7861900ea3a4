package org.infrafabric.escalate;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.infrafabric.escalate.Escalations.Refusal;
import org.infrafabric.escalate.Escalations.Refusal.Code;
import org.infrafabric.guard.Agent;
import org.infrafabric.guard.Guard;
import org.infrafabric.message.IfMessage;
import org.infrafabric.message.MessageRefused;
import org.infrafabric.message.Signatures;

/** Looks at a message before anything is made of it (CONTRACT §2, §3). May take its time; any thread. */
final class Door {
    /** What the door found. {@code ifNew} counts only when the message is not known already. */
    sealed interface Finding {
        record Sound(IfMessage message, boolean signed, Optional<Refusal> ifNew) implements Finding {}

        /** @param trace the message's, where one could be read */
        record Unsound(Refusal refusal, Optional<String> trace) implements Finding {}
    }

    /** The schema lets a decision's id be longer, but only the bus makes decisions. */
    private static final int LONGEST_ID = 119;

    private Door() {}

    /** @param agentOfToken empty for a token that speaks for every agent of the roster: then the message's source says which */
    static Finding look(byte[] body, String agentOfToken, Guard guard, Set<String> hazards, Instant now) {
        IfMessage message;
        try {
            message = IfMessage.parse(body);
        } catch (MessageRefused e) {
            Code code = e.code() == MessageRefused.Code.MALFORMED ? Code.MALFORMED : Code.SCHEMA;
            return new Finding.Unsound(new Refusal(code, e.field(), e.detail()), Optional.empty());
        }
        if (message.id().length() > LONGEST_ID) return unsound(message, Code.SCHEMA, "/id", "is longer than " + LONGEST_ID + " characters");
        boolean v21 = message.original() != message.v10();
        String source = v21 ? "/sender" : "/source";
        Optional<Agent> agent = guard.roster().agent(agentOfToken.isEmpty() ? message.source() : agentOfToken);
        if (agent.isEmpty()) return unsound(message, Code.UNKNOWN_AGENT, source, "This agent is not in the roster; add it to agents: in the config.");
        if (!message.source().equals(agent.get().id())) {
            return unsound(message, Code.UNKNOWN_AGENT, source,
                    "The message's source is not the agent of this token; send it with that agent's own token.");
        }
        boolean mustSign = guard.mustSign(agent.get()) || agentOfToken.isEmpty(); // a token of all agents proves none of them
        Optional<Finding> signature = signature(message, agent.get(), mustSign);
        if (signature.isPresent()) return signature.get();
        return new Finding.Sound(message, message.signature().isPresent() && agent.get().key().isPresent(),
                ifNew(message, v21 ? "/hazards/" : "/payload/hazards/", hazards, now));
    }

    private static Optional<Finding> signature(IfMessage message, Agent agent, boolean mustSign) {
        if (message.signature().isEmpty()) {
            if (!mustSign) return Optional.empty();
            return Optional.of(unsound(message, Code.SIGNATURE, "/signature", "The message must carry this agent's signature."));
        }
        if (agent.key().isEmpty()) {
            return mustSign
                    ? Optional.of(
                            unsound(message, Code.SIGNATURE, "/signature", "The roster knows no key of this agent; add its publicKey to the config."))
                    : Optional.empty();
        }
        return Signatures.verify(message, agent.key().get()) ? Optional.empty()
                : Optional.of(unsound(message, Code.SIGNATURE, "/signature/value",
                        "The signature is not this agent's over these bytes; sign the RFC 8785 form of the message without signature."));
    }

    private static Optional<Refusal> ifNew(IfMessage message, String field, Set<String> hazards, Instant now) {
        for (int i = 0; i < message.hazards().size(); i++) {
            if (hazards.contains(message.hazards().get(i))) continue;
            return Optional.of(new Refusal(Code.UNKNOWN_HAZARD, field + i,
                    "There are these hazards: " + hazards.stream().sorted().collect(Collectors.joining(", ")) + "."));
        }
        if (Signatures.isStale(message.timestamp(), now)) {
            return Optional.of(new Refusal(Code.STALE, "/timestamp", "The timestamp is over 300 s off; set the clock, and send a new message."));
        }
        return Optional.empty();
    }

    private static Finding unsound(IfMessage message, Code code, String field, String detail) {
        return new Finding.Unsound(new Refusal(code, field, detail), message.traceId());
    }
}
