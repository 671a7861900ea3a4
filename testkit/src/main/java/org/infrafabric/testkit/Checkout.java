package org.infrafabric.testkit;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the project lies on this machine. */
public final class Checkout {
    private Checkout() {}

    /** The folder that holds {@code ./ifbus}, found upwards from where the test runs. */
    public static Path root() {
        Path here = Path.of("").toAbsolutePath();
        for (Path folder = here; folder != null; folder = folder.getParent()) {
            if (Files.isExecutable(folder.resolve("ifbus")) && Files.exists(folder.resolve("check"))) return folder;
        }
        throw new IllegalStateException("not inside a checkout of ifbus: " + here);
    }
}
