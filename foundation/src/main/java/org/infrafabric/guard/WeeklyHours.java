package org.infrafabric.guard;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Hours of a week by the clock on the wall, such as {@code Mon-Fri 08:00-18:00}. What the clock says is what counts: an hour that it shows twice when
 * summer time ends is covered twice, one that it skips is not there.
 *
 * @param days on which the hours begin
 * @param to exclusive; at or before {@code from}: on the day after
 */
record WeeklyHours(Set<DayOfWeek> days, LocalTime from, LocalTime to) {
    private static final List<String> NAMES = List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");
    private static final Pattern FORM = Pattern.compile("([A-Za-z,-]{3,40})\\s+([0-9]{2}:[0-9]{2})-([0-9]{2}:[0-9]{2})");

    WeeklyHours {
        days = Collections.unmodifiableSet(EnumSet.copyOf(days));
    }

    /** @throws IllegalArgumentException with a sentence for people */
    static WeeklyHours parse(String text) {
        Matcher parts = FORM.matcher(text.strip());
        if (!parts.matches())
            throw new IllegalArgumentException(
                    "\"" + YamlNode.shorten(text) + "\" are no hours; write DAYS HH:MM-HH:MM, such as Mon-Fri 08:00-18:00");
        Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
        for (String range : parts.group(1).split(",", -1)) days.addAll(range(range));
        return new WeeklyHours(days, time(parts.group(2)), parts.group(3).equals("24:00") ? LocalTime.MIDNIGHT : time(parts.group(3)));
    }

    /** @throws IllegalArgumentException with a sentence for people */
    static DayOfWeek day(String name) {
        int index = NAMES.indexOf(name.strip().toLowerCase(Locale.ROOT));
        if (index < 0) throw new IllegalArgumentException("\"" + YamlNode.shorten(name) + "\" is no day; write Mon, Tue, Wed, Thu, Fri, Sat or Sun");
        return DayOfWeek.of(index + 1);
    }

    /** @throws IllegalArgumentException with a sentence for people */
    static LocalTime time(String text) {
        try {
            return LocalTime.parse(text);
        } catch (java.time.format.DateTimeParseException none) {
            throw new IllegalArgumentException("\"" + YamlNode.shorten(text) + "\" is no time; write HH:MM from 00:00 to 23:59", none);
        }
    }

    static String name(DayOfWeek day) {
        String small = NAMES.get(day.getValue() - 1);
        return Character.toUpperCase(small.charAt(0)) + small.substring(1);
    }

    /** @param excepted days on which no hours begin */
    boolean cover(LocalDateTime local, Predicate<LocalDate> excepted) {
        LocalDate today = local.toLocalDate();
        LocalTime now = local.toLocalTime();
        if (to.isAfter(from)) return begin(today, excepted) && !now.isBefore(from) && now.isBefore(to);
        return begin(today, excepted) && !now.isBefore(from) || begin(today.minusDays(1), excepted) && now.isBefore(to);
    }

    private boolean begin(LocalDate day, Predicate<LocalDate> excepted) { return days.contains(day.getDayOfWeek()) && !excepted.test(day); }

    /** As it may stand in a file. */
    String text() {
        return days.stream().map(WeeklyHours::name).collect(Collectors.joining(",")) + " " + from + "-"
                + (to.equals(LocalTime.MIDNIGHT) ? "24:00" : to);
    }

    private static List<DayOfWeek> range(String text) {
        String[] ends = text.split("-", -1);
        if (ends.length > 2) throw new IllegalArgumentException("\"" + text + "\" is no range of days; write Mon-Fri");
        List<DayOfWeek> days = new ArrayList<>(List.of(day(ends[0])));
        DayOfWeek last = day(ends[ends.length - 1]);
        while (days.getLast() != last) days.add(days.getLast().plus(1)); // Fri-Mon goes over the weekend
        return days;
    }
}
