package org.infrafabric.guard;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.time.zone.ZoneOffsetTransition;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * When somebody is on duty: hours of the week, days on which these do not begin, whose turn it is, and who stands in for whom. As in PagerDuty, Opsgenie and
 * Grafana OnCall a substitute is put there by name and for a time, so hours and turns do not ask about them. All times are those of one zone.
 *
 * @param id names it in errors and in the log
 * @param weekly empty: at any hour
 * @param except days on which no hours begin
 * @param rotation who of several has the duty; empty: each of those who follow this schedule
 * @param substitutes no two at the same time
 */
public record Schedule(String id, ZoneId zone, List<WeeklyHours> weekly, List<Days> except, Optional<Rotation> rotation,
        List<Substitute> substitutes) {

    /** @param last inclusive */
    record Days(LocalDate first, LocalDate last) {
        static Days parse(String text) {
            String[] ends = text.strip().split("\\.\\.", -1);
            if (ends.length > 2)
                throw new IllegalArgumentException("\"" + YamlNode.shorten(text) + "\" is no day; write 2026-12-25 or 2026-12-24..2027-01-01");
            Days days = new Days(date(ends[0]), date(ends[ends.length - 1]));
            if (days.last.isBefore(days.first)) throw new IllegalArgumentException(text + " ends before it begins");
            return days;
        }

        boolean hold(LocalDate day) { return !day.isBefore(first) && !day.isAfter(last); }

        String text() { return first.equals(last) ? first.toString() : first + ".." + last; }
    }

    /**
     * Who has the duty for a while, alone.
     *
     * @param to exclusive
     * @param uri an expert of the roster
     */
    record Substitute(Instant from, Instant to, String uri) {
        boolean hold(Instant now) { return !now.isBefore(from) && now.isBefore(to); }
    }

    public Schedule {
        weekly = List.copyOf(weekly);
        except = List.copyOf(except);
        substitutes = List.copyOf(substitutes);
        for (int i = 0; i < substitutes.size(); i++) {
            for (Substitute other : substitutes.subList(0, i)) {
                if (substitutes.get(i).from.isBefore(other.to) && other.from.isBefore(substitutes.get(i).to))
                    throw new IllegalArgumentException("two overrides hold at " + substitutes.get(i).from + "; let one end before the other begins");
            }
        }
    }

    /** Throws {@link IllegalArgumentException} with a sentence for people. */
    static LocalDate date(String text) {
        try {
            return LocalDate.parse(text.strip());
        } catch (DateTimeParseException none) {
            throw new IllegalArgumentException("\"" + YamlNode.shorten(text) + "\" is no day; write YYYY-MM-DD", none);
        }
    }

    /** An IANA zone. Throws {@link IllegalArgumentException} with a sentence for people. */
    static ZoneId zone(String text) {
        try {
            ZoneId zone = ZoneId.of(text);
            if (zone instanceof ZoneOffset && !text.equals("Z"))
                throw new IllegalArgumentException(text + " is an offset, which knows no summer time; write a zone");
            return zone;
        } catch (DateTimeException none) {
            throw new IllegalArgumentException("\"" + YamlNode.shorten(text) + "\" is no time zone; write one such as Europe/Paris or UTC", none);
        }
    }

    /**
     * A moment: with an offset, or by the clock of {@code zone}. A local time that the clock shows twice means the first, one that it skips the same time
     * after the jump. Throws {@link IllegalArgumentException} with a sentence for people.
     */
    static Instant moment(String text, ZoneId zone) {
        String stripped = text.strip();
        try {
            return OffsetDateTime.parse(stripped).toInstant();
        } catch (DateTimeParseException local) {
            // no offset: by the clock of the zone
        }
        try {
            return LocalDateTime.parse(stripped).atZone(zone).toInstant();
        } catch (DateTimeParseException none) {
            throw new IllegalArgumentException("\"" + YamlNode.shorten(text) + "\" is no moment; write 2026-12-24T18:00, or with an offset", none);
        }
    }

    /** Who take turns, in normal form; empty without a rotation. */
    public Optional<List<String>> members() {
        return rotation.map(Rotation::members);
    }

    /** Everybody whom it names: who takes turns and who stands in. */
    public Set<String> names() {
        Set<String> names = new LinkedHashSet<>(members().orElse(List.of()));
        substitutes.forEach(each -> names.add(each.uri));
        return names;
    }

    /** Whether this expert is on duty by this schedule, which they follow. URIs in normal form. */
    boolean holds(String uri, Instant now) {
        Optional<Substitute> substitute = substitute(now);
        if (substitute.isPresent()) return substitute.get().uri().equals(uri);
        return open(now) && rotation.map(turns -> turns.turn(now, zone).equals(Optional.of(uri))).orElse(true);
    }

    /** Who stands in at this moment. */
    Optional<Substitute> substitute(Instant now) {
        return substitutes.stream().filter(each -> each.hold(now)).findFirst();
    }

    private boolean open(Instant now) {
        LocalDateTime local = now.atZone(zone).toLocalDateTime();
        if (weekly.isEmpty()) return !excepted(local.toLocalDate());
        return weekly.stream().anyMatch(hours -> hours.cover(local, this::excepted));
    }

    private boolean excepted(LocalDate day) { return except.stream().anyMatch(days -> days.hold(day)); }

    /** Every moment in ({@code after}, {@code until}] at which this schedule may change its answer, and perhaps some at which it does not. */
    void changes(Instant after, Instant until, TreeSet<Instant> into) {
        Consumer<Instant> add = moment -> {
            if (moment.isAfter(after) && !moment.isAfter(until)) into.add(moment);
        };
        for (Substitute each : substitutes) {
            add.accept(each.from);
            add.accept(each.to);
        }
        LocalDate last = until.atZone(zone).toLocalDate();
        for (LocalDate day = after.atZone(zone).toLocalDate(); !day.isAfter(last); day = day.plusDays(1)) {
            add.accept(day.atStartOfDay(zone).toInstant());
            for (WeeklyHours hours : weekly) {
                both(day, hours.from(), add);
                both(day, hours.to(), add);
            }
        }
        for (ZoneOffsetTransition jump = zone.getRules().nextTransition(after); jump != null
                && !jump.getInstant().isAfter(until); jump = zone.getRules().nextTransition(jump.getInstant())) {
            add.accept(jump.getInstant());
        }
        if (rotation.isEmpty()) return;
        for (Instant handoff = rotation.get().nextHandoff(after, zone); !handoff.isAfter(until); handoff = rotation.get().nextHandoff(handoff, zone))
            add.accept(handoff);
    }

    private void both(LocalDate day, LocalTime time, Consumer<Instant> add) {
        for (ZoneOffset offset : zone.getRules().getValidOffsets(day.atTime(time))) add.accept(day.atTime(time).toInstant(offset));
    }
}
