package org.infrafabric.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import org.infrafabric.server.Config;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --config}: the file that was named, else ./ifbus.yaml if there is one, else the defaults. */
final class ConfigOption {
    private static final Path USUAL = Path.of("ifbus.yaml");

    @Nullable
    @Option(names = "--config", paramLabel = "FILE",
            description = "The bus's config (default: ./ifbus.yaml if there is one; ifbus.reference.yaml explains every key).") Path file;

    Config read() {
        if (file != null) return Config.read(file);
        return Files.exists(USUAL) ? Config.read(USUAL) : Config.defaults();
    }
}
