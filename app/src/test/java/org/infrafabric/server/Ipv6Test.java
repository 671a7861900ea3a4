package org.infrafabric.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import java.net.InetAddress;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A bus whose HTTP interface has an address with colons in it. */
class Ipv6Test {
    @TempDir private Path folder;

    @Test
    void shouldBeReachedByOthersAndByItselfWhereItSaysThatItListens() throws Exception {
        assumeThat(InetAddress.getByName("::1").isReachable(1_000)).as("this machine has an IPv6 loopback").isTrue();
        Config config = Config.parse("ifbus.yaml", """
                http: { listen: "[::1]:0" }
                sip: { listen: ["udp:127.0.0.1:0"] }
                agents: [ { id: "if://agent/a", token: agent-token-0123456789 } ]
                guard: { requireSignatures: false }
                """, folder).withData(folder.resolve("d"));
        try (Bus bus = Bus.start(config)) {
            assertThat(bus.http()).matches("\\[::1]:[0-9]+");
            HttpRequest.Builder request = HttpRequest.newBuilder().header("Authorization", "Bearer agent-token-0123456789");
            try (McpSyncClient client = McpClient
                    .sync(HttpClientStreamableHttpTransport.builder("http://" + bus.http()).endpoint("/mcp").requestBuilder(request).build())
                    .requestTimeout(Duration.ofSeconds(30)).build()) {
                client.initialize();
                var answer = client.callTool(CallToolRequest.builder("escalation_status").arguments(Map.of("id", "esc-1")).build());
                assertThat(answer.content().toString()).as("what the tools ask is this bus, too").contains("There is no escalation");
            }
        }
    }
}
