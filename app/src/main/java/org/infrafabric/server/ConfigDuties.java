package org.infrafabric.server;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.infrafabric.guard.Duties;
import org.infrafabric.guard.Schedule;
import org.infrafabric.guard.ScheduleFile;
import org.infrafabric.guard.YamlSection;

/** When the experts of {@code ifbus.yaml} are on duty: the schedules that it names, and those that stand with one expert. */
final class ConfigDuties {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final int MOST_SCHEDULES = 500;

    private final Map<String, Schedule> schedules = new LinkedHashMap<>();
    private final Map<String, String> scheduleOf = new LinkedHashMap<>();
    private final Map<String, YamlSection> places = new LinkedHashMap<>();
    private boolean faulty;

    /** Reads {@code schedules}; before the experts, who name them. */
    void schedules(YamlSection root) {
        List<YamlSection> sections = root.sections("schedules");
        if (sections.size() > MOST_SCHEDULES) root.problem("schedules", "there are " + sections.size(), "at most " + MOST_SCHEDULES + " are allowed");
        for (YamlSection section : sections) {
            String id = section.required("id", "a short name, for experts' onDuty.schedule");
            if (!id.isEmpty() && !ID.matcher(id).matches())
                section.problem("id", "not an id", "letters, digits, dot, dash and underscore, at most 64");
            Optional<Schedule> schedule = ScheduleFile.read(section, id);
            section.end();
            keep(id, schedule, section);
        }
    }

    /**
     * Reads one expert's {@code onDuty}.
     *
     * @param uri in normal form
     */
    void expert(YamlSection expert, String uri, boolean pattern) {
        if (!expert.has("onDuty")) return;
        YamlSection section = expert.section("onDuty");
        String named = section.text("schedule", "");
        if (pattern) expert.problem("onDuty", "this expert has a pattern for an address, so is never rung", "remove it");
        if (named.isEmpty()) {
            keep(uri, ScheduleFile.read(section, uri), section);
            scheduleOf.put(uri, uri);
        } else {
            if (ScheduleFile.has(section)) section.problem("schedule", "a schedule is named, and another stands beside it", "keep one of them");
            scheduleOf.put(uri, named);
        }
        section.end();
        places.put(uri, section);
    }

    private void keep(String id, Optional<Schedule> schedule, YamlSection section) {
        if (schedule.isEmpty()) faulty = true;
        else if (schedules.putIfAbsent(id, schedule.get()) != null) {
            section.problem("id", "schedule " + id + " stands twice", "keep one of them");
            faulty = true;
        }
    }

    /**
     * What holds together only when all is read.
     *
     * @param experts in normal form, those with one address
     */
    Duties together(YamlSection root, Set<String> experts) {
        if (faulty) return Duties.ALWAYS; // the file is refused in any case
        scheduleOf.forEach((uri, id) -> follower(uri, id));
        for (Schedule schedule : schedules.values()) named(root, schedule, experts);
        scheduleOf.values().removeIf(id -> !schedules.containsKey(id));
        return new Duties(List.copyOf(schedules.values()), scheduleOf);
    }

    private void follower(String uri, String id) {
        Schedule schedule = schedules.get(id);
        YamlSection place = Objects.requireNonNull(places.get(uri));
        if (schedule == null) {
            place.problem("schedule", "there is no schedule " + id, "add it to schedules; there are these: " + String.join(", ", names()));
        } else if (schedule.members().filter(members -> !members.contains(uri)).isPresent()) {
            place.problem(id.equals(uri) ? "rotation" : "schedule", "this expert is no member of the rotation, so would never be on duty",
                    "add " + uri + " to its members");
        }
    }

    private void named(YamlSection root, Schedule schedule, Set<String> experts) {
        YamlSection inline = places.get(schedule.id());
        YamlSection place = inline == null ? root : inline;
        String key = inline == null ? "schedules" : "zone";
        for (String uri : schedule.names()) {
            if (!experts.contains(uri)) {
                place.problem(key, "schedule " + schedule.id() + " names " + uri + ", who is no expert with one address",
                        "add the expert, or take the name out");
            } else if (!scheduleOf.containsKey(uri) && schedule.members().orElse(List.of()).contains(uri)) {
                place.problem(key, uri + " takes turns in schedule " + schedule.id() + " but follows none, so would always be on duty",
                        "give the expert onDuty: { schedule: NAME }");
            }
        }
    }

    private List<String> names() { return schedules.keySet().stream().filter(id -> ID.matcher(id).matches()).toList(); }
}
