package org.infrafabric.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** sipp (package sip-tester), running one scenario. */
public final class Sipp implements AutoCloseable {
    private final Process process;
    private final Path output;
    private final Path messages;
    private final int port;

    private Sipp(Process process, Path output, Path messages, int port) {
        this.process = process;
        this.output = output;
        this.messages = messages;
        this.port = port;
    }

    /**
     * Starts sipp as a callee on a free port.
     *
     * @param calls after so many calls it ends by itself
     */
    public static Sipp callee(Path folder, SippScenario scenario, int calls) throws IOException {
        return callee(folder, scenario, calls, Ports.free(2));
    }

    /** The same on a given port: two in a row must be free. */
    public static Sipp callee(Path folder, SippScenario scenario, int calls, int port) throws IOException {
        return listening(start(folder, scenario, port, "-m", Integer.toString(calls)));
    }

    /** Starts sipp as a caller. {@code service}: the user part it calls. */
    public static Sipp caller(Path folder, SippScenario scenario, String remote, String service, int calls) throws IOException {
        return start(folder, scenario, Ports.free(2), "-m", Integer.toString(calls), "-s", service, remote);
    }

    /** Starts sipp as a caller over TCP from a given port, for one call under a given Call-ID: with it a test can sign what sipp will say. */
    public static Sipp caller(Path folder, SippScenario scenario, String remote, String service, int port, String callId) throws IOException {
        return start(folder, scenario, port, "-m", "1", "-s", service, "-t", "t1", "-cid_str", callId, remote);
    }

    /** A callee for one call that repeats nothing by itself: what goes out, and what must come in, is what the scenario says. */
    public static Sipp exactCallee(Path folder, SippScenario scenario) throws IOException {
        return listening(start(folder, scenario, Ports.free(2), "-m", "1", "-nr"));
    }

    /** As {@link #exactCallee}, but a caller. */
    public static Sipp exactCaller(Path folder, SippScenario scenario, String remote, String service) throws IOException {
        return start(folder, scenario, Ports.free(2), "-m", "1", "-nr", "-s", service, remote);
    }

    /** Gives it when it hears: what is sent to it before would have to be repeated. */
    private static Sipp listening(Sipp callee) throws IOException {
        String socket = "0100007F:%04X ".formatted(callee.port);
        Path sockets = Path.of("/proc/net/udp");
        for (int tries = 0; tries < 1_000 && callee.process.isAlive() && Files.isReadable(sockets); tries++) {
            if (Files.readString(sockets).contains(socket)) return callee;
            LockSupport.parkNanos(5_000_000);
        }
        return callee; // what is wrong with it, its end will tell
    }

    private static Sipp start(Path folder, SippScenario scenario, int port, String... more) throws IOException {
        Files.createDirectories(folder);
        Path file = folder.resolve("scenario-" + port + ".xml"), output = folder.resolve("sipp-" + port + ".out"),
                messages = folder.resolve("sipp-" + port + ".messages");
        Files.writeString(file, scenario.xml());
        List<String> command = new ArrayList<>(
                List.of("sipp", "-sf", file.toString(), "-i", "127.0.0.1", "-p", Integer.toString(port), "-mi", "127.0.0.1", "-mp",
                        Integer.toString(Ports.free(8)), "-nostdin", "-trace_msg", "-message_file", messages.toString(), "-trace_err", "-error_file",
                        folder.resolve("sipp-" + port + ".errors").toString(), "-timeout", "900s", "-timeout_error"));
        command.addAll(List.of(more));
        return new Sipp(Peer.start(folder, output, command.toArray(String[]::new)), output, messages, port);
    }

    public int port() { return port; }

    /** {@code sip:USER@127.0.0.1:PORT}. */
    public String uri(String user) { return "sip:" + user + "@127.0.0.1:" + port; }

    /** What went over its wire so far. */
    public String messages() throws IOException {
        return Files.exists(messages) ? Files.readString(messages) : "";
    }

    /** Waits for its end: 0 when every call went by the scenario; when not, what it complained of and heard goes to the error stream. */
    public int await(Duration limit) throws Exception {
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) throw new AssertionError("sipp still runs after " + limit + "\n" + messages());
        int exit = process.exitValue();
        if (exit != 0) System.err.println("sipp on port " + port + " ended with " + exit + "\n" + output() + messages());
        return exit;
    }

    public String output() throws IOException { return Files.readString(output); }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }
}
