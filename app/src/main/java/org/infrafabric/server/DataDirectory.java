package org.infrafabric.server;

import java.nio.file.Path;

/** What lies where in a bus's data directory. */
public record DataDirectory(Path path) {
    /** State and witness log. */
    public Path database() { return path.resolve("ifbus.db"); }

    /** The bus's own signing key, made at first start. */
    public Path busKey() { return path.resolve("bus.key"); }

    /** One folder an escalation. */
    public Path recordings() { return path.resolve("recordings"); }
}
