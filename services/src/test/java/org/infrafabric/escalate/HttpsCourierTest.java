package org.infrafabric.escalate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real HTTPS server on loopback, whose certificate is for {@code agent.test}. */
class HttpsCourierTest {
    private static final char[] PASSWORD = "only-for-this-test".toCharArray();
    @TempDir Path folder;
    private final List<String> names = new CopyOnWriteArrayList<>();
    private SSLContext tls;
    private HttpsServer server;

    @BeforeEach
    void serve() throws Exception {
        tls = context();
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        server.createContext("/", exchange -> {
            var session = (ExtendedSSLSession) ((com.sun.net.httpserver.HttpsExchange) exchange).getSSLSession();
            session.getRequestedServerNames().forEach(name -> names.add(new String(name.getEncoded(), java.nio.charset.StandardCharsets.US_ASCII)));
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    /** Key and certificate, which trusts itself. */
    private SSLContext context() throws Exception {
        Path store = folder.resolve("agent.p12");
        Process made = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-alias", "agent",
                "-keyalg",
                "EC", "-dname", "CN=agent.test", "-ext", "SAN=dns:agent.test", "-validity", "2", "-storetype", "PKCS12", "-keystore",
                store.toString(),
                "-storepass", new String(PASSWORD)).redirectErrorStream(true).redirectOutput(folder.resolve("keytool.out").toFile()).start();
        assertThat(made.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(made.exitValue()).as(Files.readString(folder.resolve("keytool.out"))).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, PASSWORD);
        TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(keys);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
        return context;
    }

    private static List<InetAddress> here(String host) { return List.of(InetAddress.getLoopbackAddress()); }

    private URI at(String host) { return URI.create("https://" + host + ":" + server.getAddress().getPort() + "/decisions"); }

    @Test
    void shouldAskForTheNameAtTheAddressThatWasChecked() throws Exception {
        HttpCourier courier = new HttpCourier(Set.of("agent.test", "127.0.0.1"), HttpsCourierTest::here, tls.getSocketFactory());
        assertThat(courier.post(at("agent.test"), new byte[] {'{', '}'})).isEqualTo(204);
        assertThat(names).containsExactly("agent.test");
    }

    @Test
    void shouldTellNothingToWhoeverIsNotTheNamedHost() {
        HttpCourier courier = new HttpCourier(Set.of("other.test", "127.0.0.1"), HttpsCourierTest::here, tls.getSocketFactory());
        assertThatThrownBy(() -> courier.post(at("other.test"), new byte[] {'{', '}'})).isInstanceOf(SSLException.class);
        assertThat(names).isEmpty();
    }

    @Test
    void shouldTrustNoCertificateThatThePlatformDoesNot() {
        HttpCourier courier = new HttpCourier(Set.of("agent.test", "127.0.0.1"), HttpsCourierTest::here, null);
        assertThatThrownBy(() -> courier.post(at("agent.test"), new byte[] {'{', '}'})).isInstanceOf(SSLException.class);
        assertThat(names).isEmpty();
    }
}
