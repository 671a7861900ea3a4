package org.infrafabric.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** The programs a test needs. Without them it skips, saying so; with CI=true that is a failure. */
public final class Requires {
    private Requires() {}

    public static void programs(String... names) {
        for (String name : names) if (!Peer.installed(name)) missing(name + " is not installed", "./check installs it");
    }

    /** The {@code java} of a Java 17, the oldest that the agents' client promises to run on. */
    public static Path java17() throws IOException {
        Path installed = Path.of("/usr/lib/jvm");
        List<Path> homes = List.of();
        if (Files.isDirectory(installed)) {
            try (Stream<Path> all = Files.list(installed)) {
                homes = all.filter(home -> home.getFileName().toString().matches(".*\\b17\\b.*")).sorted().toList();
            }
        }
        for (Path home : homes) if (Files.isExecutable(home.resolve("bin/javac"))) return home.resolve("bin/java");
        missing("no JDK 17 in /usr/lib/jvm", "apt-get install openjdk-17-jdk-headless");
        throw new IllegalStateException("not reached");
    }

    /** Skips the test, saying so; with CI=true that is a failure. */
    public static void missing(String what, String remedy) {
        if ("true".equals(System.getenv("CI"))) Assertions.fail(what + ", and with CI=true no test may be skipped: " + remedy);
        Assumptions.abort(what + ": " + remedy);
    }
}
