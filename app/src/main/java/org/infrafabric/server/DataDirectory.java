package org.infrafabric.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** What lies where in a bus's data directory. */
public record DataDirectory(Path path) {
    /** Makes it, for its owner's eyes alone: what people said and what agents asked lies there. One that is there stays as open as it is. */
    public void make() throws IOException {
        Files.createDirectories(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /** State and witness log. */
    public Path database() { return path.resolve("ifbus.db"); }

    /** The bus's own signing key, made at first start. */
    public Path busKey() { return path.resolve("bus.key"); }

    /** One folder an escalation. */
    public Path recordings() { return path.resolve("recordings"); }
}
