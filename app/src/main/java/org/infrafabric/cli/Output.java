package org.infrafabric.cli;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code --json}, and how results and progress reach people: results on stdout, everything else on stderr, colour only on a terminal. */
final class Output {
    static final ObjectMapper JSON = JsonMapper.builder().build();
    static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    static final PrintStream ERR = new PrintStream(System.err, true, StandardCharsets.UTF_8);

    @Option(names = "--json", description = "Print the result as one JSON object on the last line of stdout.") boolean json;

    static ObjectNode object() { return JSON.createObjectNode(); }

    /** A result: as JSON where that was asked for, else as the text for people. */
    void result(JsonNode object, String text) {
        OUT.println(json ? object.toString() : text);
    }

    static void progress(String line) { ERR.println(line); }

    /** Dim, where the terminal can. */
    static String dim(String text) { return colour("2", text); }

    static String bold(String text) { return colour("1", text); }

    private static String colour(String code, String text) {
        return System.console() != null && System.console().isTerminal() && System.getenv("NO_COLOR") == null
                ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }
}
