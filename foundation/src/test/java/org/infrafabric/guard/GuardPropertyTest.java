package org.infrafabric.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Nothing uncovered is ever allowed: hazards × rosters × messages. */
class GuardPropertyTest {
    private static final String[] HAZARDS = {"safety", "legal", "conflict", "bias", "privacy", "unheard-of"};
    private static final Policy DEFAULT = Policy.builtIn();

    @Property(seed = "1", tries = 300)
    void shouldCallOnlyExpertsOfTheRosterWhoFitAndCanBeRung(@ForAll("rosters") Roster roster, @ForAll("facts") Facts facts) {
        Judgement judgement = new Guard(DEFAULT, roster, Samples.SETTINGS).judge(facts);

        boolean grave = facts.hazards().stream().anyMatch(Set.of("legal", "safety", "conflict")::contains);
        if (facts.performative().equals("ESCALATE") || grave) assertThat(judgement.result()).isIn("people", "deny");
        if (judgement.result().equals("share")) assertThat(facts.confidence().orElse(-1)).isBetween(0.3, 1.0);
        if (judgement instanceof Judgement.People people) {
            assertThat(people.hazards()).isNotEmpty();
            if (!facts.hazards().isEmpty()) assertThat(people.hazards()).isEqualTo(facts.hazards());
            assertThat(people.rungs()).isNotEmpty();
            Set<Expert> seen = new HashSet<>();
            for (List<Expert> rung : people.rungs()) {
                assertThat(rung).isNotEmpty();
                for (Expert expert : rung) {
                    assertThat(roster.experts()).contains(expert);
                    assertThat(expert.hazards()).containsAnyElementsOf(people.hazards());
                    assertThat(expert.uri()).doesNotContain("*");
                    assertThat(seen.add(expert)).as("once").isTrue();
                }
            }
        }
    }

    @Property(seed = "1", tries = 100)
    void shouldGiveTheSameAnswerToTheSameFacts(@ForAll("rosters") Roster roster, @ForAll("facts") Facts facts) {
        Guard guard = new Guard(DEFAULT, roster, Samples.SETTINGS);

        assertThat(guard.judge(facts)).isEqualTo(guard.judge(facts)).isEqualTo(guard.explain(facts).judgement());
    }

    @Property(seed = "1", tries = 300)
    void shouldTellCallersOfAPatternFromStrangers(@ForAll("users") String user, @ForAll("users") String pattern) {
        String glob = pattern.replace("x", "*");
        boolean expected = user.matches(glob.replace(".", "\\.").replace("*", ".*"));
        if (glob.indexOf('*') < 0) return;
        Roster roster = Samples.roster(Samples.expert("sip:" + glob + "@external.advisor", "legal"));

        assertThat(roster.mayCallIn("sip:" + user + "@external.advisor").isPresent()).isEqualTo(expected);
        assertThat(roster.mayCallIn("sip:" + user + "@external.advisor.evil")).isEmpty();
    }

    @Provide
    Arbitrary<String> users() { return Arbitraries.strings().withChars("ab.x").ofMinLength(1).ofMaxLength(8); }

    @Provide
    Arbitrary<Roster> rosters() {
        Arbitrary<Set<String>> hazards = Arbitraries.of(HAZARDS).set().ofMinSize(1).ofMaxSize(4);
        return Combinators.combine(hazards, Arbitraries.of(true, false))
                .as((fields, pattern) -> Samples.expert(pattern ? "sip:p-*@x.example" : "sip:e@x.example", fields.toArray(String[]::new)))
                .list().ofMaxSize(6).map(experts -> {
                    Expert[] numbered = new Expert[experts.size()];
                    for (int i = 0; i < numbered.length; i++) {
                        Expert expert = experts.get(i);
                        numbered[i] = new Expert(expert.uri().replace("@", i + "@"), "e" + i, expert.hazards(), expert.accept(),
                                expert.ringTimeout());
                    }
                    return Samples.roster(numbered);
                });
    }

    @Provide
    Arbitrary<Facts> facts() {
        Arbitrary<OptionalDouble> confidence = Arbitraries.doubles().between(-0.2, 1.2).injectNull(0.2)
                .map(value -> value == null ? OptionalDouble.empty() : OptionalDouble.of(value));
        return Combinators
                .combine(Arbitraries.of("ESCALATE", "INFORM", "REQUEST", ""), Arbitraries.of(HAZARDS).list().uniqueElements().ofMaxSize(4),
                        confidence,
                        Arbitraries.integers().between(1, 5), Arbitraries.strings().ofMaxLength(3_000))
                .as((performative, hazards, sure, level, summary) -> new Facts("m", performative, hazards, "", level, "if://a", "if://b", sure,
                        summary, "", 0, Samples.NOW,
                        Optional.empty(), Samples.NOW));
    }
}
