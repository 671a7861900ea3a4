package org.infrafabric.witness;

import java.nio.file.Path;
import org.infrafabric.store.DataDirectoryInUse;
import org.infrafabric.store.SqliteStore;

/** A process that opens a data directory, and says what it was told. For {@link SecondProcessTest}. */
final class OpenStore {
    private OpenStore() {}

    public static void main(String[] arguments) {
        try (SqliteStore store = SqliteStore.open(Path.of(arguments[0]).resolve("ifbus.db"))) {
            System.out.println("opened, " + store.queued() + " queued");
        } catch (DataDirectoryInUse e) {
            System.out.println("in use: " + e.getMessage());
        }
    }
}
