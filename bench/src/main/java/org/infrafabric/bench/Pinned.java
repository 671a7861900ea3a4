package org.infrafabric.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.infrafabric.testkit.Peer;

/** A bench command in a process of its own, pinned to a core where the machine has that and {@code taskset}; talked to by lines. */
final class Pinned implements AutoCloseable {
    private static final double TICKS_A_SECOND = 100;                     // of /proc/PID/stat, on every Linux that Java runs on

    private final Process process;
    private final boolean pinned;
    private final BufferedReader out;
    private final PrintStream in;

    private Pinned(Process process, boolean pinned) {
        this.process = process;
        this.pinned = pinned;
        this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        this.in = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    }

    static Pinned start(int core, String... arguments) throws IOException {
        boolean pinned = Peer.installed("taskset") && Runtime.getRuntime().availableProcessors() > core;
        List<String> command = new ArrayList<>(pinned ? List.of("taskset", "-c", "" + core) : List.of());
        command.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC", "-Xlog:disable",
                "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-cp", System.getProperty("java.class.path"),
                Bench.class.getName()));
        command.addAll(List.of(arguments));
        return new Pinned(new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start(), pinned);
    }

    boolean pinned() { return pinned; }

    /** The next line that it prints. */
    String line() throws IOException {
        String line = out.readLine();
        if (line == null) throw new IOException("the process ended; what it had to say stands above");
        return line;
    }

    void say(String line) { in.println(line); }

    String ask() throws IOException {
        say("");
        return line();
    }

    /** User and system time of all its threads. */
    double cpuSeconds() throws IOException { return cpuSeconds(process.pid()); }

    long rssKb() throws IOException { return statusKb(process.pid(), "VmRSS"); }

    static double cpuSeconds(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1); // the name may hold anything
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_A_SECOND;
    }

    static long statusKb(long pid, String field) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream().filter(line -> line.startsWith(field + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).findFirst().orElse(0);
    }

    @Override
    public void close() throws InterruptedException {
        in.close();
        if (!process.waitFor(5, TimeUnit.SECONDS)) process.destroyForcibly().waitFor();
    }
}
