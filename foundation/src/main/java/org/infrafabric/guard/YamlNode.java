package org.infrafabric.guard;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/**
 * A value of a YAML file that knows its line, so that an error can name it. Plain data only: aliases, several documents and keys that
 * stand twice are errors, and size and depth are bounded.
 */
public sealed interface YamlNode {
    /** A file that people write by hand; what is longer is a mistake or an attack. */
    int MAX_CHARACTERS = 1 << 20;

    int MAX_DEPTH = 16;

    /** Where it begins, from 1. */
    int line();

    /** For errors: what it is, in a few words. */
    String kind();

    /** Keys in the order of the file. */
    record Mapping(int line, Map<String, Entry> entries) implements YamlNode {
        @Override
        public String kind() { return "a mapping"; }
    }

    /** A value and the line of its key. */
    record Entry(int line, YamlNode value) {}

    record Sequence(int line, List<YamlNode> items) implements YamlNode {
        @Override
        public String kind() { return "a list"; }
    }

    /**
     * A single value.
     *
     * @param textLine where the text itself begins: one below {@code line} for block scalars
     * @param type what YAML 1.2 takes it for
     * @param text as written, quotes and escapes resolved; empty for null
     */
    record Scalar(int line, int textLine, Type type, String text) implements YamlNode {
        /** What a plain scalar can be. */
        public enum Type {
            TEXT, WHOLE, FRACTION, FLAG, NOTHING
        }

        @Override
        public String kind() {
            return switch (type) {
                case TEXT -> "the text \"" + shorten(text) + "\"";
                case WHOLE, FRACTION -> "the number " + shorten(text);
                case FLAG -> text;
                case NOTHING -> "nothing";
            };
        }
    }

    /**
     * Reads one document.
     *
     * @param file its name, for errors
     * @param problems takes what is wrong; empty result then
     */
    static Optional<YamlNode> read(String file, String text, List<Problem> problems) {
        if (text.length() > MAX_CHARACTERS) {
            problems.add(new Problem(file, 1, "", "the file is longer than " + MAX_CHARACTERS + " characters", "is it the right file?"));
            return Optional.empty();
        }
        int before = problems.size();
        try (JsonParser parser = new YAMLFactory().createParser(ObjectReadContext.empty(), text)) {
            Builder builder = new Builder(file, text.lines().toList(), parser, problems);
            JsonToken first = parser.nextToken();
            if (first == null) return Optional.of(new Mapping(1, Map.of()));
            YamlNode root = builder.node(first, "", 1);
            if (parser.nextToken() != null) {
                problems.add(new Problem(file, builder.line(), "", "a second YAML document begins here", "keep one document a file"));
            }
            return problems.size() == before ? Optional.of(root) : Optional.empty();
        } catch (JacksonException broken) {
            TokenStreamLocation at = broken.getLocation();
            problems.add(
                    new Problem(file, at == null ? 1 : Math.max(1, at.getLineNr()), "", "not valid YAML: " + firstLines(broken.getOriginalMessage()),
                            "check indentation, quotes and brackets on this line and the one above"));
            return Optional.empty();
        }
    }

    /** Keeps a value in an error message readable. */
    static String shorten(String text) { return shorten(text, 60); }

    /** One line of at most so many characters. */
    static String shorten(String text, int characters) {
        String oneLine = text.replaceAll("\\s+", " ").strip();
        return oneLine.length() <= characters ? oneLine : oneLine.substring(0, characters - 1) + "…";
    }

    private static String firstLines(@Nullable String message) {
        if (message == null) return "no reason given";
        // The YAML engine adds an excerpt of the file below its own words; the excerpt may hold a token, so it stays out.
        StringBuilder words = new StringBuilder();
        for (String line : message.lines().toList()) {
            if (line.startsWith(" ") || line.isBlank()) continue;
            String stripped = line.strip();
            if (stripped.startsWith("in ") && stripped.contains("line ")) continue;
            if (!words.isEmpty()) words.append(", ");
            words.append(stripped);
        }
        return shorten(words.toString(), 160);
    }

    /** Turns the parser's tokens into nodes. */
    final class Builder {
        private final String file;
        private final List<String> lines;
        private final JsonParser parser;
        private final List<Problem> problems;

        private Builder(String file, List<String> lines, JsonParser parser, List<Problem> problems) {
            this.file = file;
            this.lines = lines;
            this.parser = parser;
            this.problems = problems;
        }

        private int line() { return Math.max(1, parser.currentTokenLocation().getLineNr()); }

        private YamlNode node(JsonToken token, String where, int depth) {
            int line = line();
            if (depth > MAX_DEPTH) {
                throw new InvalidFile(new Problem(file, line, where, "nested deeper than " + MAX_DEPTH + " levels", "flatten it"));
            }
            if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
                problems.add(new Problem(file, line, where, "aliases (*name) are not taken", "write the value out"));
                return new Scalar(line, line, Scalar.Type.NOTHING, "");
            }
            return switch (token) {
                case START_OBJECT -> mapping(line, where, depth);
                case START_ARRAY -> sequence(line, where, depth);
                case VALUE_NUMBER_INT -> scalar(line, Scalar.Type.WHOLE);
                case VALUE_NUMBER_FLOAT -> scalar(line, Scalar.Type.FRACTION);
                case VALUE_TRUE, VALUE_FALSE -> scalar(line, Scalar.Type.FLAG);
                case VALUE_NULL -> new Scalar(line, line, Scalar.Type.NOTHING, "");
                default -> scalar(line, Scalar.Type.TEXT);
            };
        }

        private Scalar scalar(int line, Scalar.Type type) {
            String text = parser.getString();
            return new Scalar(line, line + (isBlock(line) ? 1 : 0), type, text == null ? "" : text);
        }

        private boolean isBlock(int line) {
            int column = parser.currentTokenLocation().getColumnNr() - 1;
            if (line > lines.size() || column < 0) return false;
            String source = lines.get(line - 1);
            return column < source.length() && (source.charAt(column) == '|' || source.charAt(column) == '>');
        }

        private Mapping mapping(int line, String where, int depth) {
            Map<String, Entry> entries = new LinkedHashMap<>();
            for (JsonToken token = parser.nextToken(); token != null && token != JsonToken.END_OBJECT; token = parser.nextToken()) {
                String key = parser.currentName();
                int keyLine = line();
                String path = where.isEmpty() ? key : where + "." + key;
                YamlNode value = node(parser.nextToken(), path, depth + 1);
                Entry twice = entries.putIfAbsent(key, new Entry(keyLine, value));
                if (twice != null) {
                    problems.add(new Problem(file, keyLine, path, "this key stands twice, first on line " + twice.line(), "keep one of them"));
                }
            }
            return new Mapping(line, entries);
        }

        private Sequence sequence(int line, String where, int depth) {
            List<YamlNode> items = new ArrayList<>();
            for (JsonToken token = parser.nextToken(); token != null && token != JsonToken.END_ARRAY; token = parser.nextToken()) {
                items.add(node(token, where + "[" + items.size() + "]", depth + 1));
            }
            return new Sequence(line, items);
        }
    }
}
