package org.infrafabric.guard;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.infrafabric.message.IfMessage;
import org.infrafabric.message.MessageRefused;

/** A roster, messages and policies that the guard's tests share. */
final class Samples {
    static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    static final Expert SAFETY = expert("sip:safety@127.0.0.1:5080", "safety");
    static final Expert LEGAL = expert("sip:legal@127.0.0.1:5081", "legal");
    static final Expert BOTH = expert("sip:both@127.0.0.1:5082", "legal", "safety");
    static final Expert VISITOR = expert("sip:expert-*@external.advisor", "legal", "safety", "bias");
    static final Guardian SAGE = new Guardian("sage", "sip:sage@127.0.0.1:5090", Accept.DTMF);
    static final CouncilRules COUNCIL = new CouncilRules(2, Duration.ofMinutes(5), Duration.ofSeconds(30), false, false);
    static final GuardSettings SETTINGS = new GuardSettings(COUNCIL, true, 10);

    private Samples() {}

    static Expert expert(String uri, String... hazards) { return new Expert(uri, uri, Set.of(hazards), Accept.DTMF, Duration.ofSeconds(20)); }

    static Roster roster(Expert... experts) { return new Roster(List.of(), List.of(experts), List.of(SAGE)); }

    static Guard guard(Policy policy, Expert... experts) { return new Guard(policy, roster(experts), SETTINGS); }

    /** A guard with one rule of this condition that calls people, and everybody in its roster. */
    static Guard guard(String when) {
        return guard(policy(when), SAFETY, LEGAL, BOTH, VISITOR);
    }

    static Policy policy(String when) {
        return Policy.parse("test.yaml", "rules:\n  - name: test\n    then: people\n    when: |\n      " + when.replace("\n", "\n      ") + "\n");
    }

    static Facts facts(String performative, double confidence, String... hazards) {
        return facts(performative, OptionalDouble.of(confidence), hazards);
    }

    static Facts facts(String performative, OptionalDouble confidence, String... hazards) {
        return new Facts("m-1", performative, List.of(hazards), "high", 2, "if://agent/a", "if://service/council", confidence, "May I publish?",
                "c-1", 1, NOW,
                Optional.empty(), NOW);
    }

    static IfMessage message(String performative, String more, String hazards) {
        try {
            return IfMessage.parse(bytes(performative, more, hazards));
        } catch (MessageRefused refused) {
            throw new AssertionError(refused);
        }
    }

    /** @param more of the payload, each with a comma before it */
    static byte[] bytes(String performative, String more, String hazards) {
        return """
                {"id":"m-1","timestamp":"2026-11-21T12:00:00.000Z","level":2,"source":"if://agent/a","destination":"if://service/council",
                 "payload":{"performative":"%s","hazards":[%s],"summary":"May I publish?"%s}}""".formatted(performative, hazards, more)
                .getBytes(UTF_8);
    }
}
