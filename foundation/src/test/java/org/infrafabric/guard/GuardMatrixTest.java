package org.infrafabric.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/**
 * Hazards × roster × time × severity × source, under policies of all shapes: what comes out is held against a reading of the same rules in plain Java. Nothing
 * uncovered is ever allowed: without people a message goes on only where a rule that says share is true of it.
 */
class GuardMatrixTest {
    private static final List<String> HAZARDS = List.of("safety", "legal", "bias");
    private static final ZoneId PARIS = ZoneId.of("Europe/Paris");
    private static final List<Instant> TIMES = List.of(Instant.parse("2026-11-20T12:00:00Z"), Instant.parse("2026-11-20T03:00:00Z"),
            Instant.parse("2026-11-21T12:00:00Z"), Instant.parse("2026-03-29T01:30:00Z"), Instant.parse("2026-10-25T00:30:00Z"),
            Instant.parse("2026-10-25T01:30:00Z"));

    /** What a condition says of facts: true, false, or nothing, since it fails. */
    private record When(String cel, java.util.function.Function<Facts, Optional<Boolean>> java) {
        static When of(String cel, Predicate<Facts> java) { return new When(cel, facts -> Optional.of(java.test(facts))); }
    }

    /** Too much work once there is a hazard. */
    private static final When TOO_MUCH = new When("message.hazards.exists(a, [0,1,2,3,4,5,6,7,8,9].exists(b, [0,1,2,3,4,5,6,7,8,9].exists(c, "
            + "[0,1,2,3,4,5,6,7,8,9].exists(d, [0,1,2,3,4,5,6,7,8,9].exists(e, b + c + d + e < 0)))))",
            facts -> facts.hazards().isEmpty() ? Optional.of(false) : Optional.empty());

    private static final List<When> CONDITIONS = List.of(When.of("true", facts -> true), When.of("false", facts -> false),
            When.of("\"legal\" in message.hazards", facts -> facts.hazards().contains("legal")),
            When.of("message.hazards.exists(h, h in [\"safety\", \"bias\"])",
                    facts -> facts.hazards().contains("safety") || facts.hazards().contains("bias")),
            When.of("message.hazards.all(h, h == \"legal\")", facts -> facts.hazards().stream().allMatch("legal"::equals)),
            When.of("message.severity == \"critical\"", facts -> facts.severity().equals("critical")),
            When.of("message.source.endsWith(\"/a\") && message.level >= 3", facts -> facts.source().endsWith("/a") && facts.level() >= 3),
            When.of("has(message.confidence) && message.confidence >= 0.5", facts -> facts.confidence().orElse(0) >= 0.5),
            new When("message.confidence < 0.5",
                    facts -> facts.confidence().isEmpty() ? Optional.empty() : Optional.of(facts.confidence().getAsDouble() < 0.5)),
            new When("message.hazards[0] == \"legal\"",
                    facts -> facts.hazards().isEmpty() ? Optional.empty() : Optional.of(facts.hazards().getFirst().equals("legal"))),
            When.of("now.getHours(\"Europe/Paris\") < 7", facts -> facts.now().atZone(PARIS).getHour() < 7),
            TOO_MUCH);

    private record Row(When when, Rule.Then then, boolean assume, boolean inRungs) {
        String yaml(int number) {
            String people = then == Rule.Then.PEOPLE ? (assume ? ", assume: [safety]" : "") + (inRungs ? ", rungs: [[main], [any]]" : "") : "";
            return "  - { name: r" + number + ", when: '" + when.cel + "', then: " + then.word() + people + " }\n";
        }
    }

    private record House(List<Expert> experts, Map<String, Duty> duties) {
        Roster roster() {
            List<Schedule> schedules = new ArrayList<>();
            Map<String, String> follow = new HashMap<>();
            duties.forEach((uri, duty) -> {
                if (duty == Duty.ALWAYS) return;
                schedules.add(new Schedule(uri, PARIS, List.of(WeeklyHours.parse(duty.hours)), List.of(), Optional.empty(), List.of()));
                follow.put(uri, uri);
            });
            return new Roster(List.of(), experts, List.of(Samples.SAGE), new Duties(schedules, follow));
        }
    }

    private enum Duty {
        ALWAYS(""), OFFICE("Mon-Fri 08:00-18:00"), NIGHT("Mon-Sun 22:00-06:00");

        private final String hours;

        Duty(String hours) { this.hours = hours; }

        boolean on(Instant now) {
            ZonedDateTime paris = now.atZone(PARIS);
            LocalTime time = paris.toLocalTime();
            return switch (this) {
                case ALWAYS -> true;
                case OFFICE -> paris.getDayOfWeek().compareTo(DayOfWeek.FRIDAY) <= 0 && time.getHour() >= 8 && time.getHour() < 18;
                case NIGHT -> time.getHour() >= 22 || time.getHour() < 6;
            };
        }
    }

