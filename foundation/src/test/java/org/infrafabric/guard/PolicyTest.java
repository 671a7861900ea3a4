package org.infrafabric.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.infrafabric.guard.Samples.BOTH;
import static org.infrafabric.guard.Samples.LEGAL;
import static org.infrafabric.guard.Samples.SAFETY;
import static org.infrafabric.guard.Samples.VISITOR;
import static org.infrafabric.guard.Samples.facts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            message.perfromative == "X"          | undefined field 'perfromative' | message has
            performative == "X"                  | undeclared reference           | in quotes
            message.level                        | expected type 'bool'           | true or false
            message.confidence < 1               | no matching overload           | 0.2, 1.0
            message.hazards == "legal"           | no matching overload           | like with like
            message.level > 1 &&                 | mismatched input               | docs
            message.summary.matches("(")         | not a regular expression       | RE2
            message.summary.matches(message.source) | must stand here as a text   | RE2
            matches(message.id, message.source)  | must stand here as a text      | RE2
            message.summary.matches("((a{99}){99}){99}") | repeats too much       | RE2
            message.summary.matches("(abcdefgh){50}") | states; at most 200       | RE2
            """)
    void shouldFindAWrongConditionWhenThePolicyIsLoaded(String when, String what, String remedy) {
        List<Problem> problems = problems("rules:\n  - name: odd\n    then: people\n    when: '" + when + "'\n");

        assertThat(problems).anySatisfy(problem -> {
            assertThat(problem.line()).isEqualTo(4);
            assertThat(problem.where()).isEqualTo("rule \"odd\"");
            assertThat(problem.what()).contains(what);
            assertThat(problem.remedy()).contains(remedy);
        });
    }

    @Test
    void shouldNameTheLineInsideAConditionOfSeveralLines() {
        assertThat(problems("""
                rules:
                  - name: odd
                    then: people
                    when: |
                      message.level > 1 &&
                      message.wrong == 2
                """)).singleElement().satisfies(problem -> assertThat(problem.line()).isEqualTo(6));
    }

    @Test
    void shouldFindEveryFaultOfAPolicyAtOnce() {
        List<Problem> problems = problems("""
                version: 2
                rules:
                  - name: a b
                    when: "true"
                    then: maybe
                  - when: "true"
                    then: share
                    rungs: [[main]]
                    unless: "false"
                  - name: x
                    then: people
                    when: "true"
                    rungs: [[nobody], []]
                    council: { quorum: -1, deadline: soon }
                  - name: x
                    when: "true"
                    then: deny
                extra: 1
                """);

        assertThat(problems).extracting(Problem::line).containsExactly(1, 3, 5, 6, 8, 9, 13, 13, 14, 14, 15, 18);
        assertThat(problems).extracting(Problem::toString).allSatisfy(text -> assertThat(text).startsWith("test.yaml:").contains("; "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "rules: []", "rules: {}", "- name: x", "rules:\n\t- name: x", "rules: [ { name: x, when: \"true\", then: deny }",
        "rules: [ { name: none, when: \"true\", then: deny } ]"})
    void shouldRefuseABrokenPolicy(String yaml) {
        assertThat(problems(yaml)).isNotEmpty().allSatisfy(problem -> assertThat(problem.line()).isPositive());
    }

    @Test
    void shouldDenyWhatNoRuleCovers() {
        assertThat(Samples.guard("message.level == 5").judge(facts("ESCALATE", 1, "safety"))).isInstanceOfSatisfying(Judgement.Denied.class,
                denied -> assertThat(denied.ruling().rule()).isEqualTo(Guard.NO_RULE));
    }

    @Test
    void shouldDenyWhenARuleFailsAndSayWhich() {
        Judgement judgement = Samples.guard("message.confidence < 0.2").judge(facts("ESCALATE", OptionalDouble.empty(), "safety"));

        assertThat(judgement).isInstanceOfSatisfying(Judgement.Denied.class, denied -> {
            assertThat(denied.ruling().rule()).isEqualTo("test");
            assertThat(denied.ruling().reason()).contains("'confidence'").contains("has(");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"1 / (message.level - 2) == 1", "message.level + 9223372036854775807 > 0", "[1][message.level] == 1",
        "timestamp(message.summary) < now", "message.deadline < now", "message.summary + message.summary == \"\"",
        "now - duration(message.summary) < now"})
    void shouldDenyWhenTheConditionHasNoAnswer(String when) {
        assertThat(Samples.guard(when).judge(facts("ESCALATE", 1, "safety")).result()).isEqualTo("deny");
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 6})
    void shouldCutShortAConditionThatHardlyEnds(int depth) {
        String digits = IntStream.range(0, 40).mapToObj(Integer::toString).collect(Collectors.joining(",", "[", "]"));
        String bomb = IntStream.range(0, depth).mapToObj(i -> digits + ".all(x" + i + ", ").collect(Collectors.joining()) + "x0 >= 0"
                + ")".repeat(depth);

        long start = System.nanoTime();
        Judgement judgement = Samples.guard(bomb).judge(facts("ESCALATE", 1, "safety"));

        assertThat(judgement.result()).isEqualTo("deny");
        assertThat(judgement.ruling().reason()).containsAnyOf("steps", "elements");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).as("not exact: a bomb of 40^6 steps would take days")
                .isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void shouldCutShortConditionsOfManyMatches() {
        String bomb = "[0,1,2,3,4,5,6,7,8,9].all(a, [0,1,2,3,4,5,6,7,8,9].all(b, !message.summary.matches(\"(a?){40}z\")))";

        assertThat(Samples.guard(bomb).judge(facts("ESCALATE", 1, "safety")).ruling().reason()).contains("steps");
    }

    @Test
    void shouldRefuseConditionsThatAreTooLongOrTooDeep() {
        assertThat(problems("rules: [ { name: a, then: deny, when: \"true" + " || true".repeat(300) + "\" } ]")).isNotEmpty();
        assertThat(problems("rules: [ { name: a, then: deny, when: \"" + "(".repeat(100) + "true" + ")".repeat(100) + "\" } ]")).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"message.hazards.exists(h, h == \"safety\")", "message.hazards[0] == \"safety\"", "\"safety\" in message.hazards",
        "size(message.hazards) == 1",
        "message.source.startsWith(\"if://agent/\")", "message.summary.matches(\"(?i)publish\")",
        "has(message.confidence) && message.confidence >= 0.9",
        "!has(message.deadline)", "now.getHours(\"Europe/Paris\") == 13", "now.getHours() == 12", "now - message.timestamp < duration(\"300s\")",
        "message.severity in [\"high\", \"critical\"]", "message.level == 2 && message.evidence == 1", "message.conversationId != \"\"",
        "message.timestamp == timestamp(\"2026-11-21T12:00:00Z\")", "message.id == \"m-1\" && message.destination != \"\""})
    void shouldUnderstandWhatOperatorsWrite(String when) {
        assertThat(Samples.guard(when).judge(facts("ESCALATE", 1, "safety"))).isInstanceOf(Judgement.People.class);
    }

    @Test
    void shouldHashWhatAPolicySaysAndNotHowItIsLaidOut() {
        Policy one = Policy.parse("a.yaml", "rules: [ { name: a, when: \"true\", then: share } ]");
        Policy same = Policy.parse("b.yaml", "# a comment\nversion: 1\nrules:\n  - then: share\n    name: a\n    when: |\n      true\n");
        Policy other = Policy.parse("a.yaml", "rules: [ { name: a, when: \"true\", then: share, reason: because } ]");

        assertThat(same.hash()).isEqualTo(one.hash());
        assertThat(other.hash()).isNotEqualTo(one.hash());
        assertThat(one.canonical()).isEqualTo(
                "{\"rules\":[{\"assume\":[],\"council\":{},\"name\":\"a\",\"reason\":\"a\",\"rungs\":[],\"then\":\"share\",\"when\":\"true\"}],\"version\":1}");
    }

    @Test
    void shouldRingInTheRungsOfTheRuleButOnlyThoseWhoFit() {
        Policy policy = Policy.parse("test.yaml", """
                rules:
                  - name: all
                    when: "true"
                    then: people
                    rungs: [ [ "sip:BOTH@127.0.0.1", "sip:both@127.0.0.1:5082" ], [ main, "hazard:bias" ], [ any ] ]
                    council: { quorum: 1, deadline: PT1M, ring: early, withoutExpert: true }
                """.replace("\"sip:BOTH@127.0.0.1\", ", ""));
        Guard guard = Samples.guard(policy, SAFETY, LEGAL, BOTH, VISITOR);

        assertThat(guard.judge(facts("ESCALATE", 1, "safety"))).isInstanceOfSatisfying(Judgement.People.class, people -> {
            assertThat(people.rungs()).containsExactly(List.of(BOTH), List.of(SAFETY));
            assertThat(people.council()).isEqualTo(new CouncilRules(1, Duration.ofMinutes(1), Duration.ofSeconds(30), true, true));
        });
        assertThat(guard.judge(facts("ESCALATE", 1, "legal", "safety"))).isInstanceOfSatisfying(Judgement.People.class,
                people -> assertThat(people.rungs()).containsExactly(List.of(BOTH), List.of(LEGAL), List.of(SAFETY)));
    }

    @Test
    void shouldRefuseARungOfSomebodyWhoIsNotInTheRoster() {
        Policy policy = Policy.parse("test.yaml",
                "rules:\n  - name: all\n    when: \"true\"\n    then: people\n    rungs: [ [ main ],\n      [ \"sip:stranger@example.org\" ] ]\n");

        InvalidFile invalid = catchThrowableOfType(InvalidFile.class, () -> Samples.guard(policy, SAFETY));
        assertThat(invalid).hasMessageStartingWith("test.yaml:6: rule \"all\": sip:stranger@example.org is no expert of the roster");
    }

    @Test
    void shouldRefuseARuleThatLeavesNobodyToDecide() {
        Policy policy = Policy.parse("test.yaml",
                "rules: [ { name: all, when: \"true\", then: people, council: { quorum: 0, withoutExpert: true } } ]");

        assertThat(catchThrowableOfType(InvalidFile.class, () -> Samples.guard(policy, SAFETY))).hasMessageContaining("nobody decides");
    }

    @Test
    void shouldFindTheExampleOfTheDocsValid() throws IOException {
        Path here = Path.of("").toAbsolutePath();
        Path root = Files.exists(here.resolve("docs/policy.md")) ? here : here.getParent();
        String docs = Files.readString(root.resolve("docs/policy.md"));
        String example = docs.substring(docs.indexOf("```yaml") + 8, docs.indexOf("```", docs.indexOf("```yaml") + 8));

        assertThat(Policy.parse("docs/policy.md", example).rules()).extracting(Rule::name).containsExactly("night-legal", "the-rest");
    }

    private static List<Problem> problems(String yaml) {
        InvalidFile invalid = catchThrowableOfType(InvalidFile.class, () -> Policy.parse("test.yaml", yaml));
        assertThat(invalid).as("must be refused: %s", yaml.substring(0, Math.min(100, yaml.length()))).isNotNull();
        return invalid.problems();
    }
}
