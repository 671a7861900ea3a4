package org.infrafabric.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {
    private static final ZoneId PARIS = ZoneId.of("Europe/Paris");
    private static final String ADA = "sip:ada@x.example";
    private static final String BOB = "sip:bob@x.example";
    private static final String EVE = "sip:eve@x.example";

    @ParameterizedTest
    @CsvSource({"2026-11-20T08:00+01:00, true", "2026-11-20T07:59:59.999+01:00, false", "2026-11-20T17:59:59+01:00, true",
        "2026-11-20T18:00+01:00, false", "2026-11-21T12:00+01:00, false", "2026-07-03T08:00+02:00, true", "2026-07-03T07:30+02:00, false"})
    void shouldKeepHoursByTheClockOfItsZone(String at, boolean on) {
        assertThat(paris("Mon-Fri 08:00-18:00").holds(ADA, at(at))).isEqualTo(on);
    }

    @ParameterizedTest
    @CsvSource({"2026-11-20T22:00Z, true", "2026-11-21T05:59Z, true", "2026-11-21T06:00Z, false", "2026-11-21T22:30Z, false",
        "2026-11-20T03:00Z, false"})
    void shouldGoOnPastMidnightUntilTheDayAfter(String at, boolean on) {
        assertThat(schedule("UTC", List.of("Fri 22:00-06:00"), List.of()).holds(ADA, at(at))).isEqualTo(on);
    }

    @Test
    void shouldReadRangesListsAndWholeDays() {
        assertThat(WeeklyHours.parse("Fri-Mon 00:00-24:00").text()).isEqualTo("Mon,Fri,Sat,Sun 00:00-24:00");
        assertThat(WeeklyHours.parse("mon,Wed-thu 08:00-09:30").text()).isEqualTo("Mon,Wed,Thu 08:00-09:30");
        assertThat(minutesOn(paris("Mon-Sun 00:00-24:00"), "2026-11-02T00:00+01:00", Duration.ofDays(7))).isEqualTo(7 * 24 * 60);
    }

    /** 2026-03-29 in Paris the clock goes from 02:00 to 03:00; 2026-10-25 from 03:00 back to 02:00. */
    @ParameterizedTest
    @CsvSource({"Sun 02:00-03:00, 2026-03-29, 0", "Sun 02:00-03:00, 2026-10-25, 120", "Sun 00:00-24:00, 2026-03-29, 1380",
        "Sun 00:00-24:00, 2026-10-25, 1500", "Sun 01:30-03:30, 2026-03-29, 60", "Sun 01:30-03:30, 2026-10-25, 180",
        "Sat 22:00-06:00, 2026-03-28, 420",
        "Sat 22:00-06:00, 2026-10-24, 540"})
    void shouldLeaveOutTheHourThatSpringSkipsAndCoverTwiceTheOneThatAutumnRepeats(String hours, LocalDate day, long minutes) {
        Instant midnight = day.atStartOfDay(PARIS).toInstant();

        assertThat(minutesOn(paris(hours), midnight.toString(), Duration.ofHours(40))).isEqualTo(minutes);
    }

    @Test
    void shouldNotBeginOnExceptedDays() {
        Schedule nights = schedule("Europe/Paris", List.of("Mon-Sun 22:00-06:00"), List.of("2026-12-24..2026-12-25", "2027-01-01"));

        assertThat(nights.holds(ADA, at("2026-12-24T05:00+01:00"))).as("the night that began on the 23rd").isTrue();
        assertThat(nights.holds(ADA, at("2026-12-24T23:00+01:00"))).isFalse();
        assertThat(nights.holds(ADA, at("2026-12-26T05:00+01:00"))).as("the night that would have begun on the 25th").isFalse();
        assertThat(nights.holds(ADA, at("2026-12-26T22:00+01:00"))).isTrue();
        assertThat(schedule("Europe/Paris", List.of(), List.of("2026-12-24")).holds(ADA, at("2026-12-24T00:00+01:00"))).isFalse();
        assertThat(schedule("Europe/Paris", List.of(), List.of("2026-12-24")).holds(ADA, at("2026-12-25T00:00+01:00"))).isTrue();
    }

    @Test
    void shouldHandOverAtTheSameTimeOnTheWallSummerAndWinter() {
        Schedule weeks = rotating("weekly Mon 09:00", "2026-10-14", ADA, BOB);

        assertThat(turn(weeks, "2026-10-19T08:59+02:00")).as("before the first turn").isEmpty();
        assertThat(turn(weeks, "2026-10-19T09:00+02:00")).containsExactly(ADA);
        assertThat(turn(weeks, "2026-10-26T08:59+01:00")).as("an hour longer, since the clock went back").containsExactly(ADA);
        assertThat(turn(weeks, "2026-10-26T09:00+01:00")).containsExactly(BOB);
        assertThat(turn(weeks, "2026-11-02T09:00+01:00")).containsExactly(ADA);
    }

    @Test
    void shouldHandOverOnceWhenTheClockSkipsOrRepeatsTheHandoff() {
        Schedule days = rotating("daily 02:30", "2026-03-28", ADA, BOB);
        assertThat(turn(days, "2026-03-29T01:59+01:00")).containsExactly(ADA);
        assertThat(turn(days, "2026-03-29T03:29+02:00")).containsExactly(ADA);
        assertThat(turn(days, "2026-03-29T03:30+02:00")).containsExactly(BOB);

        Schedule autumn = rotating("daily 02:30", "2026-10-24", ADA, BOB);
        assertThat(turn(autumn, "2026-10-25T02:29+02:00")).containsExactly(ADA);
        assertThat(turn(autumn, "2026-10-25T02:30+02:00")).containsExactly(BOB);
        assertThat(turn(autumn, "2026-10-25T02:15+01:00")).as("the hour again").containsExactly(BOB);
        assertThat(turn(autumn, "2026-10-26T02:30+01:00")).containsExactly(ADA);
    }

    @Test
    void shouldCountLongTurns() {
        Schedule fortnights = rotating("every 2 weeks Fri 17:00", "2026-11-01", ADA, BOB, EVE);

        assertThat(turn(fortnights, "2026-11-06T17:00+01:00")).containsExactly(ADA);
        assertThat(turn(fortnights, "2026-11-19T17:00+01:00")).containsExactly(ADA);
        assertThat(turn(fortnights, "2026-11-20T17:00+01:00")).containsExactly(BOB);
        assertThat(turn(fortnights, "2026-12-18T16:59+01:00")).containsExactly(EVE);
        assertThat(turn(fortnights, "2026-12-18T17:00+01:00")).containsExactly(ADA);
        assertThat(fortnights.rotation().orElseThrow().handoffText()).isEqualTo("every 2 weeks Fri 17:00");
    }

    /** Whoever the rotation and whenever: exactly one member from the first handoff on, for a turn of the right number of days. */
    @Property(seed = "1", tries = 300)
    void shouldAlwaysHaveOneTurnAndNoGap(@ForAll @IntRange(min = 1, max = 40) int days, @ForAll @IntRange(min = 0, max = 1439) int minute,
            @ForAll @LongRange(min = 1_770_000_000L, max = 1_900_000_000L) long second) {
        Rotation turns = new Rotation(List.of(ADA, BOB, EVE), days, java.time.LocalTime.ofSecondOfDay(minute * 60L), LocalDate.parse("2026-01-01"));
        Instant now = Instant.ofEpochSecond(second);

        Instant next = turns.nextHandoff(now, PARIS);
        String holder = turns.turn(now, PARIS).orElseThrow();

        assertThat(next).isAfter(now);
        assertThat(turns.turn(next.minusNanos(1), PARIS)).contains(holder);
        assertThat(turns.turn(next, PARIS)).isNotEqualTo(Optional.of(holder)).isPresent();
        assertThat(Duration.between(now, next)).isLessThanOrEqualTo(Duration.ofDays(days).plusHours(1));
    }

    @Test
    void shouldLetASubstituteHoldTheDutyAloneWhateverTheHours() {
        Schedule desk = new Schedule("desk", PARIS, List.of(WeeklyHours.parse("Mon-Fri 08:00-18:00")), List.of(), Optional.empty(),
                List.of(new Schedule.Substitute(at("2026-11-20T12:00+01:00"), at("2026-11-21T12:00+01:00"), EVE)));
        Duties duties = new Duties(List.of(desk), Map.of(ADA, "desk", EVE, "desk"));

        assertThat(duties.onDuty(ADA, at("2026-11-20T11:59+01:00"))).isTrue();
        assertThat(duties.onDuty(EVE, at("2026-11-20T11:59+01:00"))).isTrue();
        assertThat(duties.onDuty(ADA, at("2026-11-20T12:00+01:00"))).isFalse();
        assertThat(duties.onDuty(EVE, at("2026-11-20T23:00+01:00"))).as("outside the hours").isTrue();
        assertThat(duties.onDuty(EVE, at("2026-11-21T12:00+01:00"))).isFalse();
        assertThat(duties.onDuty(BOB, at("2026-11-20T12:00+01:00"))).as("follows no schedule").isTrue();
        assertThat(duties.why(ADA, at("2026-11-20T12:00+01:00"))).isEqualTo(EVE + " stands in");
    }

    @Test
    void shouldFindTheNextChange() {
        Schedule desk = paris("Mon-Fri 08:00-18:00");
        Duties duties = new Duties(List.of(desk, rotating("weekly Mon 09:00", "2026-11-02", BOB, EVE)), Map.of(ADA, "s", BOB, "turns", EVE, "turns"));

        assertThat(duties.nextChange(Set.of(ADA), at("2026-11-20T12:00+01:00"))).contains(at("2026-11-20T18:00+01:00"));
        assertThat(duties.nextChange(Set.of(ADA), at("2026-11-20T18:00+01:00"))).contains(at("2026-11-23T08:00+01:00"));
        assertThat(duties.nextChange(Set.of(BOB, EVE), at("2026-11-20T12:00+01:00"))).contains(at("2026-11-23T09:00+01:00"));
        assertThat(Duties.ALWAYS.nextChange(Set.of(ADA), at("2026-11-20T12:00Z"))).isEmpty();
        Schedule rare = schedule("UTC", List.of(), List.of("2027-06-01"));
        assertThat(new Duties(List.of(rare), Map.of(ADA, "s")).nextChange(Set.of(ADA), at("2026-11-20T12:00Z"))).contains(at("2027-06-01T00:00Z"));
    }

    /** The next change is one, and nothing changes before it. */
    @Property(seed = "1", tries = 60)
    void shouldMissNoChange(@ForAll @LongRange(min = 1_790_000_000L, max = 1_800_000_000L) long second) {
        Schedule desk = paris("Mon-Fri 08:00-18:00");
        Schedule nights = new Schedule("n", PARIS, List.of(WeeklyHours.parse("Sat,Sun 22:00-06:15")), List.of(Schedule.Days.parse("2026-10-24")),
                Optional.empty(), List.of());
        Duties duties = new Duties(List.of(desk, nights), Map.of(ADA, "s", BOB, "n"));
        Instant now = Instant.ofEpochSecond(second);

        Instant next = duties.nextChange(Set.of(ADA, BOB), now).orElseThrow();

        assertThat(of(duties, next)).isNotEqualTo(of(duties, now));
        for (Instant each = now; each.isBefore(next); each = each.plusSeconds(300)) assertThat(of(duties, each)).isEqualTo(of(duties, now));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Mon 8:00-18:00", "Mon-Fri", "Mun 08:00-18:00", "Mon-Wed-Fri 08:00-18:00", "Mon 25:00-26:00", "Mon 08:00-24:01", "",
        "Mon, 08:00-09:00"})
    void shouldRefuseWhatAreNoHours(String text) {
        assertThatThrownBy(() -> WeeklyHours.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldRefuseWhatIsNoScheduleWithItsLine() {
        List<Problem> problems = new ArrayList<>();
        YamlNode node = YamlNode.read("s.yaml", """
                zone: Europe/Pariss
                weekly:
                  - Mon-Fri 08:00-18:00
                  - Mon 8-9
                except: [soon]
                rotation:
                  members: ["sip:*@x.example"]
                  handoff: sometimes
                  start: 2026-13-01
                overrides:
                  - { from: "2026-11-20T12:00", to: "2026-11-20T11:00", substitute: "sip:a@x.example" }
                  - { from: yesterday, to: "2026-11-20T11:00", substitute: nobody }
                """, problems).orElseThrow();

        assertThat(ScheduleFile.read(YamlSection.root("s.yaml", node, problems, key -> {}), "s")).isEmpty();

        assertThat(problems).extracting(problem -> problem.line() + " " + problem.where()).containsExactly("1 zone", "4 weekly[1]", "5 except[0]",
                "7 rotation.members[0]", "9 rotation.start", "11 overrides[0].to", "12 overrides[1].from", "12 overrides[1].substitute");
        assertThatThrownBy(() -> Schedule.zone("+02:00")).hasMessageContaining("knows no summer time");
        assertThatThrownBy(() -> new Schedule("s", PARIS, List.of(), List.of(), Optional.empty(),
                List.of(new Schedule.Substitute(at("2026-11-20T12:00Z"), at("2026-11-20T14:00Z"), ADA),
                        new Schedule.Substitute(at("2026-11-20T13:00Z"), at("2026-11-20T15:00Z"), BOB))))
                .hasMessageContaining("two overrides");
    }

    @Test
    void shouldRingOnlyWhoIsOnDutyAndExhaustWhenNobodyIs() {
        Schedule desk = schedule("UTC", List.of("Mon-Fri 08:00-18:00"), List.of());
        String uri = Samples.SAFETY.uri();
        Roster roster = new Roster(List.of(), List.of(Samples.SAFETY, Samples.BOTH), List.of(Samples.SAGE),
                new Duties(List.of(desk), Map.of(uri, "s")));
        Roster alone = new Roster(List.of(), List.of(Samples.SAFETY), List.of(Samples.SAGE), new Duties(List.of(desk), Map.of(uri, "s")));
        Facts saturday = Samples.facts("ESCALATE", 0.5, "safety"); // 2026-11-21 is one

        assertThat(new Guard(Policy.builtIn(), roster, Samples.SETTINGS).judge(saturday)).isInstanceOfSatisfying(Judgement.People.class,
                people -> assertThat(people.rungs()).containsExactly(List.of(Samples.BOTH)));
        Guard guard = new Guard(Policy.builtIn(), alone, Samples.SETTINGS);
        assertThat(guard.judge(saturday)).isInstanceOfSatisfying(Judgement.People.class, people -> assertThat(people.rungs()).isEmpty());
        assertThat(guard.explain(saturday).text()).contains("is off duty, not by schedule s");
        assertThat(guard.judge(Samples.facts("ESCALATE", 0.5, "bias"))).isInstanceOf(Judgement.Denied.class);
    }

    private static Set<String> of(Duties duties, Instant now) {
        Set<String> on = new java.util.HashSet<>();
        for (String uri : List.of(ADA, BOB)) if (duties.onDuty(uri, now)) on.add(uri);
        return on;
    }

    private static List<String> turn(Schedule schedule, String at) {
        return List.of(ADA, BOB, EVE).stream().filter(uri -> schedule.holds(uri, at(at))).toList();
    }

    private static long minutesOn(Schedule schedule, String from, Duration during) {
        Instant start = at(from);
        return java.util.stream.LongStream.range(0, during.toMinutes()).filter(minute -> schedule.holds(ADA, start.plusSeconds(minute * 60))).count();
    }

    private static Schedule rotating(String handoff, String start, String... members) {
        return new Schedule("turns", PARIS, List.of(), List.of(), Optional.of(Rotation.of(List.of(members), handoff, LocalDate.parse(start))),
                List.of());
    }

    private static Schedule paris(String hours) { return schedule("Europe/Paris", List.of(hours), List.of()); }

    private static Schedule schedule(String zone, List<String> weekly, List<String> except) {
        return new Schedule("s", Schedule.zone(zone), weekly.stream().map(WeeklyHours::parse).toList(),
                except.stream().map(Schedule.Days::parse).toList(), Optional.empty(), List.of());
    }

    private static Instant at(String text) { return Schedule.moment(text, PARIS); }
}
