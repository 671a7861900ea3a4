package org.infrafabric.acceptance;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.infrafabric.testkit.Await;
import org.infrafabric.testkit.Ports;

/**
 * Runs the commands of a page of Markdown in order, as a reader would, and compares what they say with what the page says.
 *
 * <ul>
 * <li>{@code ```sh run} runs to its end, which must be 0, or N with {@code exit=N}; what it exports is there for the blocks after it.
 * <li>{@code ```sh start=NAME} starts and stays, as in a terminal of its own.
 * <li>{@code ```sh aside} is not run. A command that stands in no such block, or in one that says none of this, is an error.
 * <li>{@code ```text} after a {@code run} block is all that it says; {@code ```text of=NAME} is what NAME says sooner or later, {@code later} that it is not waited for
 * before the rest of the page has been run.
 * <li>{@code <!-- NAME types KEYS when OTHER says "TEXT" -->}, the same with {@code until}, {@code <!-- NAME says "TEXT" -->}, {@code <!-- NAME ends with N -->}, {@code <!-- NAME stops -->}
 * and {@code <!-- NAME again -->} are what the reader does and sees; {@code <!-- unseen: COMMAND -->} is what a machine without ears needs instead.
 * </ul>
 *
 * Blocks of other languages are not looked at. In what is expected, {@code …} stands for anything, a line of it alone for any lines; digits in a row, times since a
 * beginning, long hex, ids of the demo and keys stand for others of their kind, blanks at a line's beginning for any number of them. Ports that the page names are replaced
 * by free ones. What a block sets, those after it know.
 */
