package org.infrafabric.guard;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Reads a schedule from a section of a YAML file: the config's, or the canonical form that the log keeps. What is wrong is noted with its line. */
public final class ScheduleFile {
    private static final int MOST_HOURS = 50;
    private static final int MOST_DAYS = 400;
    private static final int MOST_MEMBERS = 100;
    private static final int MOST_OVERRIDES = 200;

    private ScheduleFile() {}

    /** Whether a section says anything about hours of its own. */
    public static boolean has(YamlSection section) {
        return List.of("zone", "weekly", "except", "rotation", "overrides").stream().filter(section::has).count() > 0;
    }

    /** Empty after a problem was noted. Leaves {@link YamlSection#end} to the caller, whose keys stand beside these. */
    public static Optional<Schedule> read(YamlSection section, String id) {
        int[] faults = {0};
        String zoneText = section.required("zone", "the time zone that all its times are in, such as Europe/Paris");
        ZoneId zone = zoneText.isEmpty() ? count(faults, ZoneOffset.UTC)
                : parsed(section, "zone", zoneText, Schedule::zone, faults).orElse(ZoneOffset.UTC);
        List<WeeklyHours> weekly = list(section, "weekly", MOST_HOURS, WeeklyHours::parse, faults);
        List<Schedule.Days> except = list(section, "except", MOST_DAYS, Schedule.Days::parse, faults);
        Optional<Rotation> rotation = section.has("rotation") ? rotation(section.section("rotation"), faults) : Optional.empty();
        List<Schedule.Substitute> substitutes = new ArrayList<>();
        List<YamlSection> overrides = section.sections("overrides");
        if (overrides.size() > MOST_OVERRIDES)
            section.problem("overrides", "there are " + overrides.size(), "at most " + MOST_OVERRIDES + " are allowed");
        for (YamlSection each : overrides) override(each, zone, faults).ifPresent(substitutes::add);
        if (faults[0] > 0) return Optional.empty();
        try {
            return Optional.of(new Schedule(id, zone, weekly, except, rotation, substitutes));
        } catch (IllegalArgumentException overlap) {
            section.problem("overrides", String.valueOf(overlap.getMessage()), "");
            return Optional.empty();
        }
    }

    private static Optional<Rotation> rotation(YamlSection section, int[] faults) {
        List<String> members = list(section, "members", MOST_MEMBERS, ScheduleFile::uri, faults);
        String handoff = section.required("handoff", "when a turn begins, such as weekly Mon 09:00");
        String startText = section.required("start", "the day on which the first member's turn begins, such as 2026-11-02");
        section.end();
        if (handoff.isEmpty() || startText.isEmpty()) return count(faults, Optional.empty());
        Optional<LocalDate> start = parsed(section, "start", startText, Schedule::date, faults);
        if (start.isEmpty()) return Optional.empty();
        return parsed(section, members.isEmpty() ? "members" : "handoff", handoff, text -> Rotation.of(members, text, start.get()), faults);
    }

    private static Optional<Schedule.Substitute> override(YamlSection section, ZoneId zone, int[] faults) {
        String fromText = section.required("from", "when it begins, such as 2026-12-24T18:00");
        String toText = section.required("to", "when it ends");
        String who = section.required("substitute", "the URI of the expert who stands in");
        section.end();
        if (fromText.isEmpty() || toText.isEmpty() || who.isEmpty()) return count(faults, Optional.empty());
        Optional<Instant> from = parsed(section, "from", fromText, text -> Schedule.moment(text, zone), faults);
        Optional<Instant> to = parsed(section, "to", toText, text -> Schedule.moment(text, zone), faults);
        Optional<String> uri = parsed(section, "substitute", who, ScheduleFile::uri, faults);
        if (from.isEmpty() || to.isEmpty() || uri.isEmpty()) return Optional.empty();
        if (!from.get().isBefore(to.get())) {
            section.problem("to", "it ends before it begins", "let it end later than " + fromText);
            return count(faults, Optional.empty());
        }
        return Optional.of(new Schedule.Substitute(from.get(), to.get(), uri.get()));
    }

    private static String uri(String text) {
        UriPattern uri = UriPattern.parse(text);
        if (uri.isPattern()) throw new IllegalArgumentException(text + " is a pattern, which cannot be rung; name one address");
        return uri.text();
    }

    private static <T> List<T> list(YamlSection section, String key, int most, Function<String, T> parser, int[] faults) {
        List<YamlNode.Scalar> items = section.scalars(key);
        if (items.size() > most) {
            section.problem(key, "there are " + items.size(), "at most " + most + " are allowed");
            return count(faults, List.of());
        }
        List<T> values = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            try {
                values.add(parser.apply(items.get(i).text()));
            } catch (IllegalArgumentException wrong) {
                faults[0]++;
                section.problemAt(items.get(i).line(), key + "[" + i + "]", String.valueOf(wrong.getMessage()), "");
            }
        }
        return List.copyOf(values);
    }

    private static <T> Optional<T> parsed(YamlSection section, String key, String text, Function<String, T> parser, int[] faults) {
        try {
            return Optional.of(parser.apply(text));
        } catch (IllegalArgumentException wrong) {
            section.problem(key, String.valueOf(wrong.getMessage()), "");
            return count(faults, Optional.empty());
        }
    }

    private static <T> T count(int[] faults, T nothing) {
        faults[0]++;
        return nothing;
    }
}
