package org.infrafabric.escalate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
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
    private final List<String> hosts = new CopyOnWriteArrayList<>();
    private final AtomicInteger elsewhere = new AtomicInteger();
    private final HttpCourier courier = new HttpCourier(Set.of("127.0.0.1"));
    private HttpServer server;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/decisions", exchange -> {
            hosts.add(exchange.getRequestHeaders().getFirst("Host"));
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
    void shouldNeverGoWhereNoCallbackCanBe() {
        for (String host : List.of("169.254.169.254", "0.0.0.0", "0.1.2.3", "224.0.0.1", "255.255.255.255", "240.0.0.1", "[fe80::1]", "[ff02::1]",
                "[::]",
                "[fec0::1]", "[::ffff:169.254.169.254]", "[64:ff9b::a9fe:a9fe]", "[2002:a9fe:a9fe::1]")) {
            assertThatThrownBy(() -> courier.post(url(host, "/decisions"), new byte[0])).as(host).isInstanceOf(IOException.class)
                    .hasMessageContaining("no callback can be");
        }
        assertThat(bodies).isEmpty();
    }

    @Test
    void shouldGoToNoInnerAddressThatNobodyNamed() {
        HttpCourier strict = new HttpCourier(Set.of("agent.test", "localhost:1", "10.9.9.9:80"), host -> List.of(InetAddress.getByName(host)), null);
        for (String host : List.of("127.0.0.1", "127.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "198.18.0.1",
                "[::1]", "[fc00::1]", "[fd12:3456::1]", "[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]",
                "[2002:c0a8:101::1]")) {
            assertThatThrownBy(() -> strict.post(url(host, "/decisions"), new byte[0])).as(host).isInstanceOf(IOException.class)
                    .hasMessageContaining("inner address");
        }
        assertThat(bodies).isEmpty();
    }

    @Test
    void shouldResolveOnceAndGoToThatVeryAddress() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        HttpCourier.Names rebinding = host -> List.of(InetAddress.getByName(asked.getAndIncrement() == 0 ? "127.0.0.1" : "169.254.169.254"));
        HttpCourier named = new HttpCourier(Set.of("agent.test", "127.0.0.1"), rebinding, null);
        assertThat(named.post(url("agent.test", "/decisions"), new byte[] {'7'})).isEqualTo(204);
        assertThat(asked).hasValue(1);
        assertThat(hosts).containsExactly("agent.test:" + server.getAddress().getPort());
    }

    @Test
    void shouldGoNowhereWhenOneOfAHostsAddressesIsInner() {
        HttpCourier.Names mixed = host -> List.of(InetAddress.getByName("192.0.2.1"), InetAddress.getByName("127.0.0.1"));
        HttpCourier named = new HttpCourier(Set.of("agent.test"), mixed, null);
        assertThatThrownBy(() -> named.post(url("agent.test", "/decisions"), new byte[0])).isInstanceOf(IOException.class)
                .hasMessageContaining("inner address");
    }

    @Test
    void shouldReadNoMoreThanTheStatusAndWaitForNoSlowHead() throws Exception {
        try (ServerSocket odd = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            for (String answer : List.of("HTTP/1.1 100 Continue\r\nA: b\r\n\r\nHTTP/1.1 202 Taken\r\n",
                    "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n",
                    "SSH-2.0-x\r\n", "HTTP/1.1 100 Continue\r\n" + "X: y\r\n".repeat(9_000), "")) {
                Thread.ofVirtual().start(() -> {
                    try (Socket one = odd.accept()) {
                        one.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                        one.getInputStream().readNBytes(40);
                    } catch (IOException gone) {
                        // the courier hung up first
                    }
                });
                URI target = URI.create("http://127.0.0.1:" + odd.getLocalPort() + "/");
                if (answer.contains(" 202 ")) assertThat(courier.post(target, new byte[0])).isEqualTo(202);
                else if (answer.contains(" 200 ")) assertThat(courier.post(target, new byte[0])).isEqualTo(200);
                else assertThatThrownBy(() -> courier.post(target, new byte[0])).isInstanceOf(IOException.class);
            }
        }
    }

    @Test
    void shouldTakeOnlyWhatTheListAllows() {
        Set<String> allowed = Set.of("agent.test", "127.0.0.1:9000");
        assertThat(AllowedHosts.unfit("a callback", "https://agent.test/x", allowed)).isEmpty();
        assertThat(AllowedHosts.unfit("a callback", "http://AGENT.test:8080/x", allowed)).isEmpty();
        assertThat(AllowedHosts.unfit("a callback", "http://127.0.0.1:9000/x", allowed)).isEmpty();
        for (String callback : List.of("http://127.0.0.1:9001/x", "http://127.0.0.1/x", "ftp://agent.test/x", "http://user:pw@agent.test/x",
                "http://agent.test.evil/x", "http://agent.test@evil/x", "file:///etc/passwd", "http:///x", "not a url", "")) {
            assertThat(AllowedHosts.unfit("a callback", callback, allowed)).as(callback).isPresent();
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
