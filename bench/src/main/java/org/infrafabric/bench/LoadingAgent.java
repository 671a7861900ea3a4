package org.infrafabric.bench;

import java.time.Clock;
import java.time.Instant;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.infrafabric.message.Rfc3339;
import org.infrafabric.message.Signatures;
import org.infrafabric.message.SigningKey;
import org.infrafabric.testkit.Sipp;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The agent that makes a load. Its questions go round among so many hazards, each with one expert of its own, so that the guard's limit for one expert holds. */
final class LoadingAgent {
    private static final String ID = "if://agent/bench/1", TOKEN = "bench-token-0123456789abcdef-";

    private final SigningKey key = SigningKey.generate();
    private final int experts;

    LoadingAgent(int experts) { this.experts = experts; }

    /** The token by which the config of {@link #config} knows somebody. */
    static String token(String owner) { return TOKEN + owner; }

    /** What the bus's config has to say of hazards, agent, operator and experts, whose phones these are. */
    String config(Sipp phones) {
        String hazards = IntStream.range(0, experts).mapToObj(LoadingAgent::hazard).collect(Collectors.joining(", "));
        String roster = IntStream.range(0, experts).mapToObj(i -> "  - { uri: \"" + phones.uri("expert-" + i) + "\", name: \"Expert " + i
                + "\", hazards: [" + hazard(i) + "], accept: answer, ringTimeout: PT20S }\n").collect(Collectors.joining());
        return "hazards: [" + hazards + "]\nagents: [ { id: \"" + ID + "\", publicKey: \"" + key.verifyKey() + "\", token: \"" + token("agent")
                + "\" } ]\noperators: [ { id: op, token: \"" + token("op") + "\" } ]\nexperts:\n" + roster;
    }

    /** A signed question. */
    ObjectNode message(String id, int number, String summary) {
        ObjectNode message = JsonMapper.shared().createObjectNode();
        message.put("id", id).put("timestamp", Rfc3339.format(Instant.now(Clock.systemUTC()))).put("level", 2).put("source", ID);
        message.put("destination", "if://service/guard/council").put("version", "1.0");
        ObjectNode payload = message.putObject("payload").put("performative", "ESCALATE").put("severity", "high").put("summary", summary);
        payload.putArray("hazards").add(hazard(number % experts));
        return Signatures.sign(message, key);
    }

    private static String hazard(int number) { return "hazard-" + number; }
}
