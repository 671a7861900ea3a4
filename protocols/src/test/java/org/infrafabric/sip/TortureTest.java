package org.infrafabric.sip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Torture messages, our own and RFC 4475's, at the core and at a running user agent over UDP and TCP: each gets the answer that it is owed. */
class TortureTest {
    private static Wire udp;
    private static Wire tcp; // another one: what came by one way would be a repetition by the other

    @BeforeAll
    static void start() throws IOException {
        udp = new Wire();
        tcp = new Wire();
    }

    @AfterAll
    static void stop() {
        udp.close();
        tcp.close();
    }

    static Stream<OwnTorture.Message> own() { return OwnTorture.all().stream(); }

    @ParameterizedTest
    @MethodSource("own")
    void shouldAnswerEachOfOurOwnMessagesAtTheCore(OwnTorture.Message message) { assertThat(atTheCore(message.bytes())).isEqualTo(message.status()); }

    @ParameterizedTest
    @MethodSource("own")
    void shouldAnswerEachOfOurOwnMessagesOverUdp(OwnTorture.Message message) throws IOException {
        assertThat(udp.byUdp(message.bytes(), InetAddress.getByName("127.0.44.1"))).isEqualTo(message.status());
    }

    @ParameterizedTest
    @MethodSource("own")
    void shouldAnswerEachOfOurOwnMessagesOverTcp(OwnTorture.Message message) throws IOException {
        assertThat(tcp.byTcp(message.bytes())).isEqualTo(message.status());
    }

    @Test
    void shouldHaveOneMessageAClauseAndEachNameOnce() {
        assertThat(own().map(OwnTorture.Message::name)).doesNotHaveDuplicates().hasSizeGreaterThan(70);
    }

    @TestFactory
    Stream<DynamicNode> shouldTreatEachMessageOfRfc4475AsAUserAgentOwes() throws IOException {
        Optional<Path> found = Rfc4475.folder();
        assumeTrue(found.isPresent(), "no shared/data/rfc4475 beside the checkout");
        Path folder = found.get();
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString().replace(".dat", ""))).containsExactlyInAnyOrderElementsOf(
                    Rfc4475.OVER_UDP.keySet());
        }
        return Stream.of(
                dynamicContainer("at the core", each((name, status) -> assertThat(atTheCore(Rfc4475.message(folder, name))).isEqualTo(status))),
                dynamicContainer("over UDP",
                        each((name, status) -> assertThat(udp.byUdp(Rfc4475.message(folder, name), InetAddress.getByName("127.0.44.75")))
                                .isEqualTo(status))),
                dynamicContainer("over TCP", each((name, status) -> assertThat(tcp.byTcp(Rfc4475.message(folder, name)))
                        .isEqualTo(Rfc4475.OVER_TCP.getOrDefault(name, status)))));
    }

    private interface Check {
        void of(String name, int status) throws IOException;
    }

    private static Stream<DynamicTest> each(Check check) {
        return Rfc4475.OVER_UDP.entrySet().stream().map((Map.Entry<String, Integer> each) -> dynamicTest(each.getKey(),
                () -> check.of(each.getKey(), each.getValue())));
    }

    private static int atTheCore(byte[] message) {
        Bench bench = new Bench();
        bench.receiver = call -> call.ring();
        bench.core.onMessage(message, Bench.PEER);
        return bench.sent.isEmpty() ? Wire.SILENCE : bench.last().status();
    }
}
