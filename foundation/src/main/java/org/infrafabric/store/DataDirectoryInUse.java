package org.infrafabric.store;

import java.nio.file.Path;

/** Another process holds the data directory; two writers on one log would break its chain. */
public final class DataDirectoryInUse extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** @param holder the other process's id as it stands in the lock file; empty if that cannot be read */
    DataDirectoryInUse(Path directory, String holder) {
        super("data directory " + directory + " is in use" + (holder.isEmpty() ? "" : " by process " + holder)
                + ": stop that process or choose another directory with --data-dir");
    }
}
