package org.infrafabric.guard;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Who is on duty when. An expert who follows no schedule always is; one who follows a schedule is when it says so, or when any schedule names them as
 * substitute. Immutable; any thread.
 */
public final class Duties {
    /** How far ahead the next change is looked for: a year, and a day for February. */
    public static final Duration HORIZON = Duration.ofDays(367);
    private static final Duration STEP = Duration.ofDays(14);

    /** Everybody is always on duty. */
    public static final Duties ALWAYS = new Duties(List.of(), Map.of());

    private final List<Schedule> schedules;
    private final Map<String, Schedule> byExpert;
    private final Map<String, String> scheduleOf;

    /**
     * @param scheduleOf expert's URI in normal form → the id of the schedule that they follow
     * @throws IllegalArgumentException with a sentence for people when an id stands twice or names none
     */
    public Duties(List<Schedule> schedules, Map<String, String> scheduleOf) {
        this.schedules = List.copyOf(schedules);
        this.scheduleOf = Map.copyOf(scheduleOf);
        Map<String, Schedule> byId = schedules.stream().collect(Collectors.toMap(Schedule::id, each -> each, (one, two) -> {
            throw new IllegalArgumentException("schedule " + one.id() + " stands twice");
        }));
        this.byExpert = scheduleOf.entrySet().stream().collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, entry -> {
            Schedule schedule = byId.get(entry.getValue());
            if (schedule == null) throw new IllegalArgumentException("there is no schedule " + entry.getValue());
            return schedule;
        }));
    }

    public List<Schedule> schedules() { return schedules; }

    /** Expert's URI in normal form → the id of the schedule that they follow. */
    public Map<String, String> scheduleOf() { return scheduleOf; }

    /** @param uri in normal form, see {@link UriPattern#text} */
    public boolean onDuty(String uri, Instant now) {
        Schedule own = byExpert.get(uri);
        return own == null || own.holds(uri, now) || standsIn(uri, now);
    }

    /** Why somebody is on duty or not, for people. */
    public String why(String uri, Instant now) {
        Schedule own = byExpert.get(uri);
        if (own == null) return "always";
        Optional<Schedule.Substitute> other = own.substitute(now);
        if (other.isPresent() && !other.get().uri().equals(uri) && !standsIn(uri, now)) return other.get().uri() + " stands in";
        if (standsIn(uri, now)) return "stands in";
        boolean on = own.holds(uri, now);
        return (on ? "by schedule " : "not by schedule ") + own.id();
    }

    private boolean standsIn(String uri, Instant now) {
        return schedules.stream().anyMatch(each -> each.substitute(now).filter(substitute -> substitute.uri().equals(uri)).isPresent());
    }

    /**
     * The next moment at which one of these comes on duty or goes off, within {@link #HORIZON}.
     *
     * @param uris in normal form
     */
    public Optional<Instant> nextChange(Set<String> uris, Instant after) {
        Set<String> now = of(uris, after);
        for (Instant from = after; from.isBefore(after.plus(HORIZON)); from = from.plus(STEP)) {
            TreeSet<Instant> moments = new TreeSet<>();
            for (Schedule schedule : schedules) schedule.changes(from, from.plus(STEP), moments);
            for (Instant moment : moments) if (!of(uris, moment).equals(now)) return Optional.of(moment);
        }
        return Optional.empty();
    }

    private Set<String> of(Set<String> uris, Instant now) {
        return uris.stream().filter(uri -> onDuty(uri, now)).collect(Collectors.toSet());
    }
}
