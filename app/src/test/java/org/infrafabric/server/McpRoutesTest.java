package org.infrafabric.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ReadResourceRequest;
import io.modelcontextprotocol.spec.McpSchema.Resource;
import io.modelcontextprotocol.spec.McpSchema.ResourceTemplate;
import io.modelcontextprotocol.spec.McpSchema.TextResourceContents;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code /mcp}: by the SDK's own client, and request by request where a client would not go wrong. */
@Timeout(60)
class McpRoutesTest {
    private static final String HELLO = """
            {"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}""";
    private static final String PING = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}";

    private final RunningApi api = new RunningApi();

    @AfterEach
    void stop() { api.close(); }

    private McpSyncClient client(String token, List<String> progress) {
        HttpRequest.Builder request = HttpRequest.newBuilder().header("Authorization", "Bearer " + token);
        return McpClient
                .sync(HttpClientStreamableHttpTransport.builder("http://127.0.0.1:" + api.port).endpoint("/mcp").requestBuilder(request).build())
                .requestTimeout(Duration.ofSeconds(30)).progressConsumer(told -> progress.add(told.message())).build();
    }

    @Test
    void shouldServeTheSdksClient() {
        api.escalations.put(ToldEscalations.view("esc-1", "if://agent/a", "RINGING"));
        List<String> progress = new CopyOnWriteArrayList<>();
        try (McpSyncClient client = client("a", progress)) {
            assertThat(client.initialize().serverInfo().name()).isEqualTo("ifbus");
            assertThat(client.listTools().tools()).extracting(Tool::name).containsExactlyInAnyOrder("escalate", "escalation_status",
                    "await_decision");
            CallToolResult sent = client
                    .callTool(CallToolRequest.builder("escalate").arguments(Map.of("hazards", List.of("safety"), "summary", "May I?")).build());
            assertThat(sent.isError()).as(sent.toString()).isFalse();
            assertThat(api.escalations.submitted.getFirst().agent()).as("whose token it was").isEqualTo("if://agent/a");
            assertThat(api.escalations.submitted.getFirst().body()).as("the server has no key of the agent's").doesNotContain("signature");
            CallToolResult waits = client
                    .callTool(
                            CallToolRequest.builder("await_decision").arguments(Map.of("id", "esc-1", "waitSeconds", 1)).progressToken("p").build());
            assertThat(((Map<?, ?>) waits.structuredContent()).get("obey")).isEqualTo("wait");
            assertThat(progress).isNotEmpty();
        }
    }

    private Answer post(String token, String session, String body, String... headers) {
        HttpRequest.Builder request = api.request("/mcp", token).header("Content-Type", "application/json").header("Accept",
                "application/json, text/event-stream");
        if (!session.isEmpty()) request.header("Mcp-Session-Id", session);
        if (headers.length > 0) request.headers(headers);
        return api.send(request.POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private String begin(String token) {
        Answer answer = post(token, "", HELLO);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        String session = answer.header("Mcp-Session-Id");
        assertThat(post(token, session, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}").status()).isEqualTo(202);
        return session;
    }

    @Test
    void shouldLetTheSdksClientReadResources() {
        api.escalations.put(ToldEscalations.view("esc-7", "if://agent/a", "RINGING"));
        api.escalations.put(ToldEscalations.view("esc-8", "if://agent/b", "RINGING"));
        try (McpSyncClient client = client("a", new CopyOnWriteArrayList<>())) {
            assertThat(client.initialize().capabilities().resources()).isNotNull();
            assertThat(client.listResources().resources()).extracting(Resource::uri).containsExactly("ifbus://hazards");
            assertThat(client.listResourceTemplates().resourceTemplates()).extracting(ResourceTemplate::uriTemplate)
                    .containsExactly("ifbus://escalations/{id}");
            assertThat(read(client, "ifbus://hazards").path("hazards").valueStream().map(JsonNode::asString)).containsExactly("safety", "legal");
            JsonNode escalation = read(client, "ifbus://escalations/esc-7");
            assertThat(escalation.path("state").asString()).isEqualTo("RINGING");
            assertThat(escalation.path("council").isObject()).isTrue();
            for (String other : List.of("ifbus://escalations/esc-8", "ifbus://escalations/none", "ifbus://nothing", "ifbus://escalations/esc-7/x"))
                assertThatThrownBy(() -> read(client, other)).as(other).isInstanceOf(McpError.class);
        }
    }

    private static JsonNode read(McpSyncClient client, String uri) {
        TextResourceContents text = (TextResourceContents) client.readResource(ReadResourceRequest.builder(uri).build()).contents().getFirst();
        assertThat(text.mimeType()).isEqualTo("application/json");
        return JsonMapper.shared().readTree(text.text());
    }

    @Test
    void shouldShowAnAgentItsOwnEscalationsOnly() {
        api.escalations.put(ToldEscalations.view("esc-b", "if://agent/b", "RINGING"));
        for (String tool : List.of("escalation_status", "await_decision")) {
            String call = "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/call\",\"params\":{\"name\":\"" + tool
                    + "\",\"arguments\":{\"id\":\"esc-b\"}}}";
            assertThat(post("a", begin("a"), call).text()).contains("\"isError\":true").contains("404").doesNotContain("RINGING");
            if (tool.equals("escalation_status")) assertThat(post("b", begin("b"), call).text()).contains("RINGING");
        }
    }

    @Test
    void shouldNotShareSessionsBetweenTokens() {
        String session = begin("a");
        assertThat(post("a", session, PING).status()).isEqualTo(200);
        assertThat(post("b", session, PING).status()).isEqualTo(404);
        assertThat(api.send(api.request("/mcp", "b").header("Mcp-Session-Id", session).DELETE()).status()).isEqualTo(404);
        assertThat(api.send(api.request("/mcp", "a").header("Mcp-Session-Id", session).DELETE()).status()).isEqualTo(200);
        assertThat(post("a", session, PING).status()).as("ended").isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({"op,403", "sage,403", "'',401", "nobody,401"})
    void shouldBeForAgentsOnly(String token, int status) { assertThat(post(token, "", HELLO).status()).isEqualTo(status); }

    @Test
    void shouldRefuseWhatABrowserSendsForAnotherSite() {
        assertThat(post("a", "", HELLO, "Origin", "http://evil.example").status()).isEqualTo(403);
        assertThat(post("a", "", HELLO, "Sec-Fetch-Site", "cross-site").status()).isEqualTo(403);
    }

    @Test
    void shouldRefuseWhatIsNotMcp() {
        String session = begin("a");
        assertThat(api.get("/mcp", "a").status()).as("the server asks nothing, so there is no stream to listen to").isEqualTo(405);
        assertThat(post("a", "", PING).status()).isEqualTo(400);
        assertThat(post("a", "no-such", PING).status()).isEqualTo(404);
        assertThat(post("a", session, PING, "MCP-Protocol-Version", "1999-01-01").status()).isEqualTo(400);
        for (String nonsense : List.of("", "hello", "[]", "{}", "null", "{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":1,\"method\":\"ping\"}",
                "[".repeat(5_000)))
            assertThat(post("a", session, nonsense).status()).as(nonsense).isEqualTo(400);
        assertThat(api.send(api.request("/mcp", "a").header("Accept", "application/json").POST(HttpRequest.BodyPublishers.ofString(HELLO))).status())
                .isEqualTo(406);
        assertThat(post("a", session, "{\"x\":\"" + "x".repeat(2 << 20) + "\"}").status()).isEqualTo(413);
        assertThat(post("a", session, "{\"jsonrpc\":\"2.0\",\"id\":9,\"result\":{}}").status()).as("an answer to nothing").isEqualTo(202);
    }

    @Test
    void shouldBoundTheSessionsOfOneToken() {
        for (int i = 0; i < 32; i++) begin("a");
        Answer refused = post("a", "", HELLO);
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.header("Retry-After")).isNotEmpty();
        begin("b");
    }

    @Test
    void shouldGiveUpACallThatItsClientCancels() throws Exception {
        api.escalations.put(ToldEscalations.view("esc-1", "if://agent/a", "RINGING"));
        String session = begin("a");
        HttpRequest.Builder wait = api.request("/mcp", "a").header("Accept", "application/json, text/event-stream").header("Mcp-Session-Id", session)
                .POST(HttpRequest.BodyPublishers
                        .ofString("{\"jsonrpc\":\"2.0\",\"id\":\"w\",\"method\":\"tools/call\",\"params\":{\"name\":\"await_decision\","
                                + "\"arguments\":{\"id\":\"esc-1\",\"waitSeconds\":600},\"_meta\":{\"progressToken\":1}}}"));
        CompletableFuture<Void> waiting = new CompletableFuture<>();
        List<String> lines = new CopyOnWriteArrayList<>();
        CompletableFuture<HttpResponse<Void>> answered = api.client.sendAsync(wait.build(),
                HttpResponse.BodyHandlers.fromLineSubscriber(new Lines(lines, waiting)));
        waiting.get(20, TimeUnit.SECONDS);
        assertThat(post("a", session, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":\"w\"}}").status())
                .isEqualTo(202);
        assertThat(answered.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        assertThat(String.join("\n", lines)).contains("notifications/progress").doesNotContain("\"result\"");
        JsonNode ping = JsonMapper.shared()
                .readTree(post("a", session, PING).text().lines().filter(line -> line.startsWith("data:")).findFirst().orElseThrow().substring(5));
        assertThat(ping.has("result")).isTrue();
    }

    /** Notes lines, and that the first event came. */
    private record Lines(List<String> lines, CompletableFuture<Void> first) implements java.util.concurrent.Flow.Subscriber<String> {
        @Override
        public void onSubscribe(java.util.concurrent.Flow.Subscription subscription) { subscription.request(Long.MAX_VALUE); }

        @Override
        public void onNext(String line) {
            lines.add(line);
            if (line.startsWith("data:")) first.complete(null);
        }

        @Override
        public void onError(Throwable failure) { first.completeExceptionally(failure); }

        @Override
        public void onComplete() {}
    }
}
