package org.infrafabric.escalate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.infrafabric.escalate.Escalations.Refusal.Code;
import org.infrafabric.guard.Agent;
import org.infrafabric.guard.CouncilRules;
import org.infrafabric.guard.Guard;
import org.infrafabric.guard.GuardSettings;
import org.infrafabric.guard.Policy;
import org.infrafabric.guard.Roster;
import org.junit.jupiter.api.Test;

class DoorTest {
    private static final String AGENT = "if://agent/keyless";
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final byte[] UNSIGNED = """
            {"id":"esc-1","timestamp":"2026-11-21T12:00:00.000Z","level":2,"source":"if://agent/keyless","destination":"if://service/guard/council",
             "payload":{"performative":"ESCALATE","hazards":["safety"],"summary":"May I?"}}""".getBytes(StandardCharsets.UTF_8);

    /** {@code guard.requireSignatures: false}, and an agent without a key. */
    private final Guard lenient = new Guard(Policy.builtIn(), new Roster(List.of(new Agent(AGENT, Optional.empty())), List.of(), List.of()),
            new GuardSettings(new CouncilRules(0, Duration.ofMinutes(1), Duration.ofSeconds(10), false, false), false, 10));

    @Test
    void shouldLetAnAgentGoWithoutAKeyUnderItsOwnToken() {
        assertThat(Door.look(UNSIGNED, AGENT, lenient, Set.of("safety"), NOW)).isInstanceOf(Door.Finding.Sound.class);
    }

    @Test
    void shouldAskForASignatureUnderATokenThatSpeaksForAllAgents() {
        Door.Finding finding = Door.look(UNSIGNED, "", lenient, Set.of("safety"), NOW);
        assertThat(finding).isInstanceOfSatisfying(Door.Finding.Unsound.class,
                unsound -> assertThat(unsound.refusal().code()).isEqualTo(Code.SIGNATURE));
    }
}
