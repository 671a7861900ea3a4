package org.infrafabric.guard;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.infrafabric.message.VerifyKey;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The roster and the settings that a judgement depends on, as a tree for the log and back: who may ask, be rung and vote, when, and how a council votes.
 * Names of people are not in it, nor tokens.
 */
final class RosterForm {
    private static final Map<String, Accept> ACCEPT = Map.of("dtmf", Accept.DTMF, "answer", Accept.ANSWER);
    private static final Duration LONGEST_RING = Duration.ofHours(1);

    private RosterForm() {}

    static ObjectNode write(Roster roster, GuardSettings settings) {
        ObjectNode form = JsonNodeFactory.instance.objectNode();
        ArrayNode agents = form.putArray("agents");
        for (Agent agent : roster.agents()) {
            ObjectNode node = agents.addObject().put("id", agent.id());
            agent.key().ifPresent(key -> node.put("publicKey", key.toString()));
        }
        ArrayNode experts = form.putArray("experts");
        for (Expert expert : roster.experts()) {
            ObjectNode node = experts.addObject().put("uri", expert.uri()).put("accept", word(expert.accept())).put("ringTimeout",
                    expert.ringTimeout().toString());
            if (!expert.postAnswerDigits().isEmpty()) node.put("postAnswerDigits", expert.postAnswerDigits());
            expert.hazards().stream().sorted().forEach(node.putArray("hazards")::add);
            Optional.ofNullable(roster.duties().scheduleOf().get(UriPattern.parse(expert.uri()).text())).ifPresent(id -> node.put("schedule", id));
        }
        ArrayNode guardians = form.putArray("guardians");
        for (Guardian guardian : roster.guardians())
            guardians.addObject().put("id", guardian.id()).put("uri", guardian.uri()).put("accept", word(guardian.accept()));
        ArrayNode schedules = form.putArray("schedules");
        roster.duties().schedules().forEach(schedule -> schedules.add(schedule(schedule)));
        form.set("council", JudgementForm.council(settings.council()));
        return form.put("requireSignatures", settings.requireSignatures()).put("callsPerMinute", settings.callsPerMinute());
    }

    private static ObjectNode schedule(Schedule schedule) {
        ObjectNode node = JsonNodeFactory.instance.objectNode().put("id", schedule.id()).put("zone", schedule.zone().getId());
        schedule.weekly().forEach(hours -> node.withArrayProperty("weekly").add(hours.text()));
        schedule.except().forEach(days -> node.withArrayProperty("except").add(days.text()));
        schedule.rotation().ifPresent(turns -> {
            ObjectNode rotation = node.putObject("rotation").put("handoff", turns.handoffText()).put("start", turns.first().toString());
            turns.members().forEach(rotation.putArray("members")::add);
        });
        for (Schedule.Substitute each : schedule.substitutes())
            node.withArrayProperty("overrides").addObject().put("from", each.from().toString()).put("to", each.to().toString()).put("substitute",
                    each.uri());
        return node;
    }

    /** What {@link #write} wrote. */
    record Read(Roster roster, GuardSettings settings) {}

    /**
     * @param name how errors name it
     * @param canonical RFC 8785 form of what {@link #write} gave
     * @throws InvalidFile it is none, or one of a later version of ifbus
     */
    static Read read(String name, String canonical) {
        List<Problem> problems = new ArrayList<>();
        Optional<Read> read = YamlNode.read(name, canonical, problems).map(node -> {
            YamlSection root = YamlSection.root(name, node, problems, key -> {});
            List<Schedule> schedules = new ArrayList<>();
            for (YamlSection section : root.sections("schedules")) ScheduleFile.read(section, section.text("id", "")).ifPresent(schedules::add);
            Map<String, String> scheduleOf = new HashMap<>();
            List<Expert> experts = root.sections("experts").stream().map(section -> expert(section, scheduleOf)).toList();
            List<Guardian> guardians = root.sections("guardians").stream()
                    .map(section -> new Guardian(section.text("id", ""), section.text("uri", ""), section.choice("accept", Accept.DTMF, ACCEPT)))
                    .toList();
            List<Agent> agents = root.sections("agents").stream().map(section -> new Agent(section.text("id", ""),
                    section.has("publicKey") ? Optional.of(VerifyKey.parse(section.text("publicKey", ""))) : Optional.empty())).toList();
            YamlSection council = root.section("council");
            Duration day = PolicyFile.LONGEST;
            CouncilRules rules = new CouncilRules(council.whole("quorum", 2, 0, 100), council.duration("deadline", day, Duration.ZERO, day),
                    council.duration("gather", day, Duration.ZERO, day), council.choice("ring", false, PolicyFile.RING),
                    council.flag("withoutExpert", false));
            return new Read(new Roster(agents, experts, guardians, new Duties(schedules, scheduleOf)),
                    new GuardSettings(rules, root.flag("requireSignatures", true), root.whole("callsPerMinute", 10, 1, 1000)));
        });
        if (!problems.isEmpty() || read.isEmpty()) throw new InvalidFile(problems);
        return read.get();
    }

    private static Expert expert(YamlSection section, Map<String, String> scheduleOf) {
        String uri = section.text("uri", "");
        if (section.has("schedule")) scheduleOf.put(UriPattern.parse(uri).text(), section.text("schedule", ""));
        return new Expert(uri, uri, new LinkedHashSet<>(section.texts("hazards")), section.choice("accept", Accept.DTMF, ACCEPT),
                section.duration("ringTimeout", LONGEST_RING, Duration.ZERO, LONGEST_RING), section.text("postAnswerDigits", ""));
    }

    private static String word(Accept accept) {
        return switch (accept) {
            case DTMF -> "dtmf";
            case ANSWER -> "answer";
        };
    }
}
