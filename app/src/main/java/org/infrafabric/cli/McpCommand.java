package org.infrafabric.cli;

import java.io.FileOutputStream;
import java.io.FileDescriptor;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.infrafabric.client.IfbusClient;
import org.infrafabric.mcp.Caller;
import org.infrafabric.mcp.StdioServer;
import org.infrafabric.message.SigningKey;
import org.infrafabric.message.VerifyKey;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mcp}: the bus's tools for an agent that speaks the Model Context Protocol over stdio. Stdout carries the protocol and nothing else. */
@Command(name = "mcp", mixinStandardHelpOptions = true,
        description = "Serve one agent over stdio by the Model Context Protocol (tools escalate, escalation_status, await_decision).",
        footer = {"", "In an agent's MCP configuration:",
            "  {\"mcpServers\": {\"ifbus\": {\"command\": \"/path/to/ifbus\", \"args\": [\"mcp\"],",
            "    \"env\": {\"IFBUS_SERVER\": \"http://127.0.0.1:8080\", \"IFBUS_TOKEN\": \"…\", \"IFBUS_KEY\": \"/path/to/agent.key\"}}}}",
            "A running bus serves the same tools at http://HOST:PORT/mcp (Streamable HTTP, with the agent's bearer token)."})
final class McpCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(20); // a bus that restarts is back by then

    @Mixin private BusOption option = new BusOption();

    @Option(names = "--token-file", paramLabel = "FILE", defaultValue = "${IFBUS_TOKEN_FILE:-}",
            description = "A file that holds it (default: $IFBUS_TOKEN_FILE).") private String tokenFile = "";

    @Option(names = "--sign", paramLabel = "KEYFILE", defaultValue = "${IFBUS_KEY:-}",
            description = "The agent's key file, to sign what it escalates (default: $IFBUS_KEY).") private String key = "";

    @Option(names = "--agent", paramLabel = "URI", defaultValue = "${IFBUS_AGENT:-}",
            description = "Who the agent is, such as if://agent/legal-1 (default: $IFBUS_AGENT, else the agent that the token speaks for).") private String agent = "";

    @Option(names = "--bus-key", paramLabel = "KEY", defaultValue = "${IFBUS_BUS_KEY:-}",
            description = "The bus's public key, ed25519:…, known from elsewhere (default: $IFBUS_BUS_KEY; else the server's word is taken).") private String busKey = "";

    @Override
    public Integer call() throws Exception {
        String token = option.token().orElse("");
        String bearer = token.isEmpty() && !tokenFile.isEmpty() ? Files.readString(Path.of(tokenFile)).strip() : token;
        if (bearer.isEmpty())
            throw new IllegalArgumentException(
                    "no token: set IFBUS_TOKEN, or give --token or --token-file (serve keeps tokens in its data directory)");
        IfbusClient bus = IfbusClient.connect(option.server(), bearer).patient(PATIENCE);
        if (!busKey.isEmpty()) bus = bus.pin(VerifyKey.parse(busKey));
        Optional<SigningKey> signing = key.isEmpty() ? Optional.empty() : Optional.of(SigningKey.read(Path.of(key)));
        try (OutputStream protocol = new FileOutputStream(FileDescriptor.out)) {
            System.setOut(System.err); // whatever any library prints must not stand among the messages
            StdioServer.run(System.in, protocol, new Caller(bus, Optional.of(agent).filter(given -> !given.isEmpty()), signing));
        }
        return ExitCode.DONE;
    }
}
