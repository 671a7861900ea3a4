package org.infrafabric.cli;

import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.infrafabric.server.Bus;
import org.infrafabric.server.Config;
import org.infrafabric.sip.Endpoint;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code serve}: runs the bus until SIGTERM, then drains and stops. */
@Command(name = "serve", mixinStandardHelpOptions = true, description = "Run the bus. SIGTERM lets running escalations end and stops.")
final class ServeCommand implements Callable<Integer> {
    @Mixin private ConfigOption config = new ConfigOption();

    @Nullable
    @Option(names = "--data-dir", paramLabel = "DIR",
            description = "Where the bus keeps its data; overrides the config's.") private Path data;

    @Mixin private Output output = new Output();

    @Override
    public Integer call() throws Exception {
        Config read = config.read();
        if (data != null) read = read.withData(data);
        read.warnings().forEach(warning -> Output.progress("ifbus: " + warning));
        CountDownLatch stopped = new CountDownLatch(1);
        Bus bus = Bus.start(read);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            Output.progress("ifbus: draining");
            bus.drain();
            bus.close();
            Output.progress("ifbus: stopped");
            stopped.countDown();
            Runtime.getRuntime().halt(ExitCode.DONE); // drained and stopped as asked: not the signal's 143
        }, "shutdown"));
        tellReady(bus);
        stopped.await();
        return ExitCode.DONE;
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
