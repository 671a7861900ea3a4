package org.infrafabric.escalate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a real HTTP server on loopback. */
class HttpCourierTest {
    private final List<String> bodies = new CopyOnWriteArrayList<>();
    private final AtomicInteger elsewhere = new AtomicInteger();
    private final HttpCourier courier = new HttpCourier();
    private HttpServer server;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/decisions", exchange -> {
            bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.createContext("/moved", exchange -> {
            exchange.getResponseHeaders().add("Location", "/elsewhere");
            exchange.sendResponseHeaders(307, -1);
            exchange.close();
        });
        server.createContext("/elsewhere", exchange -> {
            elsewhere.incrementAndGet();
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        courier.close();
        server.stop(0);
    }

    @Test
    void shouldBringItThere() throws IOException {
        assertThat(courier.post(url("127.0.0.1", "/decisions"), "{\"a\":1}".getBytes(StandardCharsets.UTF_8))).isEqualTo(204);
        assertThat(bodies).containsExactly("{\"a\":1}");
    }

    @Test
    void shouldFollowNoRedirect() throws IOException {
        assertThat(courier.post(url("127.0.0.1", "/moved"), new byte[] {'{', '}'})).isEqualTo(307);
        assertThat(elsewhere).hasValue(0);
    }

    @Test
    void shouldGoToNoInnerAddressThatNobodyNamed() {
        for (String host : List.of("169.254.169.254", "0.0.0.0", "224.0.0.1", "[fe80::1]")) {
            assertThatThrownBy(() -> courier.post(url(host, "/decisions"), new byte[0])).isInstanceOf(IOException.class)
                    .hasMessageContaining("no callback");
        }
        assertThat(bodies).isEmpty();
    }

    @Test
    void shouldTakeOnlyWhatTheListAllows() {
        Set<String> allowed = Set.of("agent.test", "127.0.0.1:9000");
        assertThat(Deliveries.unfit("https://agent.test/x", allowed)).isEmpty();
        assertThat(Deliveries.unfit("http://AGENT.test:8080/x", allowed)).isEmpty();
        assertThat(Deliveries.unfit("http://127.0.0.1:9000/x", allowed)).isEmpty();
        for (String callback : List.of("http://127.0.0.1:9001/x", "http://127.0.0.1/x", "ftp://agent.test/x", "http://user:pw@agent.test/x",
                "http://agent.test.evil/x", "http://agent.test@evil/x", "file:///etc/passwd", "http:///x", "not a url", "")) {
            assertThat(Deliveries.unfit(callback, allowed)).as(callback).isPresent();
        }
    }

    @Test
    void shouldWaitLongerAndLongerButNeverOverAnHour() {
        assertThat(Deliveries.pause(1)).hasSeconds(1);
        assertThat(Deliveries.pause(5)).hasSeconds(16);
        assertThat(Deliveries.pause(40)).hasHours(1);
    }

    private URI url(String host, String path) { return URI.create("http://" + host + ":" + server.getAddress().getPort() + path); }
}
