package org.infrafabric.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.infrafabric.testkit.Await;
import org.infrafabric.witness.Entry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import tools.jackson.databind.json.JsonMapper;

@Timeout(60)
class EventStreamsTest {
    private static final String ONE = ToldEscalations.trace("esc-1");
    private static final String TWO = ToldEscalations.trace("esc-2");
    private RunningApi api;

    @BeforeEach
    void start() {
        api = new RunningApi(settings(Duration.ofSeconds(15), Duration.ofSeconds(30)));
        api.escalations.put(ToldEscalations.view("esc-1", "if://agent/a", "IN_COUNCIL"));
        api.escalations.put(ToldEscalations.view("esc-2", "if://agent/b", "RINGING"));
    }

    @AfterEach
    void stop() { api.close(); }

    @Test
    void shouldGiveAnEscalationFromItsBeginningAndThenLive() throws Exception {
        Entry first = api.log.add("received", ONE, "esc-1");
        api.log.add("received", TWO, "esc-2");
        Entry third = api.log.add("ringing", ONE, "esc-1");
        try (Stream stream = open(api, "/v1/escalations/esc-1/events", "op", "")) {
            assertThat(stream.next()).isEqualTo(event(first));
            assertThat(stream.next()).isEqualTo(event(third));
            api.log.add("ringing", TWO, "esc-2");
            Entry live = api.log.add("accepted", ONE, "esc-1");
            assertThat(stream.next()).isEqualTo(event(live));
        }
    }

    @Test
    void shouldResumeAfterTheLastEventTheClientHas() throws Exception {
        for (int i = 0; i < 700; i++) api.log.add("ringing", i % 2 == 0 ? ONE : TWO, i % 2 == 0 ? "esc-1" : "esc-2");
        try (Stream all = open(api, "/v1/events", "op", "3"); Stream one = open(api, "/v1/escalations/esc-1/events", "op", "401")) {
            for (int seq = 4; seq <= 700; seq++) assertThat(all.next()).startsWith("id: " + seq + "\n");
            for (int seq = 403; seq <= 699; seq += 2) assertThat(one.next()).startsWith("id: " + seq + "\n");
            api.log.add("accepted", ONE, "esc-1");
            assertThat(all.next()).startsWith("id: 701\n");
            assertThat(one.next()).startsWith("id: 701\n");
        }
    }

    @Test
    void shouldBeginWithWhatComesNextWhenTheClientHasNothing() throws Exception {
        api.log.add("received", ONE, "esc-1");
        try (Stream stream = open(api, "/v1/events", "op", "")) {
            Entry next = api.log.add("ringing", ONE, "esc-1");
            assertThat(stream.next()).isEqualTo(event(next));
        }
    }

    @Test
    void shouldFillWhatTheTailNoLongerHoldsFromTheLog() throws Exception {
        for (int i = 0; i < 3_000; i++) api.log.add("ringing", ONE, "esc-1");
        try (Stream stream = open(api, "/v1/events", "op", "0")) {
            for (int seq = 1; seq <= 3_000; seq++) assertThat(stream.next()).startsWith("id: " + seq + "\n");
        }
    }

    @Test
    void shouldShowAnAgentOnlyWhatNamesItsOwnEscalations() throws Exception {
        // The trace id is the agent's to choose: esc-1 and a stranger's escalation share one.
        api.log.add("received", ONE, "esc-1");
        api.log.add("received", ONE, "esc-2");
        api.log.add("IF.sip", "invite_sent", ONE, JsonMapper.shared().createObjectNode().put("callId", "x"), Instant.EPOCH);
        Entry own = api.log.add("ringing", ONE, "esc-1");
        try (Stream stream = open(api, "/v1/escalations/esc-1/events", "a", "1"); Stream all = open(api, "/v1/events", "a", "1")) {
            assertThat(stream.next()).isEqualTo(event(own));
            assertThat(all.next()).isEqualTo(event(own));
        }
    }

    @Test
    void shouldSayThatItLivesWhileNothingHappens() throws Exception {
        try (RunningApi quick = new RunningApi(settings(Duration.ofMillis(50), Duration.ofSeconds(30)))) {
            try (Stream stream = open(quick, "/v1/events", "op", "")) {
                assertThat(stream.next()).isEqualTo(": alive");
                assertThat(stream.next()).isEqualTo(": alive");
            }
        }
    }

