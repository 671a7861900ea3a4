package org.infrafabric.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import org.infrafabric.server.Config;
import org.infrafabric.server.DataDirectory;
import org.infrafabric.store.SqliteStore;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which bus's data a command reads, also beside the bus that writes it: {@code --data-dir}, else the {@code data} of the config that {@code serve} would read. */
final class LogOption {
    private static final Path USUAL_CONFIG = Path.of("ifbus.yaml");

    @Nullable
    @Option(names = "--data-dir", paramLabel = "DIR",
            description = "Where the bus keeps its data (default: what the config says, else ./ifbus-data).") private Path directory;

    @Nullable
    @Option(names = "--config", paramLabel = "FILE",
            description = "The bus's config, for its data directory (default: ./ifbus.yaml if there is one).") private Path config;

    DataDirectory data() { return new DataDirectory(directory == null ? config().data() : directory); }

    /** The config that {@code serve} would read here. */
    Config config() {
        if (config != null) return Config.read(config);
        return Files.exists(USUAL_CONFIG) ? Config.read(USUAL_CONFIG) : Config.defaults();
    }

    /**
     * The log's database.
     *
     * @throws IllegalArgumentException there is none yet, or it is not for this user
     */
    Path database() {
        Path database = data().database();
        if (Files.isReadable(database)) return database;
        throw new IllegalArgumentException(
                Files.notExists(database) ? "there is no log at " + database + "; name the bus's data directory with --data-dir"
                        : "this user may not read " + database + "; run it as the user who runs the bus");
    }

    /** Opens the database for reading alone. */
    SqliteStore readOnly() { return SqliteStore.readOnly(database()); }
}
