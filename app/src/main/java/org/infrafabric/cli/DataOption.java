package org.infrafabric.cli;

import java.nio.file.Path;
import org.infrafabric.server.DataDirectory;
import org.infrafabric.store.SqliteStore;
import picocli.CommandLine.Option;

/** {@code --data-dir}, for commands that read a bus's data, also beside the bus that writes it. */
final class DataOption {
    @Option(names = "--data-dir", paramLabel = "DIR", description = "Where the bus keeps its data (default: ./ifbus-data).") Path directory = Path
            .of("ifbus-data");

    DataDirectory data() { return new DataDirectory(directory); }

    /** Opens the database for reading alone. */
    SqliteStore readOnly() { return SqliteStore.readOnly(data().database()); }
}
