package org.infrafabric.cli;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.infrafabric.guard.Duties;
import org.infrafabric.guard.Expert;
import org.infrafabric.guard.Roster;
import org.infrafabric.guard.UriPattern;
import org.infrafabric.message.Rfc3339;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Who is on duty at a moment, and who at the next change.
 *
 * @param uncovered hazards for which nobody can be rung at this moment
 * @param next empty when nothing changes for a year
 */
record DutyTable(Instant at, List<Line> experts, List<String> uncovered, Optional<Next> next) {
    /** @param why in words */
    record Line(Expert expert, boolean on, String why) {}

    record Next(Instant at, List<Expert> on, List<Expert> off, List<String> uncovered) {}

    static DutyTable of(Roster roster, List<String> hazards, Instant at) {
        Duties duties = roster.duties();
        List<Line> lines = new ArrayList<>();
        for (Expert expert : roster.reachable()) lines.add(new Line(expert, roster.onDuty(expert, at), duties.why(uri(expert), at)));
        Set<String> uris = roster.reachable().stream().map(DutyTable::uri).collect(Collectors.toSet());
        Optional<Next> next = duties.nextChange(uris, at)
                .map(then -> new Next(then, changed(roster, at, then, true), changed(roster, at, then, false),
                        uncovered(roster, hazards, then)));
        return new DutyTable(at, lines, uncovered(roster, hazards, at), next);
    }

    private static List<Expert> changed(Roster roster, Instant before, Instant then, boolean on) {
        return roster.reachable().stream().filter(expert -> roster.onDuty(expert, then) == on && roster.onDuty(expert, before) != on).toList();
    }

    private static List<String> uncovered(Roster roster, List<String> hazards, Instant at) {
        return hazards.stream()
                .filter(hazard -> roster.reachable().stream().noneMatch(expert -> expert.hazards().contains(hazard) && roster.onDuty(expert, at)))
                .toList();
    }

    private static String uri(Expert expert) { return UriPattern.parse(expert.uri()).text(); }

    ObjectNode json() {
        ObjectNode json = Output.object().put("at", Rfc3339.format(at));
        ArrayNode on = json.putArray("onDuty");
        ArrayNode off = json.putArray("offDuty");
        for (Line line : experts) {
            ObjectNode node = (line.on ? on : off).addObject().put("uri", line.expert.uri()).put("name", line.expert.name()).put("why", line.why);
            node.set("hazards", Output.JSON.valueToTree(line.expert.hazards().stream().sorted().toList()));
        }
        json.set("uncovered", Output.JSON.valueToTree(uncovered));
        next.ifPresent(change -> {
            ObjectNode node = json.putObject("next").put("at", Rfc3339.format(change.at));
            node.set("comeOn", Output.JSON.valueToTree(change.on.stream().map(Expert::uri).toList()));
            node.set("goOff", Output.JSON.valueToTree(change.off.stream().map(Expert::uri).toList()));
            node.set("uncovered", Output.JSON.valueToTree(change.uncovered));
        });
        return json;
    }

    String text() {
        StringBuilder text = new StringBuilder("at " + Rfc3339.format(at));
        for (Line line : experts) {
            text.append(String.format("%n%-9s %-44s %s; %s", line.on ? "on duty" : "off", line.expert.uri(), String.join(", ", line.expert.hazards()),
                    line.why));
        }
        if (!uncovered.isEmpty()) text.append("\nnobody for: ").append(String.join(", ", uncovered));
        if (next.isEmpty()) return text.append("\nnothing changes within a year").toString();
        text.append("\nnext at ").append(Rfc3339.format(next.get().at)).append(':');
        next.get().on.forEach(expert -> text.append(" on ").append(expert.uri()));
        next.get().off.forEach(expert -> text.append(" off ").append(expert.uri()));
        return text.toString();
    }
}