    @Test
    void shouldBoundTheStreamsOfATokenAndOfAll() throws Exception {
        try (RunningApi small = new RunningApi(settings(Duration.ofMillis(50), Duration.ofSeconds(30)))) {
            List<Stream> open = new ArrayList<>();
            for (int i = 0; i < 2; i++) open.add(open(small, "/v1/events", "a", ""));
            assertThat(small.get("/v1/events", "a").status()).isEqualTo(429);
            open.add(open(small, "/v1/events", "b", ""));
            Answer full = small.get("/v1/events", "op");
            assertThat(full.status()).isEqualTo(503);
            assertThat(full.header("Retry-After")).isEqualTo("10");
            assertThat(small.metrics.scrape()).contains("ifbus_http_streams 3");
            for (Stream stream : open) stream.close();
            awaitStreams(small, 0); // a heartbeat shows that the client is gone
            open(small, "/v1/events", "op", "").close();
        }
    }

    @Test
    void shouldCutOffAClientThatDoesNotRead() throws Exception {
        try (RunningApi strict = new RunningApi(settings(Duration.ofMillis(100), Duration.ofMillis(400))); Socket deaf = new Socket()) {
            deaf.setReceiveBufferSize(4_096);
            deaf.connect(new java.net.InetSocketAddress("127.0.0.1", strict.port));
            subscribe(deaf, "");
            awaitStreams(strict, 1);
            var big = JsonMapper.shared().createObjectNode().put("escalation", "x".repeat(100_000));
            for (int i = 0; i < 200; i++) strict.log.add("IF.escalate", "ringing", ONE, big, Instant.EPOCH);
            awaitStreams(strict, 0);
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldCutOffAClientThatTakesNothingThoughAllThatItWasSentFindsRoom() throws Exception {
        try (RunningApi strict = new RunningApi(settings(Duration.ofMillis(100), Duration.ofSeconds(1)))) {
            assertThat(strict.get("/v1/whoami", "op").status()).isEqualTo(200);
            Await.that("a frozen client to be cut off", Duration.ofSeconds(40), () -> { // the first may still come before the limit is set
                try (Socket frozen = new Socket()) {
                    frozen.setReceiveBufferSize(4_096);
                    frozen.connect(new java.net.InetSocketAddress("127.0.0.1", strict.port));
                    subscribe(frozen, "");
                    awaitStreams(strict, 1);
                    for (int i = 0; i < 50; i++) strict.log.add("ringing", ONE, "esc-1"); // more than it takes, far less than may wait here for it
                    return Await.within(Duration.ofSeconds(5), () -> strict.metrics.scrape().contains("ifbus_http_streams 0"));
                }
            });
        }
    }

    @Test
    void shouldForgetClientsThatVanishInAnyWay() throws Exception {
        HttpSettings bounds = new HttpSettings("127.0.0.1", 0, List.of(), 1 << 20, 1_000, 1_000, 8, 8, 200, 12, 16_384, Duration.ofSeconds(10), 200,
                Duration.ofMillis(50), Duration.ofSeconds(30));
        try (RunningApi small = new RunningApi(bounds)) {
            for (int i = 0; i < 600; i++) small.log.add("ringing", ONE, "esc-1");
            for (int round = 0; round < 12; round++) {        // more in all than streams, and connections of one address, there may be
                List<Socket> sockets = new ArrayList<>();
                for (int i = 0; i < 8; i++) sockets.add(subscribe(small, i % 2 == 0 ? "0" : ""));
                awaitStreams(small, 8);
                for (int i = 0; i < 8; i++) {
                    if (i % 4 == 0) sockets.get(i).setSoLinger(true, 0); // RST in the middle of what is being sent
                    if (i % 4 == 1) sockets.get(i).shutdownOutput();     // a FIN first, and then all of it
                    sockets.get(i).close();
                }
                awaitStreams(small, 0);
            }
            assertThat(small.log.listeners()).as("what listens to the log: the tail that all streams share").isEqualTo(1);
            assertThat(small.get("/v1/whoami", "op").status()).isEqualTo(200);
        }
    }

    @Test
    void shouldKeepAStreamWhoseClientHasOnlyEndedItsOwnSide() throws Exception {
        try (Socket half = subscribe(api, "")) {
            awaitStreams(api, 1);
            half.shutdownOutput();
            Entry entry = api.log.add("ringing", ONE, "esc-1");
            half.setSoTimeout(20_000);
            BufferedReader lines = new BufferedReader(new InputStreamReader(half.getInputStream(), StandardCharsets.UTF_8));
            assertThat(lines.lines().anyMatch(line -> line.contains(entry.hash()))).isTrue();
        }
    }

    @Test
    void shouldLeaveNothingOutForASlowReaderAndLetNobodyWaitForIt() throws Exception {
        try (Stream slow = open(api, "/v1/events", "op", "0"); Stream quick = open(api, "/v1/events", "sage", "0")) {
            var big = JsonMapper.shared().createObjectNode().put("escalation", "x".repeat(2_000));
            int entries = 4_000;                              // 8 MB: more than the sockets between hold, and than the tail does
            for (int i = 0; i < entries; i++) api.log.add("IF.escalate", "ringing", ONE, big, Instant.EPOCH);
            for (int seq = 1; seq <= entries; seq++) assertThat(quick.next()).startsWith("id: " + seq + "\n");
            for (int seq = 1; seq <= entries; seq++) assertThat(slow.next()).startsWith("id: " + seq + "\n");
        }
    }

    @Test
    void shouldRefuseAnIdFromBeyondTheEndOfTheLog() {
        api.log.add("received", ONE, "esc-1");
        for (String path : List.of("/v1/events", "/v1/escalations/esc-1/events")) {
            Answer answer = api.send(api.request(path, "op").header("Last-Event-ID", "2"));
            assertThat(answer.status()).as(path).isEqualTo(400);
            assertThat(answer.json().path("field").asString()).as(path).isEqualTo("Last-Event-ID");
            assertThat(answer.json().path("detail").asString()).as(path).contains("ends at 1");
        }
        assertThat(api.metrics.scrape()).contains("ifbus_http_streams 0");
    }

    @Test
    void shouldEndItsStreamsWhenTheServerStops() throws Exception {
        RunningApi stopping = new RunningApi(settings(Duration.ofSeconds(15), Duration.ofSeconds(30)));
        Stream stream = open(stopping, "/v1/events", "op", "");
        long began = System.nanoTime();
        Thread closer = Thread.ofVirtual().start(stopping::close);
        assertThat(stream.ended()).isTrue();
        closer.join();
        assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began)).isLessThan(10);
        assertThat(stopping.log.listeners()).isZero();
    }

