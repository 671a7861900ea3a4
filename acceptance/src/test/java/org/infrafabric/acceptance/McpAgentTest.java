package org.infrafabric.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.client.transport.StdioClientTransport;
import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.infrafabric.testkit.Checkout;
import org.infrafabric.testkit.Requires;
import org.infrafabric.testkit.SippScenario;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Agents that speak MCP, by two clients that we did not write, over stdio and HTTP, before a running bus with people at its phones. */
@Execution(ExecutionMode.CONCURRENT) // they wait for people most of the time
class McpAgentTest {
    @TempDir static Path folder;
    private static Site site;
    private static People people;
    private static Map<String, String> environment;

    @BeforeAll
    static void startTheBus() throws Exception {
        Requires.programs("sipp");
        site = new Site(folder).council("{ quorum: 2, deadline: PT60S, gather: PT1S }");
        people = new People(site).decide("safety", "{\"vote\":\"approve\"}").decide("ethics", "{\"vote\":\"reject\"}")
                .decide("legal", "{\"vote\":\"approve\",\"conditions\":[\"after counsel has signed\"]}")
                .expert("rings-on", "dtmf", SippScenario.invited().ring().awaitCancel());
        people.start();
        environment = new TreeMap<>(site.agentEnvironment());
        environment.put("IFBUS_NO_BUILD", "1");
    }

    @AfterAll
    static void stop() throws Exception {
        if (people != null) people.close();
    }

    private static String ifbus() { return Checkout.root().resolve("ifbus").toString(); }

    private static McpSyncClient client(McpClientTransport transport, List<String> progress) {
        return McpClient.sync(transport).requestTimeout(Duration.ofSeconds(100)).initializationTimeout(Duration.ofSeconds(60))
                .progressConsumer(told -> progress.add(told.message())).build();
    }

    /** The structured content of a call that must succeed. */
    private static JsonNode call(McpSyncClient client, String tool, Map<String, Object> arguments) {
        CallToolResult result = client.callTool(CallToolRequest.builder(tool).arguments(arguments).progressToken("p-" + tool).build());
        assertThat(result.isError()).as(result.toString()).isFalse();
        return Site.JSON.valueToTree(result.structuredContent());
    }

    /** Waits as the tool's description says: again and again until it is decided. */
    private static JsonNode decision(McpSyncClient client, String id) {
        JsonNode told = call(client, "await_decision", Map.of("id", id, "waitSeconds", 20));
        for (int calls = 0; calls < 5 && !told.path("decided").asBoolean(); calls++) {
            assertThat(told.path("obey").asString()).isEqualTo("wait");
            told = call(client, "await_decision", Map.of("id", id, "waitSeconds", 20));
        }
        return told;
    }

    @Test
    void shouldServeTheJavaSdkOverStdio() {
        List<String> progress = new CopyOnWriteArrayList<>();
        StdioClientTransport transport = new StdioClientTransport(ServerParameters.builder(ifbus()).args("mcp").env(environment).build(),
                new JacksonMcpJsonMapper(JsonMapper.shared()));
        try (McpSyncClient client = client(transport, progress)) {
            long began = System.nanoTime();
            client.initialize();
            System.out.printf("ifbus mcp answered initialize after %.2f s%n", (System.nanoTime() - began) / 1e9);
            JsonNode sent = call(client, "escalate", Map.of("hazards", List.of("safety"), "summary", "May I open the valve?", "severity", "high"));
            JsonNode told = decision(client, sent.path("id").asString());
            assertThat(told.path("obey").asString()).isEqualTo("proceed");
            assertThat(told.path("votes")).hasSize(2);
            assertThat(told.at("/verified/publicKey").asString()).isEqualTo(environment.get("IFBUS_BUS_KEY"));
            assertThat(told.at("/verified/known").asBoolean()).isTrue();
            assertThat(told.at("/verified/answersWhatWasSent").asBoolean()).isTrue();
            assertThat(progress).anyMatch(step -> step.startsWith("RINGING")).anyMatch(step -> step.startsWith("IN_COUNCIL"));
            assertThat(call(client, "escalation_status", Map.of("id", sent.path("id").asString())).path("decided").asBoolean()).isTrue();
        }
    }

    @Test
    void shouldServeTheJavaSdkOverHttp() throws Exception {
        List<String> progress = new CopyOnWriteArrayList<>();
        HttpRequest.Builder request = HttpRequest.newBuilder().header("Authorization", "Bearer " + Site.token("agent"));
        var transport = HttpClientStreamableHttpTransport.builder("http://" + site.bus().http()).endpoint("/mcp").requestBuilder(request).build();
        try (McpSyncClient client = client(transport, progress)) {
            client.initialize();
            CallToolResult unsigned = client.callTool(
                    CallToolRequest.builder("escalate").arguments(Map.of("hazards", List.of("legal"), "summary", "May I?")).build());
            assertThat(unsigned.isError()).as("the bus has no key of the agent's").isTrue();
            assertThat(unsigned.content().toString()).contains("signature").contains("ifbus mcp --sign");
            ObjectNode message = site.sign(Site.message("legal"));
            JsonNode sent = call(client, "escalate", Map.of("message", Site.JSON.convertValue(message, Map.class)));
            assertThat(sent.path("id")).isEqualTo(message.path("id"));
            JsonNode told = decision(client, sent.path("id").asString());
            assertThat(told.path("obey").asString()).isEqualTo("proceed-with-conditions");
            assertThat(told.path("conditions").get(0).asString()).isEqualTo("after counsel has signed");
            assertThat(LogCheck.signed(told.path("message"), environment.get("IFBUS_BUS_KEY"), folder)).as("by openssl").isTrue();
            assertThat(progress).isNotEmpty();
        }
    }

