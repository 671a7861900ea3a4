package org.infrafabric.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.infrafabric.server.Bus;
import org.infrafabric.server.Config;
import picocli.CommandLine.Command;

/**
 * Starts a bus on free ports in a throw-away folder and stops it. {@code ./ifbus} runs this once after a build while the JVM writes its class archive, so that
 * every later start finds its classes ready.
 */
@Command(name = "rehearse", hidden = true, description = "Start a bus in a throw-away folder and stop it.")
final class RehearseCommand implements Callable<Integer> {
    @Override
    public Integer call() throws IOException {
        Path folder = Files.createTempDirectory("ifbus-rehearsal");
        String config = """
                data: %s
                http: { listen: "127.0.0.1:0" }
                sip: { listen: ["udp:127.0.0.1:0", "tcp:127.0.0.1:0"] }
                """.formatted(folder.resolve("data"));
        try (Bus bus = Bus.start(Config.parse("rehearsal", config, folder))) {
            return bus.sip().isEmpty() ? ExitCode.FAILED : ExitCode.DONE;
        } finally {
            delete(folder);
        }
    }

    private static void delete(Path folder) throws IOException {
        List<Path> all;
        try (Stream<Path> found = Files.walk(folder)) {
            all = found.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) Files.delete(path);
    }
}