    @Test
    void shouldAllowNothingUncoveredInAnyCombination() {
        List<List<Row>> policies = List.of(List.of(row(1, Rule.Then.SHARE)), List.of(row(2, Rule.Then.PEOPLE), row(7, Rule.Then.SHARE)),
                List.of(row(5, Rule.Then.DENY), row(8, Rule.Then.SHARE), row(0, Rule.Then.PEOPLE)),
                List.of(row(9, Rule.Then.HOLD), row(0, Rule.Then.SHARE)),
                List.of(row(10, Rule.Then.PEOPLE), row(3, Rule.Then.PEOPLE), row(6, Rule.Then.SHARE)),
                List.of(row(11, Rule.Then.SHARE), row(0, Rule.Then.SHARE)));
        List<House> houses = new ArrayList<>();
        for (Duty one : Duty.values()) {
            for (Duty two : Duty.values())
                houses.add(house(List.of(Samples.expert("sip:s@x.example", "safety"), Samples.expert("sip:l@x.example", "legal"),
                        Samples.expert("sip:p-*@x.example", "bias")), one, two));
            houses.add(house(List.of(Samples.expert("sip:b@x.example", "bias")), one));
        }
        houses.add(house(List.of()));
        Set<String> results = new HashSet<>();
        int combinations = 0;
        for (List<Row> rows : policies) {
            boolean dear = rows.stream().anyMatch(row -> row.when == TOO_MUCH);
            for (House house : dear ? houses.subList(0, 1) : houses) {
                Guard guard = new Guard(policy(rows), house.roster(), Samples.SETTINGS);
                for (Facts facts : allFacts()) {
                    results.add(check(guard, rows, house, facts));
                    combinations++;
                }
            }
        }
        assertThat(combinations).isGreaterThan(15_000);
        assertThat(results).as("each way out was walked").containsExactlyInAnyOrder("people", "people without rungs", "hold", "share", "deny",
                "deny, failed",
                "deny, uncovered", "deny, nobody");
    }

    @Property(seed = "1", tries = 100)
    void shouldAllowNothingUncoveredUnderAnyPolicyAndRoster(@ForAll("policies") List<Row> rows, @ForAll("houses") House house,
            @ForAll("facts") List<Facts> messages) {
        Guard guard = new Guard(policy(rows), house.roster(), Samples.SETTINGS);
        for (Facts facts : messages) {
            String unused = check(guard, rows, house, facts);
        }
    }

    @Test
    void shouldDenyWhenTheGuardItselfFails() {
        Guard guard = Samples.guard("true");

        assertThat(guard.judge(null, Samples.NOW, 0)).isInstanceOf(Judgement.Denied.class);
        assertThat(guard.judge((Facts) null)).isInstanceOf(Judgement.Denied.class);
    }

    @Test
    void shouldAnswerAHazardThatNobodyKnowsWithDenial() {
        Guard guard = Samples.guard(Policy.builtIn(), Samples.SAFETY, Samples.LEGAL);

        assertThat(guard.judge(Samples.facts("ESCALATE", 0.9, "unheard-of"))).isInstanceOf(Judgement.Denied.class);
    }

    /** Holds a judgement against the plain reading of the rules; gives the way that it went. */
    private static String check(Guard guard, List<Row> rows, House house, Facts facts) {
        Judgement judgement = guard.judge(facts);
        String as = facts + " under " + rows + " with " + house;
        for (Row row : rows) {
            Optional<Boolean> fires = row.when.java.apply(facts);
            if (fires.isEmpty()) {
                assertThat(judgement).as(as).isInstanceOf(Judgement.Denied.class);
                assertThat(judgement.ruling().reason()).as(as).startsWith("the rule could not be evaluated");
                return "deny, failed";
            }
            if (!fires.get()) continue;
            if (row.then == Rule.Then.PEOPLE) return people(judgement, row, house, facts, as);
            assertThat(judgement.result()).as(as).isEqualTo(row.then.word());
            return row.then.word();
        }
        assertThat(judgement).as(as).isInstanceOf(Judgement.Denied.class);
        assertThat(judgement.ruling().rule()).as(as).isEqualTo(Guard.NO_RULE);
        return "deny, uncovered";
    }

