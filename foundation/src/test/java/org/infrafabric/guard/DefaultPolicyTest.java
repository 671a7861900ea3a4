package org.infrafabric.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.infrafabric.guard.Samples.BOTH;
import static org.infrafabric.guard.Samples.LEGAL;
import static org.infrafabric.guard.Samples.NOW;
import static org.infrafabric.guard.Samples.SAFETY;
import static org.infrafabric.guard.Samples.VISITOR;
import static org.infrafabric.guard.Samples.facts;
import static org.infrafabric.guard.Samples.message;

import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DefaultPolicyTest {
    private static final List<String> HAZARDS = List.of("safety", "alignment", "ethics", "bias", "security", "privacy", "legal", "conflict");
    private static final double[] CONFIDENCES = {0, 0.1, 0.19, 0.1999999, 0.2, 0.25, 0.2999999, 0.3, 0.5, 1};

    private final Guard guard = Samples.guard(Policy.builtIn(),
            HAZARDS.stream().map(hazard -> Samples.expert("sip:" + hazard + "@127.0.0.1", hazard)).toArray(Expert[]::new));

    @Test
    void shouldSendEveryEscalationToPeopleHoweverConfident() {
        for (String hazard : HAZARDS) for (double confidence : CONFIDENCES) {
            assertThat(guard.judge(facts("ESCALATE", confidence, hazard)).result()).as("%s at %s", hazard, confidence).isEqualTo("people");
        }
    }

    @Test
    void shouldSendGraveHazardsToPeopleWhateverThePerformative() {
        for (String hazard : List.of("legal", "safety", "conflict")) for (double confidence : CONFIDENCES) {
            assertThat(guard.judge(facts("INFORM", confidence, hazard)).result()).isEqualTo("people");
            assertThat(guard.judge(facts("REQUEST", confidence, "bias", hazard)).result()).as("not only the main hazard").isEqualTo("people");
        }
    }

    @Test
    void shouldJudgeOtherMessagesByTheirConfidence() {
        for (String hazard : List.of("alignment", "ethics", "bias", "security", "privacy")) for (double confidence : CONFIDENCES) {
            String expected = confidence < 0.2 ? "people" : confidence < 0.3 ? "hold" : "share";
            assertThat(guard.judge(facts("INFORM", confidence, hazard)).result()).as("%s at %s", hazard, confidence).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @CsvSource({"0.19,people,confidence-low", "0.2,hold,second-source", "0.3,share,confident"})
    void shouldJudgeMessagesWithoutHazardsTheSameWay(double confidence, String result, String rule) {
        Judgement judgement = guard.judge(facts("INFORM", confidence));

        assertThat(judgement.result()).isEqualTo(result);
        assertThat(judgement.ruling().rule()).isEqualTo(rule);
        if (judgement instanceof Judgement.People people) assertThat(people.hazards()).containsExactly("safety");
    }

    @Test
    void shouldTakeAMissingConfidenceForNone() {
        assertThat(guard.judge(facts("INFORM", OptionalDouble.empty(), "bias"))).isInstanceOfSatisfying(Judgement.People.class, people -> {
            assertThat(people.ruling().rule()).isEqualTo("confidence-missing");
            assertThat(people.hazards()).containsExactly("bias");
        });
    }

    @Test
    void shouldDenyAConfidenceThatIsNone() {
        for (double confidence : new double[] {Double.NaN, -0.1, 1.1, Double.POSITIVE_INFINITY}) {
            assertThat(guard.judge(facts("INFORM", confidence, "bias"))).isInstanceOfSatisfying(Judgement.Denied.class,
                    denied -> assertThat(denied.ruling().rule()).isEqualTo(Guard.UNFIT));
        }
    }

    @Test
    void shouldJudgeARealMessage() {
        Judgement judgement = guard.judge(message("ESCALATE", ",\"confidence\":{\"normalized\":0.19}", "\"legal\",\"safety\""), NOW, 0);

        assertThat(judgement).isInstanceOfSatisfying(Judgement.People.class, people -> {
            assertThat(people.rungs()).extracting(rung -> rung.getFirst().uri()).containsExactly("sip:legal@127.0.0.1", "sip:safety@127.0.0.1");
            assertThat(people.council()).isEqualTo(Samples.COUNCIL);
            assertThat(people.ruling().policyHash()).matches("[0-9a-f]{64}").isEqualTo(Policy.builtIn().hash());
            assertThat(people.ruling().inputs()).containsEntry("confidence", "0.19").containsEntry("hazards", List.of("legal", "safety"))
                    .containsEntry("now", "2026-11-21T12:00:00.000Z").doesNotContainKey("summary");
        });
    }

    @Test
    void shouldRingThoseWhoFitTheMainHazardFirst() {
        Guard mixed = Samples.guard(Policy.builtIn(), SAFETY, VISITOR, LEGAL, BOTH);

        assertThat(mixed.judge(facts("ESCALATE", 1, "legal", "safety"))).isInstanceOfSatisfying(Judgement.People.class,
                people -> assertThat(people.rungs()).containsExactly(List.of(LEGAL), List.of(BOTH), List.of(SAFETY)));
    }

    @Test
    void shouldDenyWhenNobodyFits() {
        Guard small = Samples.guard(Policy.builtIn(), SAFETY, VISITOR);

        assertThat(small.judge(facts("ESCALATE", 1, "legal"))).isInstanceOfSatisfying(Judgement.Denied.class, denied -> {
            assertThat(denied.ruling().rule()).isEqualTo("escalations");
            assertThat(denied.ruling().reason()).contains("no expert in the roster who can be rung fits legal");
        });
    }

    @Test
    void shouldLetACouncilMeetAloneOnlyWhereThatIsAllowed() {
        CouncilRules alone = new CouncilRules(1, Samples.COUNCIL.deadline(), Samples.COUNCIL.gather(), false, true);
        GuardSettings settings = new GuardSettings(alone, true, 10);

        assertThat(new Guard(Policy.builtIn(), Samples.roster(), settings).judge(facts("ESCALATE", 1, "legal"))).isInstanceOfSatisfying(
                Judgement.People.class,
                people -> assertThat(people.rungs()).isEmpty());
        Roster nobody = new Roster(List.of(), List.of(), List.of());
        assertThat(new Guard(Policy.builtIn(), nobody, settings).judge(facts("ESCALATE", 1, "legal"))).isInstanceOf(Judgement.Denied.class);
    }
}
