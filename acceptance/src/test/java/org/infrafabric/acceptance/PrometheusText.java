package org.infrafabric.acceptance;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A scrape in Prometheus' text format 0.0.4, read strictly: whatever its grammar does not allow is an {@link AssertionError} that names the line. */
final class PrometheusText {
    private static final Pattern HELP = Pattern.compile("# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) ((?:[^\\\\]|\\\\\\\\|\\\\n)*)");
    private static final Pattern TYPE = Pattern.compile("# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram|summary|untyped)");
    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("\\G([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\\\n]|\\\\\\\\|\\\\\"|\\\\n)*)\"(?:,|$)");

    private final Map<String, String> types = new LinkedHashMap<>();
    private final Map<String, Map<Map<String, String>, Double>> samples = new LinkedHashMap<>();
    private String family = "";

    private PrometheusText() {}

    static PrometheusText of(String text) {
        if (!text.endsWith("\n")) throw new AssertionError("the last line has no end");
        PrometheusText scrape = new PrometheusText();
        for (String line : text.split("\n")) scrape.line(line);
        scrape.histograms();
        return scrape;
    }

    /** Type of each family. */
    Map<String, String> types() { return types; }

    /** All samples of one name, by their labels. */
    Map<Map<String, String>, Double> samples(String name) {
        if (!samples.containsKey(name)) throw new AssertionError(name + " is not there; there are " + samples.keySet());
        return samples.get(name);
    }

    /** The sample with just these labels, name and value in turns. */
    double value(String name, String... labels) {
        Map<String, String> wanted = new TreeMap<>();
        for (int i = 0; i < labels.length; i += 2) wanted.put(labels[i], labels[i + 1]);
        Double value = samples(name).get(wanted);
        if (value == null) throw new AssertionError(name + wanted + " is not there; there are " + samples(name).keySet());
        return value;
    }

    private void line(String line) {
        Matcher help = HELP.matcher(line), type = TYPE.matcher(line), sample = SAMPLE.matcher(line);
        if (help.matches()) {
            begin(help.group(1), line);
        } else if (type.matches()) {
            if (!family.equals(type.group(1))) begin(type.group(1), line);
            if (types.put(type.group(1), type.group(2)) != null) throw wrong("a second type", line);
        } else if (!line.startsWith("#") && sample.matches()) {
            sample(sample, line);
        } else {
            throw wrong("no help, type or sample", line);
        }
    }

    /** The lines of one family stand together. */
    private void begin(String name, String line) {
        if (types.containsKey(name)) throw wrong("a family that was there before", line);
        family = name;
    }

    private void sample(Matcher sample, String line) {
        String name = sample.group(1);
        String type = types.getOrDefault(family, "");
        List<String> allowed = switch (type) {
            case "histogram" -> List.of(family + "_bucket", family + "_sum", family + "_count");
            case "summary" -> List.of(family, family + "_sum", family + "_count");
            default -> List.of(family);
        };
        if (type.isEmpty() || !allowed.contains(name)) throw wrong("a sample outside its family", line);
        Map<String, String> labels = labels(sample.group(2) == null ? "" : sample.group(2), line);
        double value = number(sample.group(3), line);
        if (type.equals("counter") && !(value >= 0)) throw wrong("a counter below zero", line);
        if (samples.computeIfAbsent(name, first -> new LinkedHashMap<>()).put(labels, value) != null) throw wrong("twice", line);
    }

    private static Map<String, String> labels(String text, String line) {
        Map<String, String> labels = new TreeMap<>();
        Matcher label = LABEL.matcher(text);
        int end = 0;
        for (; label.find(); end = label.end()) if (labels.put(label.group(1), label.group(2)) != null) throw wrong("a label twice", line);
        if (end != text.length()) throw wrong("labels that are none", line);
        return labels;
    }

    private static double number(String text, String line) {
        try {
            return switch (text) {
                case "+Inf" -> Double.POSITIVE_INFINITY;
                case "-Inf" -> Double.NEGATIVE_INFINITY;
                default -> Double.parseDouble(text);
            };
        } catch (NumberFormatException none) {
            throw wrong("no number", line);
        }
    }

    /** Buckets grow, and the last one holds all that was counted. */
    private void histograms() {
        for (String name : types.keySet()) {
            if (!types.get(name).equals("histogram")) continue;
            Map<Map<String, String>, Double> last = new HashMap<>();
            samples(name + "_bucket").forEach((labels, count) -> {
                Map<String, String> rest = new TreeMap<>(labels);
                if (rest.remove("le") == null || last.getOrDefault(rest, 0.0) > count)
                    throw wrong("a bucket smaller than the one before", name + labels);
                last.put(rest, count);
            });
            samples(name + "_count").forEach((labels, count) -> {
                if (!count.equals(last.get(labels))) throw wrong("a count that is not that of the last bucket", name + labels);
            });
        }
    }

    private static AssertionError wrong(String what, String line) { return new AssertionError(what + ": " + line); }
}
