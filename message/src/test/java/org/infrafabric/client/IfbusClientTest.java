package org.infrafabric.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.infrafabric.message.Decision;
import org.infrafabric.message.IfMessage;
import org.infrafabric.message.Signatures;
import org.infrafabric.message.SigningKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

@Timeout(20)
class IfbusClientTest {
    private static final SigningKey AGENT = SigningKey.generate();
    private static final SigningKey BUS = SigningKey.generate();
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final Duration LONG = Duration.ofSeconds(15);

    /** What the bus in this test answers; tests replace what they are about. */
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch over = new CountDownLatch(1);
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> resumedFrom = new LinkedBlockingQueue<>();
    private final AtomicInteger asked = new AtomicInteger();
    private final Semaphore answers = new Semaphore(0);
    private volatile ObjectNode decision;
    private volatile Handler events = exchange -> answer(exchange, 404, "{}");
    private volatile AtomicInteger refusals = new AtomicInteger();   // how many more times the bus is busy
    private volatile AtomicInteger losses = new AtomicInteger();     // how many more answers get lost
    private HttpServer server;
    private IfbusClient client;

    interface Handler {
        void handle(HttpExchange exchange) throws IOException;
    }

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/v1/escalations", this::escalations);
        server.createContext("/v1/keys", exchange -> answer(exchange, 200,
                "{\"keys\":[{\"keyId\":\"" + BUS.keyId() + "\",\"publicKey\":\"" + BUS.verifyKey() + "\",\"since\":\"2026-11-21T12:00:00.000Z\"}]}"));
        server.start();
        client = IfbusClient.connect(URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/"), "secret-token");
    }

    @AfterEach
    void stop() {
        over.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    @Test
    void shouldSignAndSendAnEscalation() throws Exception {
        Receipt receipt = client.escalate(message(), AGENT);
        assertThat(receipt).isEqualTo(new Receipt("esc-1", TRACE, "RECEIVED", "/v1/escalations/esc-1", receipt.requestSha256(), false));
        IfMessage arrived = IfMessage.parse(received.take().getBytes(UTF_8));
        assertThat(Signatures.verify(arrived, AGENT.verifyKey())).isTrue();
        assertThat(arrived.requestSha256()).isEqualTo(receipt.requestSha256());
    }

    @Test
    void shouldSayWhenTheBusHadTheMessageAlready() throws Exception {
        IfMessage message = IfMessage.of(Signatures.sign(message(), AGENT));
        assertThat(client.escalate(message).repeated()).isFalse();
        assertThat(client.escalate(message).repeated()).isTrue();
        assertThat(received.take()).isEqualTo(received.take());
    }

    @Test
    void shouldTellTheProblemThatTheBusNames() {
        IfbusException.Refused refused = catchThrowableOfType(IfbusException.Refused.class,
                () -> IfbusClient.connect(uri(), "wrong").escalate(message(), AGENT));
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.code()).isEqualTo("unknown-agent");
        assertThat(refused.field()).isEqualTo("/source");
        assertThat(refused).hasMessageContaining("no agent has this token");
        assertThat(refused.retryAfter()).contains(Duration.ofSeconds(7));
    }

