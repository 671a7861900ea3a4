package org.infrafabric.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules that never end or explode: each is refused when it is loaded, or ends as a denial that names it. The timeout catches what would not end at all. */
@Timeout(120)
class ConditionBoundsTest {
    private static final String TEN = "[0,1,2,3,4,5,6,7,8,9]";

    /** 64 hazards, the longest texts that are judged. */
    private static final Facts LARGEST = new Facts("m", "ESCALATE", IntStream.range(0, 64).mapToObj(i -> "h" + i + "x".repeat(990)).toList(),
            "s".repeat(1_000), 5,
            "if://" + "a".repeat(990), "b".repeat(1_000), OptionalDouble.of(0.5), "a".repeat(2_000), "c".repeat(1_000), 1_000, Samples.NOW,
            Optional.of(Instant.MAX), Samples.NOW);

    @ParameterizedTest
    @ValueSource(strings = {
        "message.hazards.all(a, message.hazards.all(b, message.hazards.all(c, a != \"\" && b != \"\" && c != \"\")))",
        "message.hazards.map(a, message.hazards.map(b, message.hazards.map(c, c))).size() > 0",
        "message.hazards.filter(a, message.hazards.filter(b, message.hazards.exists_one(c, c == b)).size() > 0).size() == 64",
        "message.hazards.exists_one(a, message.hazards.exists_one(b, message.hazards.exists_one(c, true)))"})
    void shouldStopNestedComprehensions(String when) {
        denied(when, LARGEST);
    }

    @Test
    void shouldStopComprehensionsOverListsOfTheRuleItself() {
        String deep = "x0 >= 0";
        for (int i = 0; i < 7; i++) deep = TEN + ".all(x" + i + ", " + deep + ")";
        denied(deep, Samples.facts("ESCALATE", 1, "safety"));
    }

    @Test
    void shouldNotLetAnotherBranchHideThatARuleWasStopped() {
        String endless = TEN + ".all(a, " + TEN + ".all(b, " + TEN + ".all(c, " + TEN + ".all(d, a + b + c + d >= 0))))";

        denied("message.level == 5 && " + endless, LARGEST);
        assertThat(Samples.guard("message.level == 5 || " + endless).judge(LARGEST).ruling().rule()).isEqualTo("test");
        assertThat(run("message.level == 5 || " + endless).fires()).as("nothing of the other branch is run").isTrue();
        assertThat(run("!(" + endless + ")").fires()).isFalse();
        assertThat(run("(" + endless + ") ? false : true").fires()).isFalse();
    }

    @Test
    void shouldCountWhatAMatchCosts() {
        String matches = IntStream.range(0, 40).mapToObj(i -> "message.summary.matches(\"(a|aa)+b\")").collect(Collectors.joining(" || "));
        denied(matches, LARGEST);
        denied("message.hazards.exists(h, h.matches(\"(x+x+)+y\"))", LARGEST);
        assertThat(run("message.summary.matches(\"(a|aa)+b\")").failure()).as("one alone is cheap: RE2 does not backtrack").isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"message.level * 9223372036854775807 > 0", "1 / (message.level - message.level) == 0", "message.level % 0 == 1",
        "now + duration(\"9223372036s\") + duration(\"315576000000s\") > now", "timestamp(message.summary) > now", "int(message.summary) > 0",
        "message.hazards[99] == \"\"", "duration(message.source) > duration(\"1s\")",
        "message.timestamp - timestamp(\"0001-01-01T00:00:00Z\") + duration(\"9223372036854775807s\") > duration(\"1s\")",
        "now.getHours(message.source) == 1"})
    void shouldDenyWhatCannotBeReckoned(String when) { denied(when, LARGEST); }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            message.summary + message.summary == message.source        | no matching overload
            dyn(message.summary) + "x" == "y"                          | no matching overload
            message.summary.matches(message.source)                    | must stand here as a text
            """)
    void shouldRefuseWhatCouldGrow(String when, String what) {
        List<Problem> problems = problems(when);
        if (problems.isEmpty()) denied(when, LARGEST); // dyn: known only when it runs
        else assertThat(problems).first().satisfies(problem -> assertThat(problem.what()).contains(what));
    }

    @Test
    void shouldRefuseWhatIsTooLongOrTooDeepWhenItIsLoaded() {
        assertThat(problems("message.level == 1" + " || message.level == 1".repeat(200))).singleElement()
                .satisfies(problem -> assertThat(problem.remedy()).contains("split it into several rules"));
        assertThat(problems("(".repeat(60) + "true" + ")".repeat(60))).isNotEmpty();
        assertThat(problems("!".repeat(100) + "true")).satisfiesAnyOf(list -> assertThat(list).isNotEmpty(),
                list -> assertThat(run("!".repeat(100) + "true").failure()).isEmpty());
        assertThat(problems(String.join("", Collections.nCopies(60, "[")) + "1" + "]".repeat(60) + ".size() > 0")).isNotEmpty();
    }

    @Test
    void shouldRefuseFilesThatExplode() {
        String laughs = "a: &a [x,x]\nb: &b [*a,*a]\nrules: [{ name: a, when: \"true\", then: deny }]\n";
        assertThat(catchThrowableOfType(InvalidFile.class, () -> Policy.parse("p.yaml", laughs)).problems()).anySatisfy(
                problem -> assertThat(problem.what()).contains("aliases"));
        String rules = "rules:\n"
                + IntStream.range(0, 201).mapToObj(i -> "  - { name: r" + i + ", when: \"true\", then: deny }\n").collect(Collectors.joining());
        assertThat(catchThrowableOfType(InvalidFile.class, () -> Policy.parse("p.yaml", rules)).problems()).anySatisfy(
                problem -> assertThat(problem.remedy()).contains("at most 200"));
        assertThat(catchThrowableOfType(InvalidFile.class, () -> Policy.parse("p.yaml", "rules: " + "[".repeat(1_000)))).isNotNull();
        assertThat(catchThrowableOfType(InvalidFile.class, () -> Policy.parse("p.yaml", "#" + "x".repeat(1 << 21)))).isNotNull();
    }

    private static void denied(String when, Facts facts) {
        assertThat(Samples.guard(when).judge(facts)).as(when).isInstanceOfSatisfying(Judgement.Denied.class, denied -> {
            assertThat(denied.ruling().rule()).isEqualTo("test");
            assertThat(denied.ruling().reason()).startsWith("the rule could not be evaluated: ").hasSizeLessThan(200).doesNotContain("aaaa"); // the summary is nobody's business in the chain
            assertThat(denied.ruling().inputs()).containsKey("rosterHash");
        });
    }

    private static Condition.Run run(String when) {
        try {
            return Condition.compile(when).run(LARGEST);
        } catch (dev.cel.common.CelValidationException invalid) {
            throw new AssertionError(invalid);
        }
    }

    private static List<Problem> problems(String when) {
        try {
            Policy unused = Samples.policy(when);
            return List.of();
        } catch (InvalidFile invalid) {
            return invalid.problems();
        }
    }
}