    @Test
    void shouldServeTheTypeScriptSdkOverStdio() throws Exception {
        String rings = site.escalate("rings-on");
        JsonNode told = typeScript(Map.of("CANCEL_ON", rings), "stdio", ifbus(), "mcp");
        assertThat(told.at("/result/obey").asString()).as(told.toString()).isEqualTo("proceed");
        assertThat(told.at("/result/verified/known").asBoolean()).isTrue();
        assertThat(told.path("cancelled").asBoolean()).isTrue();
        assertThat(told.path("progress").valueStream().map(JsonNode::asString)).anyMatch(step -> step.startsWith("RINGING"));
        site.delete("agent", "/v1/escalations/" + rings);
    }

    @Test
    void shouldServeTheTypeScriptSdkOverHttp() throws Exception {
        String rings = site.escalate("rings-on");
        JsonNode told = typeScript(Map.of("CANCEL_ON", rings), "http", "http://" + site.bus().http() + "/mcp", Site.token("agent"),
                site.sign(Site.message("ethics")).toString());
        assertThat(told.at("/result/obey").asString()).as(told.toString()).isEqualTo("stop");
        assertThat(told.at("/result/decision").asString()).isEqualTo("reject");
        assertThat(told.path("cancelled").asBoolean()).isTrue();
        site.delete("agent", "/v1/escalations/" + rings);
    }

    @Test
    void shouldSayNothingButProtocolOnStdout() throws Exception {
        Path out = folder.resolve("mcp.out"), err = folder.resolve("mcp.err");
        ProcessBuilder builder = new ProcessBuilder(ifbus(), "mcp").redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().putAll(environment);
        builder.environment().put("IFBUS_SERVER", "http://127.0.0.1:9");
        Process process = builder.start();
        try (var in = process.outputWriter()) {
            in.write(
                    "nonsense\n{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"2025-06-18\",\"capabilities\":{},"
                            + "\"clientInfo\":{\"name\":\"t\",\"version\":\"1\"}}}\n{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n"
                            + "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/call\",\"params\":{\"name\":\"escalation_status\",\"arguments\":{\"id\":\"x\"}}}\n");
            in.flush();
            org.infrafabric.testkit.Await.that("an answer to each", Duration.ofSeconds(60), () -> Files.readAllLines(out).size() >= 3);
        }
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("ends with its input").isTrue();
        assertThat(process.exitValue()).isZero();
        for (String line : Files.readAllLines(out)) assertThat(Site.JSON.readTree(line).path("jsonrpc").asString()).isEqualTo("2.0");
        assertThat(Files.readString(out)).contains("no bus answers");
    }

    private static JsonNode typeScript(Map<String, String> more, String... arguments) throws Exception {
        Path installed = TypeScriptSdk.installed();
        List<String> command = new ArrayList<>(List.of("node", installed.resolve("agent.mjs").toString()));
        command.addAll(List.of(arguments));
        Path out = Files.createTempFile(folder, "node", ".out"), err = Files.createTempFile(folder, "node", ".err");
        ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().putAll(environment);
        builder.environment().putAll(more);
        Process process = builder.start();
        if (!process.waitFor(180, TimeUnit.SECONDS)) process.destroyForcibly().waitFor();
        assertThat(process.exitValue()).as(Files.readString(out) + Files.readString(err)).isZero();
        JsonNode told = Site.JSON.readTree(Files.readString(out));
        assertThat(told.path("tools").valueStream().map(JsonNode::asString)).containsExactly("await_decision", "escalate", "escalation_status");
        assertThat(told.path("isError").asBoolean()).as(told.toString()).isFalse();
        assertThat(told.path("hazards").valueStream().map(JsonNode::asString)).contains("safety");
        assertThat(told.path("templates").valueStream().map(JsonNode::asString)).containsExactly("ifbus://escalations/{id}");
        assertThat(told.path("read")).isEqualTo(told.path("id"));
        return told;
    }

    /** The official TypeScript SDK from npm, in the version of {@code package-lock.json}, installed once under target/. */
    private static final class TypeScriptSdk {
        private static Path folder;

        static synchronized Path installed() throws IOException, InterruptedException {
            Requires.programs("node", "npm");
            if (folder != null) return folder;
            Path there = Files.createDirectories(Path.of("target", "mcp-client")).toAbsolutePath();
            boolean changed = false;
            for (String name : List.of("package.json", "package-lock.json", "agent.mjs")) {
                byte[] wanted = McpAgentTest.class.getResourceAsStream("/mcp/" + name).readAllBytes();
                Path file = there.resolve(name);
                if (Files.exists(file) && java.util.Arrays.equals(Files.readAllBytes(file), wanted)) continue;
                Files.write(file, wanted);
                changed |= !name.endsWith(".mjs");
            }
            if (changed || !Files.exists(there.resolve("node_modules/.package-lock.json"))) {
                Path log = there.resolve("npm.log");
                Process npm = new ProcessBuilder("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund").directory(there.toFile())
                        .redirectErrorStream(true).redirectOutput(log.toFile()).start();
                if (!npm.waitFor(180, TimeUnit.SECONDS)) npm.destroyForcibly().waitFor();
                if (npm.exitValue() != 0) Requires.missing("npm could not install the MCP client: " + Files.readString(log), "npm ci in " + there);
            }
            folder = there;
            return there;
        }
    }
}
