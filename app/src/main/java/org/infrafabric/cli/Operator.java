package org.infrafabric.cli;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.infrafabric.server.Role;
import org.infrafabric.server.Tokens;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** Speaks to a running bus as its operator: with the token given, else the operator's file in the bus's data directory where that can be read. */
final class Operator {
    @Mixin private BusOption bus = new BusOption();
    @Mixin private LogOption data = new LogOption();

    /** One request; see {@link BusOption#ask}. */
    JsonNode ask(String method, String path, String body) throws IOException, InterruptedException {
        return BusOption.ask(bus.server(), token(), method, path, body);
    }

    /** A part of a path. */
    static String part(String id) { return URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20"); }

    private String token() {
        if (bus.token().isPresent()) return bus.token().get();
        Path file = Tokens.file(data.data().path(), Role.OPERATOR);
        try {
            return Files.readString(file).strip();
        } catch (IOException unreadable) {
            throw new IllegalArgumentException(
                    "no token: give an operator's with --token or IFBUS_TOKEN, or name the bus's data directory with --data-dir; "
                            + file + " cannot be read",
                    unreadable);
        }
    }
}
