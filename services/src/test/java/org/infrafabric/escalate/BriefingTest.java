package org.infrafabric.escalate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.infrafabric.guard.Accept;
import org.infrafabric.guard.CouncilRules;
import org.infrafabric.guard.Expert;
import org.infrafabric.guard.Guardian;
import org.junit.jupiter.api.Test;

class BriefingTest {
    private final Briefing briefing = new Briefing(
            new Matter("esc-1", "0".repeat(32), "if://agent/swarm/legal-1", List.of("legal", "safety", "ethics"),
                    "Revenue conflict found; may I publish?", "high", List.of("filing.md", "a", "b", "c", "d", "e"), Optional.empty(),
                    Optional.of("http://agent.test/secret-token"), "00", "ab"));

    @Test
    void shouldSayWhoAsksAboutWhatAndHowBadItIs() {
        String words = briefing.words(Phrase.BRIEFING, "");
        assertThat(words).contains("swarm legal 1").contains("legal, safety and ethics").contains("severity is high")
                .contains("Revenue conflict found; may I publish?").contains("filing md").contains("1 more");
    }

    @Test
    void shouldNameTheKeysWhereverOneIsExpected() {
        assertThat(briefing.words(Phrase.ACCEPT, "")).contains("Press 1").contains("Press 2");
        assertThat(briefing.words(Phrase.JOIN, "")).contains("Press 1").contains("Press 2");
        assertThat(briefing.words(Phrase.DECIDE, "")).contains("Press 1").contains("Press 2");
        assertThat(briefing.words(Phrase.LATE_SUMMARY, "")).contains("press 1 to approve, 2 to reject, 3 to abstain").contains("star");
        assertThat(briefing.words(Phrase.OUTCOME, "approve with conditions")).contains("approve with conditions");
    }

    @Test
    void shouldSayAShortCaseInTheSameWordsEverywhere() {
        String words = " It says: Revenue conflict found; may I publish?";
        for (Phrase phrase : List.of(Phrase.BRIEFING, Phrase.SUMMARY, Phrase.LATE_SUMMARY)) assertThat(briefing.words(phrase, "")).contains(words);
    }

    @Test
    void shouldRenderAheadOnlyWhatSomebodyWillHear() {
        CouncilRules alone = new CouncilRules(0, Duration.ofMinutes(5), Duration.ofSeconds(30), false, false);
        Expert quick = new Expert("sip:q@test", "q", Set.of("legal"), Accept.ANSWER, Duration.ofSeconds(20));
        List<Guardian> council = List.of(new Guardian("sage", "sip:sage@test", Accept.DTMF));
        assertThat(new Plan(List.of(List.of(quick)), alone).foreseen(State.JUDGED, council)).containsExactly(Phrase.BRIEFING);
        assertThat(new Plan(List.of(List.of(quick)), alone).foreseen(State.ACCEPTED, council)).isEmpty();
        Plan plan = new Plan(List.of(List.of(World.expert("ada"))), World.RULES);
        assertThat(plan.foreseen(State.JUDGED, council)).containsExactly(Phrase.ACCEPT, Phrase.BRIEFING);
        assertThat(plan.foreseen(State.ACCEPTED, council)).containsExactly(Phrase.JOIN, Phrase.SUMMARY, Phrase.LATE_SUMMARY);
        assertThat(plan.foreseen(State.IN_COUNCIL, List.of())).containsExactly(Phrase.LATE_SUMMARY);
    }

    @Test
    void shouldSpeakNoAddresses() {
        for (Phrase phrase : Phrase.values()) assertThat(briefing.words(phrase, "hold")).doesNotContain("http").doesNotContain("secret").isNotBlank();
    }

    @Test
    void shouldKeepALongSummaryShort() {
        Briefing talkative = new Briefing(
                new Matter("esc-1", "0".repeat(32), "if://agent/a", List.of(), "x𝄞".repeat(5_000), "", List.of(), Optional.empty(),
                        Optional.empty(), "00", "ab"));
        assertThat(talkative.words(Phrase.BRIEFING, "").length()).isLessThan(2_500);
        assertThat(talkative.words(Phrase.ACCEPT, "")).contains("general concern");
    }
}
