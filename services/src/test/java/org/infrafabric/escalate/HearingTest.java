package org.infrafabric.escalate;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.infrafabric.escalate.Phrase.BRIEFING;
import static org.infrafabric.escalate.Phrase.DECIDE;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.infrafabric.guard.CouncilRules;
import org.infrafabric.witness.EventType;
import org.junit.jupiter.api.Test;

class HearingTest {
    private static final CouncilRules ALONE = new CouncilRules(0, Duration.ofMinutes(5), Duration.ofSeconds(30), false, false);
    private final World world = new World().guardians("sage", "skeptic");

    private World accepted(CouncilRules rules) {
        world.begin(rules, Optional.empty(), List.of(List.of(World.expert("ada")), List.of(World.expert("bob"))));
        return world.answer("ada").press("ada", '1');
    }

    private long told(String name) { return world.said.stream().filter(said -> said.leg() == world.leg(name) && said.phrase() == BRIEFING).count(); }

    @Test
    void shouldTellTheCaseAgainUntilItWasHeard() {
        accepted(ALONE).hearsATone("ada", BRIEFING).press("ada", '1');
        assertThat(world.state()).isEqualTo(State.ACCEPTED);
        world.advance(3, SECONDS);
        assertThat(told("ada")).isEqualTo(2);
        world.hears("ada", BRIEFING);
        assertThat(world.state()).isEqualTo(State.BRIEFED);
        assertThat(world.entered.has("spoken")).isFalse();
        assertThat(world.lastSaidTo("ada")).isEqualTo(DECIDE);
        assertThat(world.press("ada", '1').verdict().decision()).isEqualTo("approve");
    }

    @Test
    void shouldAskSomebodyElseRatherThanLetTheExpertDecideUnheard() {
        accepted(ALONE);
        int ada = world.leg("ada");
        for (int i = 0; i < 3; i++) world.hearsATone("ada", BRIEFING).advance(3, SECONDS);
        assertThat(told("ada")).isEqualTo(4);
        world.hearsATone("ada", BRIEFING);
        world.escalation.onDigit(ada, '1', world.now);
        assertThat(world.verdicts).isEmpty();
        assertThat(world.states).doesNotContain(State.BRIEFED);
        assertThat(world.lastSaidTo("ada")).isEqualTo(Phrase.DECLINED);
        assertThat(world.calling("bob")).isTrue();
        assertThat(world.notes).containsOnlyOnce(EventType.PROMPT_UNSPOKEN).contains(EventType.CALL_DECLINED);
    }

    @Test
    void shouldHoldWhenNobodyCanBeTold() {
        accepted(ALONE);
        for (int i = 0; i < 4; i++) world.hearsATone("ada", BRIEFING).advance(3, SECONDS);
        world.answer("bob").press("bob", '1');
        for (int i = 0; i < 4; i++) world.hearsATone("bob", BRIEFING).advance(3, SECONDS);
        assertThat(world.state()).isEqualTo(State.EXHAUSTED);
        assertThat(world.verdict().decision()).isEqualTo("hold");
    }

    @Test
    void shouldLeaveItToTheCouncilToTellTheExpertAndSaySo() {
        accepted(World.RULES);
        for (int i = 0; i < 4; i++) world.hearsATone("ada", BRIEFING).advance(i < 3 ? 3 : 0, SECONDS);
        assertThat(world.state()).isEqualTo(State.BRIEFED);
        assertThat(world.entered.path("spoken").asBoolean(true)).isFalse();
        assertThat(world.joined).contains(world.leg("ada"));
    }

    @Test
    void shouldEndTheCallOfWhoLeavesWithATone() {
        accepted(ALONE);
        world.press("ada", '1').hears("ada", BRIEFING).press("ada", '2');
        int ada = world.leg("ada");
        world.escalation.onUnspoken(ada, Phrase.OUTCOME, world.now);
        assertThat(world.live).doesNotContain(ada);
    }
}