    private static String people(Judgement judgement, Row row, House house, Facts facts, String as) {
        List<String> hazards = facts.hazards().isEmpty() && row.assume ? List.of("safety") : facts.hazards();
        Set<String> fit = house.experts.stream()
                .filter(expert -> !expert.uri().contains("*") && expert.hazards().stream().anyMatch(hazards::contains))
                .map(Expert::uri).collect(Collectors.toSet());
        if (fit.isEmpty()) {
            assertThat(judgement).as(as).isInstanceOf(Judgement.Denied.class);
            return "deny, nobody";
        }
        Set<String> on = fit.stream().filter(uri -> house.duties.getOrDefault(uri, Duty.ALWAYS).on(facts.now())).collect(Collectors.toSet());
        assertThat(judgement).as(as).isInstanceOfSatisfying(Judgement.People.class,
                people -> assertThat(people.rungs().stream().flatMap(List::stream).map(Expert::uri)).as(as).containsExactlyInAnyOrderElementsOf(on));
        return on.isEmpty() ? "people without rungs" : "people";
    }

    private static Row row(int condition, Rule.Then then) { return new Row(CONDITIONS.get(condition), then, condition % 2 == 0, condition % 3 == 0); }

    private static Policy policy(List<Row> rows) {
        StringBuilder yaml = new StringBuilder("rules:\n");
        for (int i = 0; i < rows.size(); i++) yaml.append(rows.get(i).yaml(i));
        return Policy.parse("generated.yaml", yaml.toString());
    }

    private static House house(List<Expert> experts, Duty... duties) {
        Map<String, Duty> byUri = new HashMap<>();
        for (int i = 0; i < duties.length; i++) byUri.put(experts.get(i).uri(), duties[i]);
        return new House(experts, byUri);
    }

    private static List<Facts> allFacts() {
        List<Facts> all = new ArrayList<>();
        List<List<String>> hazards = List.of(List.of(), List.of("safety"), List.of("legal"), List.of("bias", "legal"), List.of("legal", "safety"),
                List.of("unheard-of"));
        for (List<String> named : hazards)
            for (Instant now : TIMES)
                for (String severity : List.of("", "critical"))
                    for (String source : List.of("if://agent/a", "if://agent/b"))
                        for (OptionalDouble sure : List.of(OptionalDouble.empty(), OptionalDouble.of(0.9)))
                            all.add(facts(named, severity, source, sure, 3, now));
        return all;
    }

    private static Facts facts(List<String> hazards, String severity, String source, OptionalDouble sure, int level, Instant now) {
        return new Facts("m", "ESCALATE", hazards, severity, level, source, "if://b", sure, "", "", 0, now, Optional.empty(), now);
    }

    @Provide
    Arbitrary<List<Row>> policies() {
        return Combinators
                .combine(Arbitraries.of(CONDITIONS), Arbitraries.of(Rule.Then.values()), Arbitraries.of(true, false), Arbitraries.of(true, false))
                .as(Row::new).list().ofMinSize(1).ofMaxSize(6);
    }

    @Provide
    Arbitrary<House> houses() {
        return Combinators
                .combine(Arbitraries.of(HAZARDS).set().ofMinSize(1).ofMaxSize(2), Arbitraries.of(Duty.values()), Arbitraries.of(true, true, false))
                .as((fields, duty, ringable) -> Map
                        .entry(Samples.expert(ringable ? "sip:e@x.example" : "sip:p-*@x.example", fields.toArray(String[]::new)), duty))
                .list().ofMaxSize(5).map(entries -> {
                    List<Expert> experts = new ArrayList<>();
                    Map<String, Duty> duties = new HashMap<>();
                    for (int i = 0; i < entries.size(); i++) {
                        Expert drawn = entries.get(i).getKey();
                        Expert expert = Samples.expert(drawn.uri().replace("@", i + "@"), drawn.hazards().toArray(String[]::new));
                        experts.add(expert);
                        if (!expert.uri().contains("*")) duties.put(expert.uri(), entries.get(i).getValue());
                    }
                    return new House(experts, duties);
                });
    }

    @Provide
    Arbitrary<List<Facts>> facts() {
        Arbitrary<OptionalDouble> sure = Arbitraries.doubles().between(0, 1).injectNull(0.3)
                .map(value -> value == null ? OptionalDouble.empty() : OptionalDouble.of(value));
        return Combinators
                .combine(Arbitraries.of("safety", "legal", "bias", "unheard-of").list().uniqueElements().ofMaxSize(4),
                        Arbitraries.of("", "low", "medium", "high", "critical"), Arbitraries.of("if://agent/a", "if://agent/b"), sure,
                        Arbitraries.integers().between(1, 5), Arbitraries.longs().between(1_760_000_000L, 1_800_000_000L).map(Instant::ofEpochSecond))
                .as(GuardMatrixTest::facts).list().ofMinSize(5).ofMaxSize(25);
    }
}