final class RunningDoc implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final Pattern PORT = Pattern.compile("\\b(8080|50[68][0-9])\\b");
    private static final Pattern TYPES = Pattern.compile("<!-- (\\w+) types (\\S+) when (\\w+) says \"(.*)\" -->");
    private static final Pattern PRESSES = Pattern.compile("<!-- (\\w+) types (\\S+) until (\\w+) says \"(.*)\" -->");
    private static final Pattern SAYS = Pattern.compile("<!-- (\\w+) says \"(.*)\" -->");
    private static final Pattern STOPS = Pattern.compile("<!-- (\\w+) stops -->");
    private static final Pattern AGAIN = Pattern.compile("<!-- (\\w+) again -->");
    private static final Pattern UNSEEN = Pattern.compile("<!-- unseen: (.*) -->");
    private static final Pattern ENDS = Pattern.compile("<!-- (\\w+) ends with (\\d+) -->");
    private static final Pattern VARIES = Pattern
            .compile("…|\\+\\d+\\.\\d{3} s|\\bdemo-[0-9a-z-]+|\\b[0-9a-f]{16,}\\b|ed25519:[A-Za-z0-9_-]{43}|\\d{2,}");
    private static final Pattern HIDDEN_COMMAND = Pattern.compile("(\\$ |    )\\./\\w+.*");

    private final Path folder;
    private final Map<String, Started> started = new LinkedHashMap<>();
    private final Map<String, String> scripts = new HashMap<>();
    private final Map<String, String> ports = new HashMap<>();
    private final List<Later> later = new ArrayList<>();
    private int ran;

    RunningDoc(Path folder) { this.folder = folder; }

    private record Started(Process process, Path output) {
        String said() throws IOException { return plain(Files.readString(output)); }
    }

    /** A direction that waits until the page's end, because NAME takes its time. */
    private record Later(String name, Direction direction) {}

    @FunctionalInterface
    private interface Direction {
        void follow() throws Exception;
    }

    /** How many blocks were run or started. */
    int ran() { return ran; }

    void run(Path page) throws Exception {
        List<String> lines = Files.readAllLines(page);
        String last = "";                                    // what the block just run has said
        for (int at = 0; at < lines.size(); at++) {
            String line = lines.get(at);
            String where = page.getFileName() + ":" + (at + 1);
            if (line.startsWith("<!-- ")) {
                Matcher ends = ENDS.matcher(line);
                if (ends.matches() && later.stream().anyMatch(waiting -> waiting.name.equals(ends.group(1))))
                    later.add(new Later(ends.group(1), () -> act(line, where)));
                else
                    act(line, where);
                continue;
            }
            if (HIDDEN_COMMAND.matcher(line).matches()) throw new AssertionError(where + " is a command that nobody runs: " + line);
            if (!line.startsWith("```")) continue;
            StringBuilder block = new StringBuilder();
            for (at++; !lines.get(at).startsWith("```"); at++) block.append(lines.get(at)).append('\n');
            String words = line.substring(3), text = block.toString();
            if (words.startsWith("sh run"))
                last = finish(withPorts(text), words.contains("exit=") ? Integer.parseInt(after(words, "exit=")) : 0, where);
            else
                if (words.startsWith("sh start=")) start(after(words, "start="), withPorts(text));
                else if (words.startsWith("text of=")) await(words, text, where);
                else if (words.equals("text")) compare(last, text, where);
                else
                    if (words.startsWith("sh") && !words.equals("sh aside"))
                        throw new AssertionError(where + " does not say whether its commands are run: " + words);
        }
        for (Later waiting : later) waiting.direction.follow();
        later.clear();
    }

    private void await(String words, String text, String where) throws Exception {
        String name = after(words, "of=");
        Started who = started.get(name);
        if (words.endsWith(" later")) later.add(new Later(name, () -> awaitLines(who, text, where)));
        else awaitLines(who, text, where);
    }

    private static String after(String words, String key) { return words.substring(words.indexOf(key) + key.length()).split(" ")[0]; }

    private void act(String comment, String where) throws Exception {
        Matcher types = TYPES.matcher(comment), ends = ENDS.matcher(comment), says = SAYS.matcher(comment), stops = STOPS.matcher(comment),
                again = AGAIN.matcher(comment), unseen = UNSEEN.matcher(comment);
        Matcher presses = PRESSES.matcher(comment);
        if (types.matches()) {
            awaitSaid(types.group(3), types.group(4), where);
            type(types.group(1), types.group(2));
        } else if (presses.matches()) {
            press(presses, where);
        } else if (says.matches()) {
            awaitSaid(says.group(1), says.group(2), where);
        } else if (stops.matches()) {
            stop(started.remove(stops.group(1)));
        } else if (again.matches()) {
            start(again.group(1), scripts.get(again.group(1)));
        } else if (unseen.matches()) {
            finish(withPorts(unseen.group(1)), 0, where);
        } else if (ends.matches()) {
            Started ended = started.get(ends.group(1));
            if (!ended.process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS))
                throw new AssertionError(where + " still runs and has said:\n" + ended.said());
            if (ended.process.exitValue() != Integer.parseInt(ends.group(2)))
                throw new AssertionError(where + " ended with " + ended.process.exitValue() + " and said:\n" + ended.said());
        } else {
            throw new AssertionError(where + " is no direction that is known: " + comment);
        }
    }

    private void type(String name, String keys) throws IOException {
        OutputStream to = started.get(name).process.getOutputStream();
        to.write(keys.getBytes(StandardCharsets.US_ASCII));
        to.flush();
    }

    /** Again and again, as people do: a phone drops keys while its sound is not running yet. */
    private void press(Matcher presses, String where) throws Exception {
        Started other = started.get(presses.group(3));
        for (long end = System.nanoTime() + LIMIT.toNanos(); System.nanoTime() - end < 0;) {
            type(presses.group(1), presses.group(2));
            if (Await.within(Duration.ofSeconds(2), () -> other.said().contains(presses.group(4)))) return;
        }
        throw new AssertionError(where + " waited for " + presses.group(4) + " and heard\n" + other.said());
    }

    private void awaitSaid(String name, String text, String where) throws Exception {
        Await.until(where + " " + name + " to say " + text, LIMIT, started.get(name)::said, said -> said.contains(text));
    }

    private String finish(String script, int exit, String where) throws Exception {
        ran++;
        Path output = Files.createTempFile(folder, "doc", ".out");
        Process process = bash("trap 'declare -px > .exported' EXIT\n" + script, output);
        process.getOutputStream().close();
        if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            throw new AssertionError(where + " runs for over " + LIMIT + " and has said:\n" + Files.readString(output));
        }
        String said = plain(Files.readString(output));
        if (process.exitValue() != exit)
            throw new AssertionError(where + " ended with " + process.exitValue() + ", not " + exit + ", and said:\n" + said);
        return said;
    }

    private void start(String name, String script) throws IOException {
        ran++;
        scripts.put(name, script);
        Path output = Files.createTempFile(folder, name, ".out");
        started.put(name, new Started(bash(script, output), output));
    }

    /** One shell a block; what the blocks before it have exported is there. */
    private Process bash(String script, Path output) throws IOException {
        String whole = "[ -f .exported ] && . ./.exported; set -ea\n" + script;
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", whole).directory(folder.toFile()).redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().putAll(Map.of("IFBUS_NO_BUILD", "1", "TERM", "dumb", "NO_COLOR", "1"));
        return builder.start();
    }

    private String withPorts(String script) {
        return PORT.matcher(script).replaceAll(port -> ports.computeIfAbsent(port.group(), name -> Integer.toString(Ports.free(4))));
    }

    private static void awaitLines(Started who, String expected, String where) throws Exception {
        Pattern pattern = Pattern.compile("(?m)^" + regex(expected));
        Await.until(where + "\n" + expected, LIMIT, who::said, said -> pattern.matcher(said).find());
    }

    private static void compare(String said, String expected, String where) {
        if (!Pattern.compile(regex(expected)).matcher(said).matches())
            throw new AssertionError(where + " was to say\n" + expected + "\nand said\n" + said);
    }

    private static String regex(String expected) {
        StringBuilder regex = new StringBuilder();
        for (String line : expected.lines().toList()) regex.append(line.equals("…") ? "(?:.*\n)*?" : line(line) + " *\n");
        return regex.toString();
    }

    private static String line(String line) {
        StringBuilder regex = new StringBuilder();
        Matcher varies = VARIES.matcher(line);
        int from = line.length() - line.stripLeading().length();
        if (from > 0) regex.append(" *");
        for (; varies.find(); from = varies.end()) {
            regex.append(Pattern.quote(line.substring(from, varies.start())));
            String what = varies.group();
            regex.append(what.equals("…") ? ".*"
                    : what.startsWith("ed25519:") ? "ed25519:[A-Za-z0-9_-]{43}"
                            : what.startsWith("+") ? "\\+\\d+\\.\\d{3} s"
                                    : what.startsWith("demo-") ? "demo-[0-9a-z-]+" : what.matches("\\d+") ? "\\d+" : "[0-9a-f]+");
        }
        return regex.append(Pattern.quote(line.substring(from))).toString();
    }

    /** Without colours, carriage returns and what a phone repaints. */
    private static String plain(String text) {
        return text.replaceAll("\u001b\\[[0-9;]*[A-Za-z]", "").replace("\r", "\n");
    }

    /** The shell and what it has started, as Ctrl-C in a terminal does. */
    private static void stop(Started one) {
        List<ProcessHandle> all = Stream.concat(one.process.descendants(), Stream.of(one.process.toHandle())).toList();
        CompletableFuture<?> ended = CompletableFuture.allOf(all.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new));
        all.forEach(ProcessHandle::destroy);
        ended.completeOnTimeout(null, 30, TimeUnit.SECONDS).join();
        all.forEach(ProcessHandle::destroyForcibly);
    }

    @Override
    public void close() {
        for (Started one : started.values()) stop(one);
    }
}
