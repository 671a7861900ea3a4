package org.infrafabric.guard;

import dev.cel.common.CelIssue;
import dev.cel.common.CelValidationException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Reads a policy from YAML. All that is wrong is found in one pass, each with its line and rule. */
final class PolicyFile {
    static final int VERSION = 1;
    static final Map<String, Boolean> RING = Map.of("early", true, "accepted", false);
    static final Duration LONGEST = Duration.ofHours(24);

    private static final int MOST_RULES = 200;
    private static final int MOST_RUNGS = 20;
    private static final int MOST_QUORUM = 100;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}");

    private final String file;
    private final List<Problem> problems = new ArrayList<>();
    private final Map<String, Integer> lineOfName = new HashMap<>();

    private final Set<String> asked = new TreeSet<>();

    private PolicyFile(String file) { this.file = file; }

    /** Every key that a policy may have, {@code []} for list positions. */
    static Set<String> keys() {
        PolicyFile reader = new PolicyFile("keys");
        YamlNode.read("keys", "rules: [ { limit: {}, council: { decide: {} } } ]", reader.problems).ifPresent(reader::rules);
        return reader.asked;
    }

    static Policy read(String file, String text) {
        PolicyFile reader = new PolicyFile(file);
        List<Policy.Compiled> rules = YamlNode.read(file, text, reader.problems).map(reader::rules).orElse(List.of());
        if (!reader.problems.isEmpty()) {
            throw new InvalidFile(reader.problems.stream().sorted(Comparator.comparingInt(Problem::line)).toList());
        }
        return new Policy(file, rules);
    }

    private List<Policy.Compiled> rules(YamlNode node) {
        YamlSection root = YamlSection.root(file, node, problems, asked::add);
        root.whole("version", VERSION, VERSION, VERSION);
        List<YamlSection> sections = root.sections("rules");
        if (sections.isEmpty()) root.problem("rules", "there are no rules", "add some: a policy without rules denies everything");
        if (sections.size() > MOST_RULES) root.problem("rules", "there are " + sections.size() + " rules", "at most " + MOST_RULES + " are allowed");
        List<Policy.Compiled> rules = new ArrayList<>();
        for (YamlSection section : sections.subList(0, Math.min(sections.size(), MOST_RULES))) rule(section).ifPresent(rules::add);
        root.end();
        return rules;
    }

    private Optional<Policy.Compiled> rule(YamlSection section) {
        String name = section.required("name", "a short name for log and metrics, such as escalations-to-people");
        if (!name.isEmpty() && !NAME.matcher(name).matches()) {
            section.problem("name", "\"" + YamlNode.shorten(name) + "\" is no name", "letters, digits, dot, dash and underscore, at most 64");
        }
        if (name.equals(Guard.NO_RULE) || name.equals(Guard.UNFIT))
            section.problem("name", name + " is what the log calls no rule", "choose another name");
        Integer before = name.isEmpty() ? null : lineOfName.putIfAbsent(name, section.line());
        if (before != null) section.problem("name", "rule \"" + name + "\" stands twice, first on line " + before, "rename one");
        String when = section.required("when", "a CEL condition, such as message.performative == \"ESCALATE\"");
        section.required("then", "people, hold, share or deny");
        Rule.Then then = section.choice("then", Rule.Then.DENY, Rule.Then.WORDS);
        String reason = section.text("reason", name);
        List<String> assume = section.texts("assume");
        List<List<Rule.Selector>> rungs = rungs(section);
        Rule.CouncilChange council = council(section);
        Optional<Limit> limit = section.has("limit") ? Optional.of(limit(section.section("limit"))) : Optional.empty();
        if (then != Rule.Then.PEOPLE) {
            for (String key : List.of("assume", "rungs", "council")) {
                if (section.holds(key))
                    section.problem(key, "this means nothing where the rule says \"" + then.word() + "\"", "remove it, or say then: people");
            }
        }
        section.end();
        Rule rule = new Rule(name, section.line(), when.strip(), then, reason, assume, rungs, council, limit);
        return compile(section, rule).map(condition -> new Policy.Compiled(rule, condition));
    }

    private Optional<Condition> compile(YamlSection section, Rule rule) {
        Optional<YamlNode.Scalar> source = section.scalar("when");
        if (source.isEmpty() || source.get().text().isBlank()) return Optional.empty();
        try {
            return Optional.of(Condition.compile(source.get().text()));
        } catch (CelValidationException invalid) {
            for (CelIssue issue : invalid.getErrors()) {
                int line = source.get().textLine() + Math.max(0, issue.getSourceLocation().getLine() - 1);
                problems.add(new Problem(file, line, "rule \"" + rule.name() + "\"",
                        "the condition is wrong: " + YamlNode.shorten(issue.getMessage(), 200),
                        remedy(issue.getMessage())));
            }
            return Optional.empty();
        }
    }

    private static String remedy(String message) {
        if (message.contains("undefined field")) return "message has " + String.join(", ", Condition.fieldNames());
        if (message.contains("undeclared reference")) return "a condition may use message and now; texts stand in quotes";
        if (message.contains("expected type 'bool'")) return "a condition must be true or false: compare the value with something";
        if (message.contains("no matching overload"))
            return "compare like with like: numbers with a fraction need a dot (0.2, 1.0), texts need quotes";
        if (message.contains("limit exceeded") || message.contains("size exceeds")) {
            return "split it into several rules; at most " + Condition.MAX_CHARACTERS + " characters";
        }
        if (message.contains("regular expression")) return "mend it (RE2 syntax), or compare with startsWith, endsWith, contains or in";
        return "see docs/policy.md for what a condition may say";
    }

    private static List<List<Rule.Selector>> rungs(YamlSection section) {
        List<List<Rule.Selector>> rungs = new ArrayList<>();
        for (List<YamlNode.Scalar> words : section.scalarLists("rungs")) {
            List<Rule.Selector> rung = new ArrayList<>();
            for (YamlNode.Scalar word : words) selector(section, word).ifPresent(rung::add);
            if (words.isEmpty()) section.problem("rungs", "a rung is empty", "name somebody, or remove the rung");
            rungs.add(rung);
        }
        if (rungs.size() > MOST_RUNGS) section.problem("rungs", "there are " + rungs.size() + " rungs", "at most " + MOST_RUNGS + " are allowed");
        return rungs;
    }

    private static Optional<Rule.Selector> selector(YamlSection section, YamlNode.Scalar word) {
        String text = word.text();
        if (text.equals("main")) return Optional.of(new Rule.Selector.Main());
        if (text.equals("any")) return Optional.of(new Rule.Selector.Any());
        if (text.startsWith("hazard:") && text.length() > "hazard:".length())
            return Optional.of(new Rule.Selector.OfHazard(text.substring("hazard:".length())));
        try {
            if (!UriPattern.parse(text).isPattern()) return Optional.of(new Rule.Selector.Named(text, word.line()));
            section.problem("rungs", word.kind() + " is a pattern", "a pattern cannot be rung: name one address");
        } catch (IllegalArgumentException none) {
            section.problem("rungs", word.kind() + " is nobody", "write main, any, hazard:NAME, or an expert's URI");
        }
        return Optional.empty();
    }

    private static Rule.CouncilChange council(YamlSection rule) {
        if (!rule.has("council")) return Rule.CouncilChange.NONE;
        YamlSection section = rule.section("council");
        Duration second = Duration.ofSeconds(1);
        Rule.CouncilChange change = new Rule.CouncilChange(given(section, "quorum", section.whole("quorum", 0, 0, MOST_QUORUM)),
                given(section, "deadline", section.duration("deadline", second, second, LONGEST)),
                given(section, "gather", section.duration("gather", second, Duration.ZERO, LONGEST)),
                given(section, "ring", section.choice("ring", false, RING)), given(section, "withoutExpert", section.flag("withoutExpert", false)),
                section.has("decide") ? Optional.of(approval(section.section("decide"))) : Optional.empty());
        section.end();
        return change;
    }

    private static Approval approval(YamlSection section) {
        section.required("need", "how many of them must approve");
        Approval approval = new Approval(section.whole("need", 1, 1, MOST_QUORUM), section.texts("of"));
        if (!approval.of().isEmpty() && approval.of().stream().distinct().count() < approval.need())
            section.problem("need", "more approvals are needed than guardians are named", "name at least " + approval.need() + " in of");
        section.end();
        return approval;
    }

    private static Limit limit(YamlSection section) {
        section.required("most", "how often the rule may decide within the window");
        section.required("per", "the window, such as PT1H");
        Limit limit = new Limit(section.whole("most", 1, 1, Counters.MOST),
                section.duration("per", Duration.ofHours(1), Duration.ofSeconds(1), Counters.LONGEST), section.choice("each", true, Limit.EACH),
                section.choice("over", Rule.Then.DENY, Limit.OVER));
        section.end();
        return limit;
    }

    private static <T> Optional<T> given(YamlSection section, String key, T value) {
        return section.has(key) ? Optional.of(value) : Optional.empty();
    }
}
