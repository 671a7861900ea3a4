package org.infrafabric.guard;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * People who take turns. A turn is counted in days of the calendar, so each handoff is at the same time on the wall, summer and winter; at a handoff that the
 * clock skips the next one takes over as the clock jumps, at one that it shows twice the first time counts.
 *
 * @param members URIs, in the order of their turns
 * @param days of a turn, 1 to 366
 * @param at when a turn begins
 * @param first the day on which the first member's first turn begins; before it nobody has a turn
 */
record Rotation(List<String> members, int days, LocalTime at, LocalDate first) {
    private static final int LONGEST_DAYS = 366;
    private static final Pattern FORM = Pattern
            .compile("(?:daily|every ([0-9]{1,3}) days|(?:weekly|every ([0-9]{1,2}) weeks) ([A-Za-z]{3}))\\s+([0-9]{2}:[0-9]{2})");

    Rotation {
        members = List.copyOf(members);
        if (members.isEmpty()) throw new IllegalArgumentException("nobody is in the rotation; name its members");
    }

    /**
     * @param handoff {@code daily HH:MM}, {@code weekly DAY HH:MM}, {@code every N days HH:MM} or {@code every N weeks DAY HH:MM}
     * @param start with weeks: the first such day on or after it begins the first turn
     * @throws IllegalArgumentException with a sentence for people
     */
    static Rotation of(List<String> members, String handoff, LocalDate start) {
        Matcher parts = FORM.matcher(handoff.strip());
        if (!parts.matches()) {
            throw new IllegalArgumentException("\"" + YamlNode.shorten(handoff)
                    + "\" is no handoff; write weekly Mon 09:00, daily 09:00, every 2 weeks Mon 09:00 or every 3 days 09:00");
        }
        LocalTime at = WeeklyHours.time(parts.group(4));
        boolean weeks = parts.group(3) != null;
        int days = weeks ? 7 * number(parts.group(2)) : number(parts.group(1));
        if (days < 1 || days > LONGEST_DAYS)
            throw new IllegalArgumentException("a turn of " + days + " days; from 1 to " + LONGEST_DAYS + " are allowed");
        LocalDate first = weeks ? start.with(TemporalAdjusters.nextOrSame(WeeklyHours.day(parts.group(3)))) : start;
        return new Rotation(members, days, at, first);
    }

    private static int number(@org.jspecify.annotations.Nullable String digits) { return digits == null ? 1 : Integer.parseInt(digits); }

    /** Whose turn it is; empty before the first. */
    Optional<String> turn(Instant now, ZoneId zone) {
        long index = index(now, zone);
        return index < 0 ? Optional.empty() : Optional.of(members.get((int) (index % members.size())));
    }

    /** The first handoff after {@code now}. */
    Instant nextHandoff(Instant now, ZoneId zone) {
        return handoff(Math.max(0, index(now, zone) + 1), zone);
    }

    private long index(Instant now, ZoneId zone) {
        long index = Math.floorDiv(ChronoUnit.DAYS.between(first, now.atZone(zone).toLocalDate()), (long) days);
        while (index >= 0 && now.isBefore(handoff(index, zone))) index--; // of this day's handoff, or of one that was shifted past midnight
        return Math.max(-1, index);
    }

    private Instant handoff(long index, ZoneId zone) { return ZonedDateTime.of(first.plusDays(index * days), at, zone).toInstant(); }

    /** As it may stand in a file. */
    String handoffText() {
        if (days % 7 != 0) return (days == 1 ? "daily " : "every " + days + " days ") + at;
        DayOfWeek day = first.getDayOfWeek();
        return (days == 7 ? "weekly " : "every " + days / 7 + " weeks ") + WeeklyHours.name(day) + " " + at;
    }
}
