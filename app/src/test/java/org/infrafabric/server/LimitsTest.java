package org.infrafabric.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.infrafabric.testkit.Await;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What one client may take, and the answer when it takes more. */
@Timeout(60)
class LimitsTest {
    private static final ScheduledExecutorService PACER = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());

    private static final String POST = "POST /v1/escalations HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer a\r\nContent-Type: application/json\r\n";

    @Test
    void shouldSayWhichPartOfTheHeadIsTooLong() throws IOException {
        try (RunningApi api = new RunningApi()) {
            assertThat(api.raw("GET / HTTP/1.1\r\nHost: localhost\r\nX-A: " + "x".repeat(20_000) + "\r\n\r\n", 1).getFirst()).contains(" 431 ");
            assertThat(api.raw("GET /" + "x".repeat(20_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n", 1).getFirst()).contains(" 414 ");
            List<String> answer = api.raw("GET / HTTP/1.1\r\nHost: localhost\r\nX-A: " + "x".repeat(20_000) + "\r\n\r\n", 30);
            assertThat(answer).anyMatch(line -> line.equalsIgnoreCase("content-type: application/problem+json"));
            assertThat(answer.getLast()).contains("\"code\":\"long-head\"");
            assertThat(api.rawStatus("/healthz", "Host: localhost")).as("the next one is served").isEqualTo("200");
        }
    }

    @Test
    void shouldCloseAConnectionWhoseHeadOnlyDrips() throws Exception {
        HttpSettings settings = HttpSettings.defaults("127.0.0.1", 0).withConnections(50, Duration.ofMillis(300), 200, Duration.ofSeconds(30));
        try (RunningApi api = new RunningApi(settings); Socket socket = new Socket("127.0.0.1", api.port)) {
            drip(socket, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
            assertThat(closed(socket)).isTrue();
        }
    }

    @Test
    void shouldCloseAConnectionThatDripsOnlyItsSecondHead() throws Exception {
        HttpSettings settings = HttpSettings.defaults("127.0.0.1", 0).withConnections(50, Duration.ofMillis(300), 200, Duration.ofSeconds(30));
        try (RunningApi api = new RunningApi(settings); Socket socket = new Socket("127.0.0.1", api.port)) {
            socket.getOutputStream().write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(status(socket)).isEqualTo("200");
            drip(socket, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
            assertThat(closed(socket)).isTrue();
        }
    }

    @Test
    void shouldLeaveAQuietConnectionAndAStreamAlone() throws Exception {
        HttpSettings settings = HttpSettings.defaults("127.0.0.1", 0).withConnections(50, Duration.ofSeconds(1), 200, Duration.ofSeconds(30));
        try (RunningApi api = new RunningApi(settings);
                Socket kept = new Socket("127.0.0.1", api.port);
                Socket stream = new Socket("127.0.0.1", api.port)) {
            byte[] request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
            kept.getOutputStream().write(request);
            assertThat(status(kept)).isEqualTo("200");
            stream.getOutputStream()
                    .write("GET /v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer op\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(status(stream)).isEqualTo("200");
            for (int looks = 0; looks < 2; looks++) {
                try (Socket dripping = new Socket("127.0.0.1", api.port)) {
                    drip(dripping, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
                    assertThat(closed(dripping)).as("one that is as old by now, and is closed").isTrue();
                }
            }
            kept.getOutputStream().write(request);
            assertThat(status(kept)).isEqualTo("200");
            api.log.add("ringing", ToldEscalations.trace("esc-1"), "esc-1");
            StringBuilder heard = new StringBuilder();
            InputStream in = stream.getInputStream();
            for (int c = in.read(); c >= 0 && heard.indexOf("ringing") < 0; c = in.read()) heard.append((char) c);
            assertThat(heard.toString()).contains("ringing");
        }
    }

    @Test
    void shouldCutOffABodyThatOnlyDrips() throws Exception {
        HttpSettings settings = HttpSettings.defaults("127.0.0.1", 0).withConnections(50, Duration.ofSeconds(10), 100_000, Duration.ofSeconds(30));
        try (RunningApi api = new RunningApi(settings); Socket socket = new Socket("127.0.0.1", api.port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write((POST + "Content-Length: 100000\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            drip(socket, "{\"id\":\"");
            assertThat(status(socket)).isEqualTo("408");
            assertThat(api.escalations.submitted).isEmpty();
        }
    }

    @Test
    void shouldBoundTheConnectionsOfOneAddressAndTakeNewOnesWhenOldOnesEnd() throws Exception {
        HttpSettings settings = HttpSettings.defaults("127.0.0.1", 0).withConnections(3, Duration.ofSeconds(10), 200, Duration.ofSeconds(30));
        try (RunningApi api = new RunningApi(settings)) {
            List<Socket> open = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Socket socket = new Socket("127.0.0.1", api.port);
                socket.getOutputStream().write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                assertThat(status(socket)).isEqualTo("200");
                open.add(socket);
            }
            try (Socket fourth = new Socket("127.0.0.1", api.port)) {
                fourth.setSoTimeout(10_000);
                assertThat(closed(fourth)).isTrue();
            }
            for (Socket socket : open) socket.close();
            Await.until("the server to see the ends", Duration.ofSeconds(20), () -> {
                try (Socket next = new Socket("127.0.0.1", api.port)) {
                    next.getOutputStream().write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    return status(next);
                } catch (IOException early) {
                    return "";
                }
            }, "200"::equals);
        }
    }

    /** Sends these bytes, and then one every 20 ms until the other side has had enough. */
    private static void drip(Socket socket, String begin) {
        boolean[] begun = new boolean[1]; // the pacer's thread only
        var unused = PACER.scheduleAtFixedRate(() -> {
            try {
                socket.getOutputStream().write((begun[0] ? "x" : begin).getBytes(StandardCharsets.US_ASCII));
                socket.getOutputStream().flush();
                begun[0] = true;
            } catch (IOException enough) { // what the test waits for; a failed task is not run again
                throw new UncheckedIOException(enough);
            }
        }, 0, 20, TimeUnit.MILLISECONDS);
    }

    /** The status of the next answer; what follows is read as far as it is there. Empty when the server closes. */
    private static String status(Socket socket) throws IOException {
        socket.setSoTimeout(10_000);
        InputStream in = socket.getInputStream();
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int c = in.read();
            if (c < 0) return "";
            head.append((char) c);
        }
        int at = head.toString().toLowerCase(java.util.Locale.ROOT).indexOf("content-length:");
        if (at >= 0) in.readNBytes(Integer.parseInt(head.substring(at + 15, head.indexOf("\r\n", at)).strip()));
        return head.toString().split(" ")[1];
    }

    private static boolean closed(Socket socket) {
        try {
            socket.setSoTimeout(20_000);
            return socket.getInputStream().read() < 0;
        } catch (java.net.SocketTimeoutException still) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }
}
