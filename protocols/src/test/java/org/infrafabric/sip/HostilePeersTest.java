package org.infrafabric.sip;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.infrafabric.testkit.Await;
import org.infrafabric.testkit.SipSamples;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What bad peers do to a running agent's sockets: each gets a clear answer or none, and everybody else is served as before. */
class HostilePeersTest {
    @Test
    void shouldServeOthersWhileTruncatedAndRandomDatagramsPour() throws IOException {
        Random random = new Random(1);
        byte[] invite = SipSamples.invite();
        try (Wire wire = new Wire(); DatagramSocket hostile = new DatagramSocket(new InetSocketAddress("127.0.66.1", 0))) {
            for (int length = 0; length < invite.length; length += 3) {
                send(wire, hostile, Arrays.copyOf(invite, length));
                byte[] noise = new byte[random.nextInt(1_400)];
                random.nextBytes(noise);
                send(wire, hostile, noise);
                if (length % 60 == 0) assertThat(wire.ask()).isEqualTo(200);
            }
            assertThat(wire.ask()).isEqualTo(200);
            assertThat(wire.incoming).as("calls out of an INVITE that was cut short").isEmpty();
        }
    }

    @Test
    void shouldSayThatHeadersOfSixtyFourKilobytesAreTooMany() throws IOException {
        String huge = Bench.text("OPTIONS", "huge", "huge", "", 1, "Subject: " + "x".repeat(64_000) + "\n", "").replace(";rport", "")
                .replace("127.0.0.1:5080;branch", "127.0.0.1;branch").replace("\n", "\r\n");
        try (Wire wire = new Wire()) {
            assertThat(wire.byUdp(huge.getBytes(ISO_8859_1), InetAddress.getByName("127.0.66.2"))).isEqualTo(513);
            assertThat(wire.byTcp(huge.replace("OPTIONS", "INVITE").getBytes(ISO_8859_1))).isEqualTo(513);
            assertThat(wire.ask()).isEqualTo(200);
        }
    }

    @Test
    void shouldSayThatAMessageIsTooLongForAnyTransport() throws IOException {
        String announced = Bench.text("INVITE", "big", "big", "", 1, "", "x").replace("Content-Length: 1", "Content-Length: 99999").replace("\n",
                "\r\n");
        try (Wire wire = new Wire()) {
            assertThat(wire.byTcp(announced.getBytes(ISO_8859_1))).isEqualTo(413);
        }
    }

    @Test
    void shouldAnswerTheMessageAndGiveUpTheStreamWhoseContentLengthIsTooSmall() throws IOException {
        try (Wire wire = new Wire(); Socket socket = connect(wire)) {
            String invite = Bench.text("INVITE", "short", "short", "", 1, "", Bench.OFFER.replace("\r\n", "\n")).replaceAll("Content-Length: \\d+",
                    "Content-Length: 20").replace("\n", "\r\n");
            socket.getOutputStream().write(invite.getBytes(ISO_8859_1));
            socket.getOutputStream().write("\r\n".getBytes(ISO_8859_1));
            InputStream in = socket.getInputStream();
            assertThat(Wire.status(Wire.nextHead(in))).isEqualTo(180);
            assertThat(in.read()).as("the rest is no message: the connection ends").isEqualTo(-1);
            assertThat(wire.ask()).isEqualTo(200);
        }
    }

