package org.infrafabric.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The built {@code ifbus}, started from outside as a user starts it. */
public final class IfbusProcess implements AutoCloseable {
    private static final Pattern READY = Pattern.compile("ifbus ready http=(\\S+) sip=(\\S+)(.*)");

    private final Process process;
    private final Path output;
    private final Path errors;
    private final String http;
    private final String sip;
    private final Duration readyAfter;
    private static boolean prepared;

    private IfbusProcess(Process process, Path output, Path errors, String http, String sip, Duration readyAfter) {
        this.process = process;
        this.output = output;
        this.errors = errors;
        this.http = http;
        this.sip = sip;
        this.readyAfter = readyAfter;
    }

    /** What a command that came to its end left behind. */
    public record Finished(int exit, String out, String err, Duration took) {
        /** The last line of stdout: with {@code --json}, the result. */
        public String lastLine() {
            List<String> lines = out.lines().filter(line -> !line.isBlank()).toList();
            return lines.isEmpty() ? "" : lines.getLast();
        }
    }

    /** Runs a command to its end in {@code folder}. Throws AssertionError, with what it printed, when it takes longer than {@code limit}. */
    public static Finished run(Path folder, Duration limit, String... arguments) throws IOException, InterruptedException {
        Path out = Files.createTempFile(folder, "out", ".txt"), err = Files.createTempFile(folder, "err", ".txt");
        prepare();
        long start = System.nanoTime();
        Process process = command(folder, arguments).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        process.getOutputStream().close();
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            process.destroyForcibly().waitFor();
            throw new AssertionError(
                    "ifbus " + String.join(" ", arguments) + " took over " + limit + "\n" + Files.readString(out) + Files.readString(err));
        }
        return new Finished(process.exitValue(), Files.readString(out), Files.readString(err), Duration.ofNanos(System.nanoTime() - start));
    }

    /** Starts {@code ifbus serve --config config} and waits for its ready line. */
    public static IfbusProcess serve(Path folder, Path config, String... more) throws Exception {
        Path out = Files.createTempFile(folder, "serve", ".out"), err = Files.createTempFile(folder, "serve", ".err");
        List<String> arguments = new ArrayList<>(List.of("serve", "--config", config.toString()));
        arguments.addAll(Arrays.asList(more));
        prepare();
        long start = System.nanoTime();
        Process process = command(folder, arguments.toArray(String[]::new)).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        try {
            Optional<Matcher> ready = Await.until("the ready line", Duration.ofSeconds(60), () -> {
                if (!process.isAlive())
                    throw new AssertionError("serve ended with " + process.exitValue() + "\n" + Files.readString(out) + Files.readString(err));
                return Files.readString(out).lines().map(READY::matcher).filter(Matcher::matches).findFirst();
            }, Optional::isPresent);
            Matcher line = ready.orElseThrow();
            return new IfbusProcess(process, out, err, line.group(1), line.group(2), Duration.ofNanos(System.nanoTime() - start));
        } catch (Exception | AssertionError failed) {
            process.destroyForcibly();
            throw failed;
        }
    }

    /** Lets the launcher make its AOT cache if there is none that fits, so that many starts are quick and none is measured while it is made. Once a JVM. */
    public static synchronized void prepare() throws IOException, InterruptedException {
        if (prepared) return;
        prepared = true;
        Process process = command(Checkout.root(), "rehearse").redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!process.waitFor(5, TimeUnit.MINUTES)) process.destroyForcibly().waitFor(); // a start does without it
    }

    private static ProcessBuilder command(Path folder, String... arguments) {
        List<String> command = new ArrayList<>(List.of(Checkout.root().resolve("ifbus").toString()));
        command.addAll(Arrays.asList(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().put("IFBUS_NO_BUILD", "1");
        return builder;
    }

    /** {@code host:port} of the HTTP interface. */
    public String http() { return http; }

    /** {@code host:port} of the first SIP interface, as the ready line names it. */
    public String sip() { return sip; }

    /** Process start to ready line, within 20 ms. */
    public Duration readyAfter() { return readyAfter; }

    public long pid() { return process.pid(); }

    public String errors() throws IOException { return Files.readString(errors); }

    public String output() throws IOException { return Files.readString(output); }

    /** As a power cut would: no shutdown hook runs. */
    public void kill() throws InterruptedException { process.destroyForcibly().waitFor(); }

    /** SIGTERM; gives the exit code. */
    public int terminate(Duration limit) throws InterruptedException {
        process.destroy();
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) throw new AssertionError("did not stop within " + limit + " of SIGTERM");
        return process.exitValue();
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(5, TimeUnit.SECONDS)) process.destroyForcibly().waitFor();
    }
}
