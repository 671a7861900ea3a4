package org.infrafabric.guard;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * One mapping of a YAML file, read key by key. Each reading method gives the value, or notes a {@link Problem} and gives the default, so that
 * one pass finds everything that is wrong. {@link #end()} then reports the keys that nobody asked for.
 */
public final class YamlSection {
    private final String file;
    private final String path;
    private final YamlNode.Mapping mapping;
    private final List<Problem> problems;
    private final Consumer<String> asked;
    private final Set<String> known = new LinkedHashSet<>();

    private YamlSection(String file, String path, YamlNode.Mapping mapping, List<Problem> problems, Consumer<String> asked) {
        this.file = file;
        this.path = path;
        this.mapping = mapping;
        this.problems = problems;
        this.asked = asked;
    }

    /**
     * The whole file.
     *
     * @param asked is told the path of every key that is read, {@code []} for list positions: what the documentation must list
     */
    public static YamlSection root(String file, YamlNode node, List<Problem> problems, Consumer<String> asked) {
        if (node instanceof YamlNode.Mapping mapping) return new YamlSection(file, "", mapping, problems, asked);
        problems.add(new Problem(file, node.line(), "", "the file holds " + node.kind(), "it must be a mapping (key: value)"));
        return new YamlSection(file, "", new YamlNode.Mapping(1, Map.of()), problems, asked);
    }

    public boolean has(String key) {
        note(key);
        return mapping.entries().containsKey(key);
    }

    /** Whether the key is there with anything in it: no empty list, no empty mapping. */
    public boolean holds(String key) {
        note(key);
        YamlNode.Entry entry = mapping.entries().get(key);
        return entry != null && switch (entry.value()) {
            case YamlNode.Mapping inner -> !inner.entries().isEmpty();
            case YamlNode.Sequence list -> !list.items().isEmpty();
            case YamlNode.Scalar scalar -> true;
        };
    }

    /** The line of a key, or of the section when the key is not there. */
    public int line(String key) {
        YamlNode.Entry entry = mapping.entries().get(key);
        return entry == null ? mapping.line() : entry.line();
    }

    public int line() { return mapping.line(); }

    /** The path of a key in this section, as errors name it. */
    public String path(String key) { return path.isEmpty() ? key : path + "." + key; }

    public void problem(String key, String what, String remedy) { problems.add(new Problem(file, line(key), path(key), what, remedy)); }

    /** The same for a place inside the value, with the line of its own. */
    public void problemAt(int line, String key, String what, String remedy) {
        problems.add(new Problem(file, line, path(key), what, remedy));
    }

    public String text(String key, String otherwise) { return scalar(key).map(YamlNode.Scalar::text).orElse(otherwise); }

    /** A text that must be there and not be blank; empty after a problem was noted. */
    public String required(String key, String allowed) {
        if (!has(key)) {
            problems.add(new Problem(file, mapping.line(), path(key), "missing", "add it: " + allowed));
            return "";
        }
        Optional<YamlNode.Scalar> scalar = scalar(key);
        if (scalar.isPresent() && scalar.get().text().isBlank()) problem(key, "empty", allowed);
        return scalar.map(YamlNode.Scalar::text).orElse("");
    }

    public boolean flag(String key, boolean otherwise) {
        Optional<YamlNode.Scalar> scalar = scalar(key);
        if (scalar.isEmpty()) return otherwise;
        if (scalar.get().type() == YamlNode.Scalar.Type.FLAG) return Boolean.parseBoolean(scalar.get().text());
        problem(key, scalar.get().kind() + " is neither true nor false", "write true or false, without quotes");
        return otherwise;
    }

    public int whole(String key, int otherwise, int least, int most) {
        Optional<YamlNode.Scalar> scalar = scalar(key);
        if (scalar.isEmpty()) return otherwise;
        if (scalar.get().type() == YamlNode.Scalar.Type.WHOLE) {
            try {
                int value = Integer.parseInt(scalar.get().text());
                if (value >= least && value <= most) return value;
            } catch (NumberFormatException notAnInt) {
                // reported below: too large for the range, or not written in plain decimal
            }
        }
        problem(key, scalar.get().kind() + " is not allowed", "write a whole number from " + least + " to " + most);
        return otherwise;
    }

    /** ISO 8601, such as {@code PT30S} or {@code PT5M}. */
    public Duration duration(String key, Duration otherwise, Duration least, Duration most) {
        Optional<YamlNode.Scalar> scalar = scalar(key);
        if (scalar.isEmpty()) return otherwise;
        try {
            Duration value = Duration.parse(scalar.get().text());
            if (value.compareTo(least) >= 0 && value.compareTo(most) <= 0) return value;
            problem(key, scalar.get().kind() + " is out of range", "allowed are " + least + " to " + most);
        } catch (DateTimeParseException notIso) {
            problem(key, scalar.get().kind() + " is not a duration", "write ISO 8601, such as PT30S or PT5M, from " + least + " to " + most);
        }
        return otherwise;
    }

    /** One of the names that are allowed. */
    public <E> E choice(String key, E otherwise, Map<String, E> allowed) {
        Optional<YamlNode.Scalar> scalar = scalar(key);
        if (scalar.isEmpty()) return otherwise;
        E value = allowed.get(scalar.get().text());
        if (value != null) return value;
        problem(key, scalar.get().kind() + " is not allowed", "allowed are " + allowed.keySet().stream().sorted().collect(Collectors.joining(", ")));
        return otherwise;
    }

    /** A mapping inside; empty when it is not there. */
    public YamlSection section(String key) {
        note(key);
        YamlNode.Entry entry = mapping.entries().get(key);
        if (entry == null || isNothing(entry.value())) return inside(key, new YamlNode.Mapping(line(key), Map.of()));
        if (entry.value() instanceof YamlNode.Mapping inner) return inside(key, inner);
        problem(key, entry.value().kind() + " stands here", "write a mapping (key: value)");
        return inside(key, new YamlNode.Mapping(line(key), Map.of()));
    }

    /** A list of mappings; empty when it is not there. */
    public List<YamlSection> sections(String key) {
        List<YamlSection> sections = new ArrayList<>();
        for (YamlNode item : items(key)) {
            String at = key + "[" + sections.size() + "]";
            if (item instanceof YamlNode.Mapping inner) {
                sections.add(inside(at, inner));
            } else {
                problems.add(new Problem(file, item.line(), path(at), item.kind() + " stands here", "write a mapping (key: value)"));
            }
        }
        return sections;
    }

    /** A list of single values. */
    public List<YamlNode.Scalar> scalars(String key) { return scalars(path(key), items(key)); }

    /** A list of lists of single values. */
    public List<List<YamlNode.Scalar>> scalarLists(String key) {
        List<List<YamlNode.Scalar>> lists = new ArrayList<>();
        for (YamlNode item : items(key)) {
            String at = path(key) + "[" + lists.size() + "]";
            if (item instanceof YamlNode.Sequence inner) {
                lists.add(scalars(at, inner.items()));
            } else {
                problems.add(new Problem(file, item.line(), at, item.kind() + " stands here", "write a list: [a, b]"));
            }
        }
        return lists;
    }

    /** A list of texts. */
    public List<String> texts(String key) { return scalars(key).stream().map(YamlNode.Scalar::text).toList(); }

    /** The value as it stands in the file, if it is a single one. */
    public Optional<YamlNode.Scalar> scalar(String key) {
        note(key);
        YamlNode.Entry entry = mapping.entries().get(key);
        if (entry == null) return Optional.empty();
        if (entry.value() instanceof YamlNode.Scalar scalar && scalar.type() != YamlNode.Scalar.Type.NOTHING) return Optional.of(scalar);
        problem(key, entry.value().kind() + " stands here", "write one value, or leave the key out");
        return Optional.empty();
    }

    /** Notes a problem for each key that nothing has asked for. */
    public void end() {
        mapping.entries().forEach((key, entry) -> {
            if (known.contains(key)) return;
            String near = known.stream().filter(candidate -> distance(candidate, key) <= 2).findFirst().map(found -> "did you mean " + found + "? ")
                    .orElse("");
            problems.add(new Problem(file, entry.line(), path(key), "unknown key", near + "known here: " + String.join(", ", known)));
        });
    }

    private List<YamlNode.Scalar> scalars(String at, List<YamlNode> items) {
        List<YamlNode.Scalar> scalars = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            if (items.get(i) instanceof YamlNode.Scalar scalar && scalar.type() != YamlNode.Scalar.Type.NOTHING) {
                scalars.add(scalar);
            } else {
                problems.add(new Problem(file, items.get(i).line(), at + "[" + i + "]", items.get(i).kind() + " stands here", "write one value"));
            }
        }
        return scalars;
    }

    private List<YamlNode> items(String key) {
        note(key);
        YamlNode.Entry entry = mapping.entries().get(key);
        if (entry == null || isNothing(entry.value())) return List.of();
        if (entry.value() instanceof YamlNode.Sequence sequence) return sequence.items();
        problem(key, entry.value().kind() + " stands here", "write a list: [a, b], or one item a line after a dash");
        return List.of();
    }

    private YamlSection inside(String key, YamlNode.Mapping inner) { return new YamlSection(file, path(key), inner, problems, asked); }

    private void note(String key) {
        known.add(key);
        asked.accept(path(key).replaceAll("\\[\\d+]", "[]"));
    }

    private static boolean isNothing(YamlNode node) {
        return node instanceof YamlNode.Scalar scalar && scalar.type() == YamlNode.Scalar.Type.NOTHING;
    }

    /** Levenshtein's, for "did you mean"; case does not count. */
    private static int distance(String left, String right) {
        String a = left.toLowerCase(java.util.Locale.ROOT);
        String b = right.toLowerCase(java.util.Locale.ROOT);
        if (Math.abs(a.length() - b.length()) > 2) return 3;
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) row[j] = j;
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