    private static HttpSettings settings(Duration heartbeat, Duration writeTimeout) {
        return new HttpSettings("127.0.0.1", 0, List.of(), 1 << 20, 1_000, 1_000, 3, 2, 200, 200, 16_384,
                Duration.ofSeconds(10), 200, heartbeat, writeTimeout);
    }

    /** A client of its own making, which reads nothing. */
    private static Socket subscribe(RunningApi api, String lastEventId) throws IOException {
        Socket socket = new Socket("127.0.0.1", api.port);
        subscribe(socket, lastEventId);
        return socket;
    }

    private static void subscribe(Socket socket, String lastEventId) throws IOException {
        String head = "GET /v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer op\r\n"
                + (lastEventId.isEmpty() ? "" : "Last-Event-ID: " + lastEventId + "\r\n");
        socket.getOutputStream().write((head + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    private static String event(Entry entry) { return "id: " + entry.seq() + "\ndata: " + entry.json(); }

    private static void awaitStreams(RunningApi api, int open) throws Exception {
        Await.until("so many streams: " + open, Duration.ofSeconds(30), api.metrics::scrape, text -> text.contains("ifbus_http_streams " + open));
    }

    private static Stream open(RunningApi api, String path, String token, String lastEventId) throws IOException, InterruptedException {
        var request = api.request(path, token);
        if (!lastEventId.isEmpty()) request.header("Last-Event-ID", lastEventId);
        HttpResponse<InputStream> response = api.client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
        Stream stream = new Stream(new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8)));
        assertThat(stream.next()).isEqualTo("retry: 2000");
        return stream;
    }

    private record Stream(BufferedReader reader) implements AutoCloseable {
        /** The next block of lines. */
        String next() throws IOException {
            StringBuilder block = new StringBuilder();
            for (String line = reader.readLine(); line != null && !line.isEmpty(); line = reader.readLine())
                block.append(block.isEmpty() ? "" : "\n").append(line);
            return block.toString();
        }

        boolean ended() {
            try {
                return reader.readLine() == null;
            } catch (IOException broken) {
                return true;
            }
        }

        @Override
        public void close() throws IOException { reader.close(); }
    }
}
