package org.infrafabric.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.infrafabric.server.Config;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Asks the running bus to do what only the process that holds the data directory can do; the operator's token lies in that directory. */
final class OperatorCall {
    @Nullable
    @Option(names = "--server", paramLabel = "URL", converter = BusOption.Address.class,
            description = "Where the bus that holds the data directory listens for HTTP (default: as the config says).") private URI server;

    /** Sends one request and gives the answer. Throws {@link IOException} with what the bus said when it refused. */
    JsonNode send(String method, String path, LogOption data) throws IOException, InterruptedException {
        Config.Http http = data.config().http();
        URI base = server == null ? URI.create("http://" + http.host() + ":" + http.port()) : server;
        Path token = data.data().path().resolve("operator.token");
        if (!Files.isReadable(token))
            throw new IOException("a bus holds the data directory, and the operator's token " + token + " cannot be read to ask it");
        try {
            return BusOption.ask(base, Files.readString(token).strip(), method, path, "");
        } catch (BusOption.NoBus nobody) {
            throw new IOException("a bus holds the data directory and does not answer at " + base + "; name its address with --server", nobody);
        }
    }
}
