package org.infrafabric.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.infrafabric.client.IfbusClient;
import org.infrafabric.escalate.Escalations;
import org.infrafabric.mcp.Caller;
import org.infrafabric.mcp.StdioServer;
import org.infrafabric.message.Decision;
import org.infrafabric.message.IfMessage;
import org.infrafabric.message.Sha256;
import org.infrafabric.message.Signatures;
import org.infrafabric.message.SigningKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The tools over stdio, line by line, before a real HTTP API whose escalations answer what they are told. */
@Timeout(60)
class McpStdioTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final SigningKey AGENT = SigningKey.generate();
    private static final String HELLO = """
            {"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}""";

    private final RunningApi api = new RunningApi();
    private final BlockingQueue<JsonNode> said = new LinkedBlockingQueue<>();
    private CompletableFuture<Void> ended = new CompletableFuture<>();
    private OutputStream toServer;
    private boolean closed;

    @BeforeEach
    void start() throws Exception {
        begin(new Caller(IfbusClient.connect(URI.create("http://127.0.0.1:" + api.port), "a"), Optional.empty(), Optional.of(AGENT)));
    }

    private void begin(Caller caller) throws IOException, InterruptedException {
        PipedOutputStream there = new PipedOutputStream();
        PipedInputStream in = new PipedInputStream(there, 1 << 22);
        toServer = there;
        CompletableFuture<Void> end = new CompletableFuture<>();
        ended = end;
        Thread.ofPlatform().daemon().start(() -> {
            try {
                StdioServer.run(in, new Lines(), caller);
                end.complete(null);
            } catch (Exception e) {
                end.completeExceptionally(e);
            }
        });
        say(HELLO);
        assertThat(answer().at("/result/serverInfo/name").asString()).isEqualTo("ifbus");
        say("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
    }

    /** What the server says, line by line. */
    private final class Lines extends OutputStream {
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();

        @Override
        public void write(int octet) {
            if (octet == '\n') {
                said.add(JSON.readTree(line.toByteArray()));
                line.reset();
            } else {
                line.write(octet);
            }
        }
    }

    @AfterEach
    void stop() throws Exception {
        toServer.close();
        ended.get(20, TimeUnit.SECONDS);
        closeTheBus();
    }

    private void closeTheBus() {
        if (!closed) api.close();
        closed = true;
    }

    private void say(String line) throws IOException {
        toServer.write((line + "\n").getBytes(UTF_8));
        toServer.flush();
    }

    private JsonNode answer() throws InterruptedException {
        JsonNode answer = said.poll(30, TimeUnit.SECONDS);
        assertThat(answer).as("an answer").isNotNull();
        return answer;
    }

    private void call(int id, String tool, String arguments, String meta) throws IOException {
        say("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"tools/call\",\"params\":{\"name\":\"" + tool + "\",\"arguments\":" + arguments + meta
                + "}}");
    }

    /** The result of one call. */
    private JsonNode call(String tool, String arguments) throws Exception {
        call(7, tool, arguments, "");
        JsonNode answer = answer();
        assertThat(answer.path("id").asInt()).isEqualTo(7);
        return answer.path("result");
    }

    private static String text(JsonNode result) { return result.at("/content/0/text").asString(""); }

    private static final String CASE = "{\"hazards\":[\"safety\"],\"summary\":\"May I?\"}";

    @Test
    void shouldOfferThreeToolsWithSchemasAndWhatObeyingMeans() throws Exception {
        say("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}");
        JsonNode tools = answer().at("/result/tools");
        assertThat(tools.valueStream().map(tool -> tool.path("name").asString())).containsExactlyInAnyOrder("escalate", "escalation_status",
                "await_decision");
        for (JsonNode tool : tools) {
            assertThat(tool.at("/inputSchema/type").asString()).isEqualTo("object");
            assertThat(tool.at("/outputSchema/type").asString()).isEqualTo("object");
            assertThat(tool.path("description").asString()).contains("permission");
        }
    }

    @Test
    void shouldBuildAndSignTheMessage() throws Exception {
        JsonNode result = call("escalate", """
                {"hazards":["safety","legal"],"summary":"May I?","severity":"high","confidence":0.2,"conversationId":"c-1","deadlineSeconds":90,"id":"my-1",
                 "evidence":[{"name":"log","text":"smoke"},{"name":"far","uri":"https://example.org/a","sha256":"%s","mediaType":"image/png"}]}"""
                .formatted("0".repeat(64)).replace("\n", " "));
        assertThat(result.path("isError").asBoolean()).as(result.toString()).isFalse();
        assertThat(result.at("/structuredContent/obey").asString()).isEqualTo("wait");
        assertThat(JSON.readTree(result.at("/content/1/text").asString())).isEqualTo(result.path("structuredContent"));
        IfMessage sent = IfMessage.parse(api.escalations.submitted.getFirst().body().getBytes(UTF_8));
        assertThat(Signatures.verify(sent, AGENT.verifyKey())).isTrue();
        assertThat(sent.requestSha256()).isEqualTo(result.at("/structuredContent/requestSha256").asString());
        assertThat(sent.source()).as("the token's agent").isEqualTo("if://agent/a");
        assertThat(sent.id()).isEqualTo("my-1");
        assertThat(sent.hazards()).containsExactly("safety", "legal");
        assertThat(sent.severity()).contains("high");
        assertThat(sent.confidence()).hasValue(0.2);
        assertThat(sent.conversationId()).contains("c-1");
        assertThat(Duration.between(sent.timestamp(), sent.deadline().orElseThrow())).isEqualTo(Duration.ofSeconds(90));
        assertThat(new String(Base64.getDecoder().decode(sent.evidence().getFirst().data().orElseThrow()), UTF_8)).isEqualTo("smoke");
        assertThat(sent.evidence().getFirst().sha256()).isEqualTo(Sha256.hex("smoke".getBytes(UTF_8)));
        assertThat(sent.evidence().getLast().uri()).contains("https://example.org/a");
    }

    @Test
    void shouldPassAMessageThatTheAgentSignedItselfAsItIs() throws Exception {
        ObjectNode own = JSON.createObjectNode().put("id", "own-1").put("timestamp", "2026-11-21T12:00:00.000Z").put("version", "2.1")
                .put("sender", "if://agent/a").put("receiver", "if://x").put("performative", "escalate");
        own.putArray("hazards").add("safety");
        own.putObject("content").put("summary", "May I?");
        ObjectNode signed = Signatures.sign(own, SigningKey.generate());
        JsonNode result = call("escalate", "{\"message\":" + signed + "}");
        assertThat(result.path("isError").asBoolean()).isFalse();
        assertThat(JSON.readTree(api.escalations.submitted.getFirst().body())).isEqualTo(signed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"summary\":\"May I?\"}", "{\"hazards\":[],\"summary\":\"May I?\"}", "{\"hazards\":[\"safety\"],\"summary\":7}",
        "{\"hazards\":[\"safety\"],\"summary\":\"x\",\"severity\":\"huge\"}", "{\"message\":{\"id\":\"a\"}}",
        "{\"message\":{},\"hazards\":[\"safety\"]}",
        "{\"hazards\":[\"safety\"],\"summary\":\"x\",\"evidence\":[{\"name\":\"a\"}]}",
        "{\"hazards\":[\"safety\"],\"summary\":\"x\",\"surprise\":1}"})
    void shouldTellWhatIsWrongWithArgumentsAndSendNothing(String arguments) throws Exception {
        JsonNode result = call("escalate", arguments);
        assertThat(result.path("isError").asBoolean()).as(result.toString()).isTrue();
        assertThat(text(result)).isNotBlank();
        assertThat(api.escalations.submitted).isEmpty();
    }

    @Test
    void shouldTellWhatTheBusRefusesAndThatThereIsNoPermission() throws Exception {
        api.escalations.submission = CompletableFuture.completedFuture(new Escalations.Submission.Refused(
                new Escalations.Refusal(Escalations.Refusal.Code.UNKNOWN_HAZARD, "/payload/hazards/0", "no hazard is called so")));
        JsonNode result = call("escalate", CASE);
        assertThat(result.path("isError").asBoolean()).isTrue();
        assertThat(text(result)).contains("unknown-hazard").contains("no hazard is called so").contains("no permission");
    }

    @Test
    void shouldTellHowItStandsAndNothingOfOthersEscalations() throws Exception {
        api.escalations.put(ToldEscalations.view("esc-1", "if://agent/a", "RINGING"));
        api.escalations.put(ToldEscalations.view("esc-2", "if://agent/b", "RINGING"));
        JsonNode status = call("escalation_status", "{\"id\":\"esc-1\"}").path("structuredContent");
        assertThat(status.path("state").asString()).isEqualTo("RINGING");
        assertThat(status.path("decided").asBoolean()).isFalse();
        for (String tool : List.of("escalation_status", "await_decision")) {
            JsonNode result = call(tool, "{\"id\":\"esc-2\"}");
            assertThat(result.path("isError").asBoolean()).isTrue();
            assertThat(text(result)).contains("404");
        }
    }

    @ParameterizedTest
    @CsvSource({"approve,proceed", "approve-with-conditions,proceed-with-conditions", "reject,stop", "hold,stop", "denied,stop", "cancelled,stop",
        "not-required,your-own-rules"})
    void shouldVerifyTheDecisionAndSayWhatObeyingMeans(String verdict, String obey) throws Exception {
        decide("esc-1", "0".repeat(64), verdict, MemoryLog.KEY);
        JsonNode result = call("await_decision", "{\"id\":\"esc-1\"}");
        JsonNode decided = result.path("structuredContent");
        assertThat(result.path("isError").asBoolean()).as(result.toString()).isFalse();
        assertThat(decided.path("obey").asString()).isEqualTo(obey);
        assertThat(decided.path("decision").asString()).isEqualTo(verdict);
        assertThat(decided.at("/verified/keyId").asString()).isEqualTo(MemoryLog.KEY.keyId());
        assertThat(decided.at("/verified/known").asBoolean()).isFalse();
        assertThat(decided.at("/message/signature/value").asString()).isNotEmpty();
        if (obey.equals("proceed-with-conditions")) assertThat(text(result)).contains("only if").contains("after counsel signs");
    }

    @Test
    void shouldGiveNoPermissionForADecisionThatIsNotProven() throws Exception {
        decide("esc-1", "0".repeat(64), "approve", SigningKey.generate());
        JsonNode result = call("await_decision", "{\"id\":\"esc-1\"}");
        assertThat(result.path("isError").asBoolean()).isTrue();
        assertThat(text(result)).contains("not proven").contains("no permission");
        assertThat(result.has("structuredContent")).isFalse();
    }

    @Test
    void shouldHoldADecisionAgainstWhatWasSent() throws Exception {
        assertThat(call("escalate", CASE).path("isError").asBoolean()).isFalse(); // told to be esc-1
        decide("esc-1", "0".repeat(64), "approve", MemoryLog.KEY);
        JsonNode result = call("await_decision", "{\"id\":\"esc-1\"}");
        assertThat(result.path("isError").asBoolean()).isTrue();
        assertThat(text(result)).contains("another message");
    }

    @Test
    void shouldSayThatItIsNotDecidedYetAndTellOfProgress() throws Exception {
        api.escalations.put(ToldEscalations.view("esc-1", "if://agent/a", "RINGING"));
        call(7, "await_decision", "{\"id\":\"esc-1\",\"waitSeconds\":0}", ",\"_meta\":{\"progressToken\":\"p\"}");
        JsonNode progress = answer();
        assertThat(progress.path("method").asString()).isEqualTo("notifications/progress");
        assertThat(progress.at("/params/progressToken").asString()).isEqualTo("p");
        assertThat(progress.at("/params/message").asString()).contains("RECEIVED");
        JsonNode result = answer().path("result");
        assertThat(result.path("isError").asBoolean()).isFalse();
        assertThat(result.at("/structuredContent/obey").asString()).isEqualTo("wait");
        assertThat(result.at("/structuredContent/decided").asBoolean()).isFalse();
    }

    @Test
    void shouldNotAnswerACancelledCallAndGoOn() throws Exception {
        api.escalations.put(ToldEscalations.view("esc-1", "if://agent/a", "RINGING"));
        call(7, "await_decision", "{\"id\":\"esc-1\",\"waitSeconds\":600}", ",\"_meta\":{\"progressToken\":1}");
        answer();                                                   // it waits
        say("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":7,\"reason\":\"enough\"}}");
        call(7, "escalation_status", "{\"id\":\"esc-1\"}", "");     // the number is free again
        assertThat(answer().at("/result/structuredContent/state").asString()).isEqualTo("RINGING");
    }

    @Test
    void shouldServeManyWaitsAtOnce() throws Exception {
        api.escalations.put(ToldEscalations.view("esc-1", "if://agent/a", "RINGING"));
        for (int id = 100; id < 150; id++) call(id, "await_decision", "{\"id\":\"esc-1\",\"waitSeconds\":600}", "");
        assertThat(call("escalation_status", "{\"id\":\"esc-1\"}").path("isError").asBoolean()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"hello", "{", "[]", "[[[[", "null", "7", "{}", "{\"jsonrpc\":\"2.0\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":2,\"method\":\"ping\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"no/such\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"no\",\"arguments\":{}}}"})
    void shouldAnswerNonsenseAndGoOn(String line) throws Exception {
        say(line);
        JsonNode answer = answer();
        assertThat(answer.has("error") || answer.at("/result/isError").asBoolean()).as(answer.toString()).isTrue();
        say("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"ping\"}");
        assertThat(answer().path("id").asInt()).isEqualTo(2);
    }

    @Test
    void shouldPassOverALineThatIsTooLong() throws Exception {
        say("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"x\":\"" + "x".repeat(2 << 20) + "\"}");
        assertThat(answer().at("/error/message").asString()).contains("at most");
        say("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"ping\"}");
        assertThat(answer().path("id").asInt()).isEqualTo(2);
    }

    @Test
    void shouldEndWhenItsInputEndsThoughACallWaits() throws Exception {
        api.escalations.put(ToldEscalations.view("esc-1", "if://agent/a", "RINGING"));
        call(7, "await_decision", "{\"id\":\"esc-1\",\"waitSeconds\":600}", ",\"_meta\":{\"progressToken\":1}");
        answer();
        toServer.close();
        ended.get(10, TimeUnit.SECONDS);
    }

    @Test
    void shouldSayThatThereIsNoPermissionWhenTheBusIsAway() throws Exception {
        closeTheBus();
        for (String tool : List.of("escalation_status", "await_decision")) {
            JsonNode result = call(tool, tool.equals("await_decision") ? "{\"id\":\"esc-1\",\"waitSeconds\":0}" : "{\"id\":\"esc-1\"}");
            assertThat(result.path("isError").asBoolean()).isTrue();
            assertThat(text(result)).contains("no bus answers").contains("no permission");
        }
    }

    @Test
    void shouldAskWhoItIsWhenTheTokenSpeaksForAll() throws Exception {
        stop();
        RunningApi other = new RunningApi();
        try {
            begin(new Caller(IfbusClient.connect(URI.create("http://127.0.0.1:" + other.port), "any-agent"), Optional.empty(), Optional.of(AGENT)));
            assertThat(text(call("escalate", CASE))).contains("--agent");
        } finally {
            other.close();
        }
    }

    private void decide(String id, String requestSha256, String verdict, SigningKey key) {
        List<String> conditions = verdict.endsWith("conditions") ? List.of("after counsel signs") : List.of();
        Decision decision = new Decision(id, requestSha256, Decision.Verdict.of(verdict), conditions, "majority 1 to 0",
                List.of(new Decision.Vote("sage", "approve", Instant.EPOCH)), 1, "0".repeat(64), new Decision.WitnessEntry(1, "0".repeat(64)));
        ObjectNode signed = decision.signed("if://bus/node-1", "if://agent/a", "0".repeat(32), 2, Instant.EPOCH, key);
        api.escalations.put(ToldEscalations.view(id, "if://agent/a", "DECIDED", Optional.of(signed.toString()), Optional.empty()));
    }
}
