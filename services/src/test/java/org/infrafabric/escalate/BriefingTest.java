package org.infrafabric.escalate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
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