    @Test
    void shouldAnswerEachOfManyRequestsOnOneConnectionAndCallBackOnIt() throws Exception {
        try (Wire wire = new Wire(call -> call.answer(new TestAudio(40_000), new Heard()).hangUp("over")); Socket socket = connect(wire)) {
            InputStream in = socket.getInputStream();
            for (int i = 0; i < 50; i++) {
                socket.getOutputStream().write(wire.question("TCP"));
                assertThat(Wire.status(Wire.nextHead(in))).isEqualTo(200);
            }
            String contact = "<sip:peer@127.0.0.1:" + socket.getLocalPort() + ";transport=tcp>";
            String invite = Bench.text("INVITE", "reuse", "reuse", "", 1, "", "").replace("SIP/2.0/UDP", "SIP/2.0/TCP").replace(
                    "Contact: <sip:peer@127.0.0.1:5080>", "Contact: " + contact).replace("\n", "\r\n");
            socket.getOutputStream().write(invite.getBytes(ISO_8859_1));
            assertThat(Wire.status(Wire.nextHead(in))).isEqualTo(180);
            String answer = Wire.nextHead(in);
            assertThat(Wire.status(answer)).isEqualTo(200);
            int body = Integer.parseInt(answer.replaceAll("(?s).*Content-Length: (\\d+).*", "$1"));
            assertThat(in.readNBytes(body)).hasSize(body);
            String tag = answer.replaceAll("(?s).*\r\nTo: [^\r]*;tag=([^\r;]*).*", "$1");
            socket.getOutputStream().write(Bench.text("ACK", "reuseack", "reuse", tag, 1, "", "").replace("\n", "\r\n").getBytes(ISO_8859_1));
            assertThat(Wire.nextHead(in)).startsWith("BYE sip:peer@127.0.0.1:" + socket.getLocalPort());
        }
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            m=audio 30000 RTP/AVP 18                | 488 | Warning: 305
            m=audio 30000 RTP/SAVP 0                | 488 | Warning: 305
            m=video 30000 RTP/AVP 34                | 488 | Warning: 304
            m=audio 70000 RTP/AVP 0                 | 400 | Malformed session description
            m=audio                                 | 400 | Malformed session description
            """, delimiter = '|')
    void shouldRefuseADescriptionThatItCannotTakeAndSayWhy(String line, int status, String why) throws Exception {
        String sdp = "v=0\r\no=p 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n" + line + "\r\n";
        try (Wire wire = new Wire(call -> call.answer(new TestAudio(40_000), new Heard())); Socket socket = connect(wire)) {
            String invite = Bench.text("INVITE", "media", "media", "", 1, "Content-Type: application/sdp\n", "").replace("SIP/2.0/UDP", "SIP/2.0/TCP")
                    .replace("Content-Length: 0", "Content-Length: " + sdp.length()).replace("\n", "\r\n");
            socket.getOutputStream().write((invite + sdp).getBytes(ISO_8859_1));
            assertThat(Wire.status(Wire.nextHead(socket.getInputStream()))).isEqualTo(180);
            String answer = Wire.nextHead(socket.getInputStream());
            assertThat(Wire.status(answer)).isEqualTo(status);
            assertThat(answer).contains(why);
            assertThat(wire.ask()).isEqualTo(200);
            assertThat(wire.agent().calls()).isZero();
        }
    }

    @Test
    void shouldTurnNewCallsAwayWhenItCannotKeepUpAndTakeThemAgainSoonAfter() throws Exception {
        boolean[] slow = {true};
        try (Wire wire = new Wire(call -> { if (slow[0]) work(3); });
                DatagramSocket flood = new DatagramSocket(new InetSocketAddress("127.0.66.3", 5080))) {
            flood.setSoTimeout(5_000);
            for (int i = 0; i < 600; i++) send(wire, flood, invite("flood-" + i));
            int turnedAway = 0;
            int rung = 0;
            while (turnedAway + rung < 600) {
                String answer = receive(flood);
                if (answer.startsWith("SIP/2.0 503")) {
                    turnedAway++;
                    assertThat(answer).contains("\r\nRetry-After: ");
                } else if (answer.startsWith("SIP/2.0 180")) {
                    rung++;
                }
            }
            assertThat(turnedAway).as("turned away").isPositive();
            assertThat(rung).as("taken").isPositive();
            slow[0] = false;
            long begun = System.nanoTime();
            int[] tries = new int[1];
            Await.that("a new call to be taken", Duration.ofSeconds(5), () -> {
                send(wire, flood, invite("after-" + tries[0]++));
                while (true) {
                    String answer = receive(flood);
                    if (answer.contains("after-")) return answer.startsWith("SIP/2.0 180");
                }
            });
            assertThat(System.nanoTime() - begun).isLessThan(5_000_000_000L);
        }
    }

    private static byte[] invite(String name) {
        return Bench.text("INVITE", name, name, "", 1, "", "").replace("127.0.0.1:5080;branch", "127.0.66.3:5080;branch").replace("\n", "\r\n")
                .getBytes(ISO_8859_1);
    }

    /** Keeps the owner's thread busy, as a slow step of ours would. */
    private static void work(long millis) {
        long end = System.nanoTime() + millis * 1_000_000;
        while (System.nanoTime() - end < 0) Thread.onSpinWait();
    }

    private static Socket connect(Wire wire) throws IOException {
        Socket socket = new Socket(wire.address().getAddress(), wire.address().getPort());
        socket.setSoTimeout(5_000);
        return socket;
    }

    private static void send(Wire wire, DatagramSocket from, byte[] datagram) throws IOException {
        from.send(new DatagramPacket(datagram, datagram.length, wire.address()));
    }

    private static String receive(DatagramSocket socket) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[4_000], 4_000);
        try {
            socket.receive(packet);
        } catch (SocketTimeoutException e) {
            throw new AssertionError("no answer for five seconds", e);
        }
        return new String(packet.getData(), 0, packet.getLength(), ISO_8859_1);
    }
}