    @Test
    void shouldSayWhenNoBusIsThere() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        IfbusClient nowhere = IfbusClient.connect(URI.create("http://127.0.0.1:" + port), "t");
        assertThatThrownBy(() -> nowhere.status("esc-1")).isInstanceOf(IfbusException.Unreachable.class).hasMessageContaining("" + port);
    }

    @Test
    void shouldGetTheDecisionAsSoonAsTheStreamTellsOfIt() throws Exception {
        Receipt receipt = client.escalate(message(), AGENT);
        events = exchange -> {
            stream(exchange, ": hello\n\nid: 4\nevent: entry\ndata: {\"event\":\"ringing\"}\n\n");
            awaitAsked(2);                                 // at the start, and for the event above
            decision = decision(receipt.requestSha256(), BUS);
            exchange.getResponseBody().write("id: 5\ndata: {}\n\n".getBytes(UTF_8));
            exchange.getResponseBody().flush();
            awaitQuietly(over);
        };
        long began = System.nanoTime();
        SignedDecision answer = client.pin(BUS.verifyKey()).awaitDecision(receipt, LONG);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).as("the stream told, not the look each 15 s").isLessThan(Duration.ofSeconds(12));
        assertThat(answer.decision().verdict()).isEqualTo(Decision.Verdict.APPROVE);
        assertThat(answer.decision().verdict().exitCode()).isZero();
        assertThat(answer.pinned()).isTrue();
        assertThat(answer.message()).hasToString(decision.toString());
    }

    @Test
    void shouldResumeAStreamThatBrokeAfterTheLastEventItSaw() throws Exception {
        Receipt receipt = client.escalate(message(), AGENT);
        events = exchange -> {
            String from = exchange.getRequestHeaders().getFirst("Last-Event-ID");
            resumedFrom.add(from == null ? "start" : from);
            if (from == null) {
                stream(exchange, "id: 41\r\ndata: {}\r\n\r\nid: 42\ndata: {}\n\n");
            } else {
                decision = decision(receipt.requestSha256(), BUS);
                stream(exchange, "id: 43\ndata: {}\n\n");
            }
            exchange.close();
        };
        assertThat(client.awaitDecision(receipt, LONG).pinned()).isFalse();
        assertThat(resumedFrom).containsExactly("start", "42");
    }

    @Test
    void shouldAskAgainAndAgainWhereThereIsNoStream() throws Exception {
        Receipt receipt = client.escalate(message(), AGENT);
        threads.execute(() -> {
            awaitAsked(2);
            decision = decision(receipt.requestSha256(), BUS);
        });
        assertThat(client.awaitDecision("esc-1", LONG).decision().inReplyTo()).isEqualTo("esc-1");
        assertThat(asked.get()).as("no more than twice a second").isLessThanOrEqualTo(5);
    }

    @Test
    void shouldSayThatThereIsNoDecisionYet() throws Exception {
        Receipt receipt = client.escalate(message(), AGENT);
        assertThatThrownBy(() -> client.awaitDecision(receipt, Duration.ofMillis(50))).isInstanceOf(IfbusException.TimedOut.class)
                .hasMessageContaining("esc-1");
        assertThat(client.status("esc-1").decision()).isEmpty();
        assertThat(client.status("esc-1").state()).isEqualTo("RINGING");
    }

    @Test
    void shouldNotWaitForAnEscalationThatDoesNotExist() {
        assertThatThrownBy(() -> client.awaitDecision("other", LONG)).isInstanceOf(IfbusException.Refused.class).hasMessageContaining("404");
        assertThatThrownBy(() -> client.awaitDecision("../keys", LONG)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldTrustNoDecisionThatIsNotProven() throws Exception {
        Receipt receipt = client.escalate(message(), AGENT);
        decision = decision(receipt.requestSha256(), SigningKey.generate());
        assertUnproven(client, receipt, "not among the server's keys");
        decision = decision(receipt.requestSha256(), BUS);
        assertUnproven(client.pin(AGENT.verifyKey()), receipt, "pinned");
        ObjectNode altered = decision(receipt.requestSha256(), BUS);
        ((ObjectNode) altered.path("payload")).put("reason", "because");
        decision = altered;
        assertUnproven(client, receipt, "does not hold");
        decision = decision("0".repeat(64), BUS);
        assertUnproven(client, receipt, "another message");
        decision = Signatures.sign(message(), BUS);
        assertUnproven(client, receipt, "no decision");
    }

    @Test
    void shouldSendAgainWhenTheBusAsksForPatienceAndNoSoonerThanItSays() throws Exception {
        refusals = new AtomicInteger(1);
        long began = System.nanoTime();
        Receipt receipt = client.patient(LONG).escalate(message(), AGENT);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).as("Retry-After said 1 s").isGreaterThan(Duration.ofMillis(950));
        assertThat(receipt.repeated()).isFalse();
        assertThat(received).hasSize(1);
    }

    @Test
    void shouldNotWaitLongerThanItsPatience() {
        refusals = new AtomicInteger(Integer.MAX_VALUE);
        for (Duration patience : List.of(Duration.ZERO, Duration.ofMillis(500))) {
            IfbusException.Refused refused = catchThrowableOfType(IfbusException.Refused.class,
                    () -> client.patient(patience).escalate(message(), AGENT));
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.isPassing()).isTrue();
            assertThat(refused.retryAfter()).contains(Duration.ofSeconds(1));
        }
    }

    @Test
    void shouldSendTheSameBytesAgainWhenTheAnswerWasLost() throws Exception {
        losses = new AtomicInteger(2);
        Receipt receipt = client.patient(LONG).escalate(message(), AGENT);
        assertThat(receipt.repeated()).as("it had arrived the first time").isTrue();
        assertThat(received.stream().distinct()).hasSize(1);
    }

    @Test
    void shouldNotSendAgainWhatWasRefusedForGood() {
        IfbusException.Refused refused = catchThrowableOfType(IfbusException.Refused.class,
                () -> client.as("wrong").patient(LONG).escalate(message(), AGENT));
        assertThat(refused.isPassing()).isFalse();
    }

    @Test
    void shouldNotWaitForeverForTheRestOfAnAnswer() {
        server.createContext("/slow", exchange -> {
            exchange.sendResponseHeaders(200, 1_000);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            awaitQuietly(over);
        });
        IfbusClient hasty = IfbusClient.connect(URI.create(uri() + "/slow"), "t").answeringWithin(Duration.ofMillis(200));
        assertThatThrownBy(hasty::keys).isInstanceOf(IfbusException.Unreachable.class).hasMessageContaining("PT0.2S");
    }

    @Test
    void shouldNotReadAnAnswerThatNeverEnds() {
        server.createContext("/endless", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] much = new byte[1 << 16];
            java.util.Arrays.fill(much, (byte) ' ');
            try {
                while (over.getCount() > 0) exchange.getResponseBody().write(much);
            } finally {
                exchange.close();
            }
        });
        assertThatThrownBy(() -> IfbusClient.connect(URI.create(uri() + "/endless"), "t").keys()).isInstanceOf(IfbusException.Unreachable.class)
                .hasMessageContaining("longer than");
    }

    @Test
    void shouldTrustNoAnswerThatIsNotWhatABusSays() {
        server.createContext("/other", exchange -> answer(exchange, 200, "<html>"));
        server.createContext("/keys/v1/keys", exchange -> answer(exchange, 200, "{\"keys\":[{\"publicKey\":\"ed25519:AAAA\"}]}"));
        for (String path : List.of("/other", "/keys"))
            assertThatThrownBy(() -> IfbusClient.connect(URI.create(uri() + path), "t").keys()).isInstanceOf(IfbusException.Unproven.class);
    }

    @Test
    void shouldStopWaitingWhenInterrupted() throws Exception {
        Receipt receipt = client.escalate(message(), AGENT);
        Thread waiting = Thread.currentThread();
        threads.execute(() -> {
            awaitAsked(1);
            waiting.interrupt();
        });
        assertThatThrownBy(() -> client.awaitDecision(receipt, LONG)).isInstanceOf(InterruptedException.class);
    }

    @Test
    void shouldTellHowItStandsOnTheWay() throws Exception {
        Receipt receipt = client.escalate(message(), AGENT);
        threads.execute(() -> {
            awaitAsked(1);
            decision = decision(receipt.requestSha256(), BUS);
        });
        List<String> states = new java.util.ArrayList<>();
        client.awaitDecision("esc-1", java.util.Optional.of(receipt.requestSha256()), LONG, status -> states.add(status.state()));
        assertThat(states).startsWith("RINGING").endsWith("DECIDED");
    }

    @Test
    void shouldSayWhatKeptItFromAskingWhenTimeIsOver() throws Exception {
        Receipt receipt = client.escalate(message(), AGENT);
        server.stop(0);
        assertThatThrownBy(() -> client.awaitDecision(receipt, Duration.ofMillis(300))).isInstanceOf(IfbusException.TimedOut.class)
                .hasMessageContaining("no bus answers");
    }

    @Test
    void shouldKnowWhomItsTokenSpeaksFor() throws Exception {
        server.createContext("/v1/whoami", exchange -> answer(exchange, 200, "{\"role\":\"agent\",\"id\":\"if://agent/a\"}"));
        server.createContext("/any/v1/whoami", exchange -> answer(exchange, 200, "{\"role\":\"agent\",\"id\":\"\"}"));
        assertThat(client.agent()).contains("if://agent/a");
        assertThat(IfbusClient.connect(URI.create(uri() + "/any"), "t").agent()).isEmpty();
    }

    @Test
    void shouldNeverFollowARedirectWithItsToken() {
        server.createContext("/moved", exchange -> {
            exchange.getResponseHeaders().set("Location", uri() + "/v1/keys");
            answer(exchange, 307, "");
        });
        assertThatThrownBy(() -> IfbusClient.connect(URI.create(uri() + "/moved"), "secret-token").keys()).isInstanceOf(IfbusException.Refused.class)
                .hasMessageContaining("307");
    }

    @Test
    void shouldRefuseAnAddressThatIsNone() {
        assertThatThrownBy(() -> IfbusClient.connect(URI.create("localhost:8080"), "t")).isInstanceOf(IllegalArgumentException.class);
    }

    private void assertUnproven(IfbusClient reader, Receipt receipt, String why) {
        assertThatThrownBy(() -> reader.awaitDecision(receipt, LONG)).isInstanceOf(IfbusException.Unproven.class).hasMessageContaining(why);
    }

    private void escalations(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if (!"Bearer secret-token".equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            exchange.getResponseHeaders().set("Retry-After", "7");
            answer(exchange, 401,
                    "{\"type\":\"about:blank\",\"status\":401,\"code\":\"unknown-agent\",\"field\":\"/source\",\"detail\":\"no agent has this token\"}");
        } else if (exchange.getRequestMethod().equals("POST") && refusals.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
            exchange.getResponseHeaders().set("Retry-After", "1");
            answer(exchange, 503, "{\"code\":\"overload\",\"detail\":\"too much to do\"}");
        } else if (exchange.getRequestMethod().equals("POST")) {
            String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
            int status = received.contains(body) ? 200 : 202;
            received.add(body);
            if (losses.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
                exchange.close();
                return;
            }
            answer(exchange, status, "{\"id\":\"esc-1\",\"traceId\":\"" + TRACE + "\",\"state\":\"RECEIVED\",\"href\":\"/v1/escalations/esc-1\"}");
        } else if (path.equals("/v1/escalations/esc-1/events")) {
            events.handle(exchange);
        } else if (path.equals("/v1/escalations/esc-1")) {
            ObjectNode now = decision;
            answer(exchange, 200, "{\"id\":\"esc-1\",\"traceId\":\"" + TRACE + "\",\"state\":\"" + (now == null ? "RINGING" : "DECIDED") + "\""
                    + (now == null ? "" : ",\"decision\":" + now) + "}");
            asked.incrementAndGet();
            answers.release();
        } else {
            answer(exchange, 404, "{\"code\":\"not-found\",\"detail\":\"there is no such escalation\"}");
        }
    }

    private static void answer(HttpExchange exchange, int status, String json) throws IOException {
        exchange.getRequestBody().readAllBytes();
        byte[] body = json.getBytes(UTF_8);
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static void stream(HttpExchange exchange, String text) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        exchange.getResponseBody().write(text.getBytes(UTF_8));
        exchange.getResponseBody().flush();
    }

    /** Once a test. */
    private void awaitAsked(int times) {
        try {
            if (!answers.tryAcquire(times, 20, TimeUnit.SECONDS)) throw new IllegalStateException("not asked " + times + " times");
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private URI uri() { return URI.create("http://127.0.0.1:" + server.getAddress().getPort()); }

    private static ObjectNode decision(String requestSha256, SigningKey key) {
        Instant time = Instant.parse("2026-11-21T12:03:00Z");
        return new Decision("esc-1", requestSha256, Decision.Verdict.APPROVE, List.of(), "majority 1 to 0",
                List.of(new Decision.Vote("sage", "approve", time)), 1,
                "0".repeat(64), new Decision.WitnessEntry(9, "0".repeat(64))).signed("if://bus/node-1", "if://agent/a", TRACE, 2, time, key);
    }

    private static ObjectNode message() {
        return (ObjectNode) JsonMapper.shared().readTree("""
                {"id":"esc-1","timestamp":"2026-11-21T12:00:00.000Z","level":2,"source":"if://agent/a","destination":"if://bus/council",
                 "payload":{"performative":"ESCALATE","hazards":["legal"],"summary":"May I?"}}""");
    }
}
