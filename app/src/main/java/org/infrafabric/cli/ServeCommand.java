package org.infrafabric.cli;

import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.infrafabric.server.Bus;
import org.infrafabric.server.Config;
import org.infrafabric.server.LiveGuard;
import org.infrafabric.sip.Endpoint;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sun.misc.Signal;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code serve}: runs the bus until SIGTERM, then drains and stops. */
@Command(name = "serve", mixinStandardHelpOptions = true,
        description = "Run the bus. SIGTERM lets running escalations end and stops; SIGHUP reads config and policy again.")
final class ServeCommand implements Callable<Integer> {
    @Mixin private ConfigOption config = new ConfigOption();

    @Nullable
    @Option(names = "--data-dir", paramLabel = "DIR",
            description = "Where the bus keeps its data; overrides the config's.") private Path data;

    @Mixin private Output output = new Output();

    @Override
    public Integer call() throws Exception {
        Config read = read();
        read.warnings().forEach(warning -> Output.progress("ifbus: " + warning));
        CountDownLatch stopped = new CountDownLatch(1);
        Bus bus = Bus.start(read, this::read);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            Output.progress("ifbus: draining");
            bus.drain();
            bus.close();
            Output.progress("ifbus: stopped");
            stopped.countDown();
            Runtime.getRuntime().halt(ExitCode.DONE); // drained and stopped as asked: not the signal's 143
        }, "shutdown"));
        onHangUp(bus);
        tellReady(bus);
        stopped.await();
        return ExitCode.DONE;
    }

    private Config read() {
        Config read = config.read();
        return data == null ? read : read.withData(data);
    }

    /** SIGHUP: config and policy are read again. Not at all where the platform has no such signal or somebody else takes it. */
    private static void onHangUp(Bus bus) {
        try {
            Signal.handle(new Signal("HUP"), signal -> Thread.ofVirtual().name("reload").start(() -> {
                try {
                    Output.progress("ifbus: " + told(bus.reload()));
                } catch (RuntimeException failed) {
                    Output.progress("ifbus: not read again, what was in force stays: " + failed.getMessage());
                }
            }));
        } catch (IllegalArgumentException taken) {
            Output.progress("ifbus: SIGHUP is not heard here; ifbus guard reload does the same");
        }
    }

    private static String told(LiveGuard.Outcome outcome) {
        return switch (outcome) {
            case LiveGuard.Outcome.Loaded loaded -> (loaded.changed() ? "policy and roster " : "as before: policy and roster ")
                    + loaded.status().hash()
                    + " in force" + (loaded.needRestart().isEmpty() ? "" : "; from the next start only: " + String.join(", ", loaded.needRestart()));
            case LiveGuard.Outcome.Waiting waiting -> "waiting for approval: ifbus guard approve " + waiting.change().hash();
            case LiveGuard.Outcome.Rejected rejected -> "not taken, what was in force stays: " + rejected.problems().getFirst();
            case LiveGuard.Outcome.Unknown unknown -> "nothing changed";
            case LiveGuard.Outcome.NotAsked notAsked -> "nothing changed";
        };
    }

    /** CONTRACT §1: http and the first SIP address come first. */
    private void tellReady(Bus bus) {
        StringBuilder line = new StringBuilder("ifbus ready http=" + bus.http() + " sip=" + hostPort(bus.sip().getFirst()));
        ObjectNode ready = Output.object().put("http", bus.http()).put("node", bus.node()).put("busKey", bus.publicKey());
        ArrayNode listening = ready.putArray("sip");
        for (Endpoint endpoint : bus.sip()) {
            listening.add(endpoint.toString());
            line.append(' ').append(endpoint.protocol().name().toLowerCase(Locale.ROOT)).append('=').append(hostPort(endpoint));
        }
        Output.OUT.println(line.append(" node=").append(bus.node()));
        if (output.json) Output.OUT.println(ready);
    }

    /** Without the transport: {@code 127.0.0.1:5060}. */
    private static String hostPort(Endpoint endpoint) {
        return endpoint.toString().substring(endpoint.toString().indexOf(':') + 1);
    }
}
