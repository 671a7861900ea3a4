package org.infrafabric.guard;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How the guard came to a judgement: {@code guard explain}.
 *
 * @param file the policy's file
 * @param rules every rule in order; those after the one that decides were tried too, to show what they would say
 * @param experts every expert of the roster, and whether they would be rung; empty when no people are called for
 */
public record Explanation(String file, Judgement judgement, List<Step> rules, List<Choice> experts) {
    /**
     * One rule.
     *
     * @param fires {@code yes}, {@code no} or {@code failed}
     * @param decides it was the first to fire or fail
     * @param seen what its condition looked at, with the values found
     * @param why in words
     */
    public record Step(String rule, int line, String when, String then, String fires, boolean decides, Map<String, String> seen, String why) {}

    /**
     * One expert.
     *
     * @param rung from 1; 0 when not rung
     */
    public record Choice(String expert, String name, int rung, String why) {}

    static Explanation of(Policy policy, Judgement judgement, List<Policy.Trial> trials, Roster roster, Facts facts) {
        List<Step> steps = trials.stream().map(Explanation::step).toList();
        List<Choice> choices = trials.stream().filter(trial -> trial.decides() && trial.run().fires() && trial.rule().then() == Rule.Then.PEOPLE)
                .findFirst()
                .map(trial -> choices(trial.rule(), judgement, roster, facts)).orElse(List.of());
        return new Explanation(policy.file(), judgement, steps, choices);
    }

    private static Step step(Policy.Trial trial) {
        Condition.Run run = trial.run();
        String fires = run.failure().isPresent() ? "failed" : run.fires() ? "yes" : "no";
        String seen = run.seen().entrySet().stream().map(entry -> entry.getKey() + " is " + entry.getValue()).collect(Collectors.joining(", "));
        String why = run.failure().map(failure -> failure + (seen.isEmpty() ? "" : " (" + seen + ")"))
                .orElse(seen.isEmpty() ? "whatever the message" : seen);
        Rule rule = trial.rule();
        return new Step(rule.name(), rule.line(), rule.when(), rule.then().word(), fires, trial.decides(), run.seen(), why);
    }

    private static List<Choice> choices(Rule rule, Judgement judgement, Roster roster, Facts facts) {
        List<String> hazards = facts.hazards().isEmpty() ? rule.assume() : facts.hazards();
        List<List<Expert>> rungs = judgement instanceof Judgement.People people ? people.rungs() : List.of();
        List<Choice> choices = new ArrayList<>();
        for (Expert expert : roster.experts()) {
            int rung = 0;
            for (int i = 0; i < rungs.size(); i++) if (rungs.get(i).contains(expert)) rung = i + 1;
            String why = rung > 0 ? "fits " + String.join(", ", hazards.stream().filter(expert.hazards()::contains).toList())
                    : Rungs.unfit(expert, hazards, roster, facts.now()).orElse("fits, but the rule's rungs do not name them");
            choices.add(new Choice(expert.uri(), expert.name(), rung, why));
        }
        return choices;
    }

    /** For {@code --json}: maps, lists, texts, numbers and booleans. */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("result", judgement.result());
        map.put("rule", judgement.ruling().rule());
        map.put("reason", judgement.ruling().reason());
        map.put("policy", file);
        map.put("policyHash", judgement.ruling().policyHash());
        map.put("inputs", judgement.ruling().inputs());
        map.put("rules", rules.stream().map(Explanation::map).toList());
        map.put("experts", experts.stream().map(Explanation::map).toList());
        if (judgement instanceof Judgement.People people) {
            map.put("hazards", people.hazards());
            map.put("rungs", people.rungs().stream().map(rung -> rung.stream().map(Expert::uri).toList()).toList());
            map.put("council", JudgementForm.council(people.council()));
        }
        return map;
    }

    /** For people: several lines, no colours. */
    public String text() {
        StringBuilder text = new StringBuilder();
        text.append(judgement.result()).append(" by rule ").append(judgement.ruling().rule()).append(": ").append(judgement.ruling().reason())
                .append('\n');
        text.append("policy ").append(file).append(", hash ").append(judgement.ruling().policyHash()).append("\n\nrules, in order:\n");
        for (Step step : rules) {
            text.append(step.decides() ? "→ " : "  ").append(step.rule()).append(" (line ").append(step.line()).append(", then ").append(step.then())
                    .append("): ")
                    .append(verb(step)).append(": ").append(step.why()).append('\n');
        }
        if (!experts.isEmpty()) text.append("\nexperts:\n");
        for (Choice choice : experts) {
            text.append("  ").append(choice.expert()).append(choice.rung() > 0 ? " rings in rung " + choice.rung() : " does not ring").append(": ")
                    .append(choice.why())
                    .append('\n');
        }
        if (judgement instanceof Judgement.People people) {
            text.append("\ncouncil: quorum ").append(people.council().quorum()).append(", deadline ").append(people.council().deadline())
                    .append(", gather ")
                    .append(people.council().gather()).append('\n');
        }
        return text.toString();
    }

    private static String verb(Step step) {
        return switch (step.fires()) {
            case "yes" -> step.decides() ? "fires" : "would fire, but an earlier rule has decided";
            case "failed" -> step.decides() ? "fails, so the message is denied" : "would fail, but an earlier rule has decided";
            default -> "does not fire";
        };
    }

    private static Map<String, Object> map(Step step) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("rule", step.rule());
        map.put("line", step.line());
        map.put("when", step.when());
        map.put("then", step.then());
        map.put("fires", step.fires());
        map.put("decides", step.decides());
        map.put("inputs", step.seen());
        map.put("why", step.why());
        return map;
    }

    private static Map<String, Object> map(Choice choice) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("expert", choice.expert());
        map.put("name", choice.name());
        map.put("rung", choice.rung());
        map.put("why", choice.why());
        return map;
    }
}
