package org.infrafabric.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Programs that we did not write. */
public final class Peer {
    private Peer() {}

    /** Whether a program is on this machine's PATH. */
    public static boolean installed(String program) {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(":")) if (Files.isExecutable(Path.of(folder, program))) return true;
        return false;
    }

    /** Starts a program with its output in a file, for the test's report when it fails. */
    public static Process start(Path folder, Path output, String... command) throws IOException {
        Files.createDirectories(folder);
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.environment().put("TERM", "dumb");
        return builder.start();
    }
}
