package org.infrafabric.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.infrafabric.testkit.Checkout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher and its AOT caches, in a checkout of its own that shares nothing but the jars. */
class LauncherTest {
    @TempDir Path folder;

    @Test
    void shouldStartWithoutACacheMakeBothOnceAndSurviveBrokenOnes() throws Exception {
        Path root = checkout();
        Path bus = root.resolve("app/target/ifbus.aot"), reading = root.resolve("app/target/ifbus-reading.aot");
        assertThat(output(start(root, "--version"))).startsWith("ifbus ");
        assertThat(List.of(bus, reading)).as("IFBUS_NO_BUILD makes none by itself").noneMatch(Files::exists);

        List<Process> both = List.of(start(root, "rehearse"), start(root, "rehearse"));
        for (Process one : both) output(one);
        assertThat(Files.size(bus)).isGreaterThan(40_000_000);
        assertThat(Files.size(reading)).as("little is needed to read").isBetween(10_000_000L, 40_000_000L);
        assertThat(names(root.resolve("app/target"))).as("nothing is left aside")
                .noneMatch(name -> name.matches("(ifbus(-reading)?\\.aot\\.(?!from$)|native\\.).*"));
        assertThat(output(start(root, "--version", "-Xlog:class+load"))).contains("org.infrafabric.cli.Ifbus source: shared objects file")
                .as("old classes, too").contains("picocli.CommandLine source: shared objects file")
                .as("but not a bus's").doesNotContain("org.infrafabric.sip.UserAgent ", "org.eclipse.jetty.server.Server ");

        var made = List.of(Files.getLastModifiedTime(bus), Files.getLastModifiedTime(reading));
        output(start(root, "rehearse"));
        assertThat(List.of(Files.getLastModifiedTime(bus), Files.getLastModifiedTime(reading))).as("those that fit are kept").isEqualTo(made);

        Path jar = list(root.resolve("app/target")).stream().filter(file -> file.toString().endsWith(".jar")).findFirst().orElseThrow();
        byte[] built = Files.readAllBytes(jar);
        FileTime then = Files.getLastModifiedTime(jar);
        try (FileSystem inside = FileSystems.newFileSystem(jar)) {
            Files.writeString(inside.getPath("another.build"), "as after an upgrade");
        }
        Files.setLastModifiedTime(jar, FileTime.from(then.toInstant().minusSeconds(3_600))); // or a way back
        assertThat(output(start(root, "--version", "-Xlog:class+load"))).as("a cache of another build would run that build's classes")
                .contains("org.infrafabric.cli.Ifbus source: file:").doesNotContain("org.infrafabric.cli.Ifbus source: shared");
        Files.write(jar, built);
        Files.setLastModifiedTime(jar, then);
        assertThat(output(start(root, "--version", "-Xlog:class+load"))).contains("org.infrafabric.cli.Ifbus source: shared objects file");

        Files.write(reading, Arrays.copyOf(Files.readAllBytes(reading), 5_000_000));
        assertThat(output(start(root, "--version"))).startsWith("ifbus ");
        Files.writeString(reading, "no cache at all");
        assertThat(output(start(root, "--version"))).startsWith("ifbus ");
        assertThat(output(start(root, "--version", "-XX:+UseG1GC"))).as("another collector than the cache was made with").startsWith("ifbus ");
    }

    private Path checkout() throws IOException {
        Path from = Checkout.root(), root = folder.resolve("ifbus checkout"); // a space, as people have in theirs
        Files.createDirectories(root.resolve("app/target/lib"));
        Files.createDirectories(root.resolve("build"));
        Files.copy(from.resolve("ifbus"), root.resolve("ifbus"), java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
        for (Path file : list(from.resolve("build"))) Files.copy(file, root.resolve("build").resolve(file.getFileName()));
        for (Path jar : list(from.resolve("app/target/lib"))) Files.copy(jar, root.resolve("app/target/lib").resolve(jar.getFileName()));
        for (Path jar : list(from.resolve("app/target"))) {
            if (jar.toString().endsWith(".jar")) Files.copy(jar, root.resolve("app/target").resolve(jar.getFileName()));
        }
        return root;
    }

    /** @param options after the command, those that begin with -X go to the JVM */
    private static Process start(Path root, String command, String... options) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(root.resolve("ifbus").toString(), command);
        builder.environment().put("IFBUS_NO_BUILD", "1");
        builder.environment().put("IFBUS_JAVA_OPTS", String.join(" ", options));
        return builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    }

    private static String output(Process process) throws IOException, InterruptedException {
        String text = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(text).isZero();
        return text;
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return new ArrayList<>(files.filter(Files::isRegularFile).toList());
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
