package org.infrafabric.sip;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.EventLoop;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.infrafabric.call.CallFailure;
import org.infrafabric.call.CallOrder;
import org.infrafabric.testkit.Await;
import org.infrafabric.time.LoopTimers;
import org.infrafabric.transport.EventLoops;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the kernel's sockets do to a user agent: several of them, and such as fail. */
class SocketsTest {
    private final EventLoops loops = EventLoops.open("sockets", 1);
    private final EventLoop loop = loops.next();
    private final List<UserAgent> agents = new ArrayList<>();
    private final Heard heard = new Heard();
    private final AtomicInteger repeated = new AtomicInteger();
    private final SipCounters counters = new SipCounters() {
        @Override
        public void message(boolean sent, String method, Endpoint.Protocol transport) {}

        @Override
        public void retransmission() { repeated.incrementAndGet(); }
    };

    @AfterEach
    void close() {
        agents.forEach(UserAgent::close);
        loops.close();
    }

    @Test
    void shouldTellAtOnceThatTheKernelWillNotSend() throws Exception {
        UserAgent agent = agent("udp:127.0.0.1:0");
        dial(agent, "sip:expert@192.0.2.1:5080"); // from 127.0.0.1 nothing goes there
        Await.that("the leg to end", Duration.ofSeconds(5), () -> !heard.ends.isEmpty());
        assertThat(heard.ends.getFirst().failure()).contains(CallFailure.UNREACHABLE);
        assertThat(repeated).as("asked again before it was noticed").hasValue(0);
    }

    @Test
    void shouldAnswerFromTheSocketThatWasAsked() throws Exception {
        UserAgent agent = agent("udp:127.0.0.1:0", "udp:127.0.0.1:0");
        for (Endpoint each : endpoints) {
            try (DatagramSocket peer = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0))) {
                peer.connect(each.address()); // hears nobody else
                peer.setSoTimeout(3_000);
                byte[] options = Bench.text("OPTIONS", "o" + each.address().getPort(), "c" + each, "", 1, "", "").replace("\n", "\r\n")
                        .getBytes(ISO_8859_1);
                peer.send(new DatagramPacket(options, options.length));
                DatagramPacket answer = new DatagramPacket(new byte[2_000], 2_000);
                peer.receive(answer);
                assertThat(new String(answer.getData(), 0, answer.getLength(), ISO_8859_1)).startsWith("SIP/2.0 200 OK");
            }
        }
        assertThat(agent.calls()).isZero();
    }

    @Test
    void shouldCallFromTheAddressThatLeadsToThePeer() throws Exception {
        UserAgent agent = agent("udp:127.0.0.2:0", "udp:127.0.0.1:0");
        try (DatagramSocket peer = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0))) {
            peer.setSoTimeout(3_000);
            dial(agent, "sip:expert@127.0.0.1:" + peer.getLocalPort());
            DatagramPacket invite = new DatagramPacket(new byte[4_000], 4_000);
            peer.receive(invite);
            assertThat(invite.getSocketAddress()).isEqualTo(endpoints.get(1).address());
            assertThat(new String(invite.getData(), 0, invite.getLength(), ISO_8859_1))
                    .contains("Via: SIP/2.0/UDP " + Addresses.text(endpoints.get(1).address()))
                    .contains("Contact: <sip:bus@" + Addresses.text(endpoints.get(1).address()));
        }
    }

    @Test
    void shouldSayWhereItListensInTheWordsOfItsSettings() throws Exception {
        agent("udp:0.0.0.0:0", "tcp:0.0.0.0:0");
        assertThat(endpoints).allMatch(each -> each.toString().contains(":0.0.0.0:"));
        assertThat(endpoints).extracting(each -> each.address().getPort()).doesNotContain(0).containsOnly(endpoints.getFirst().address().getPort());
    }

    /** Each port is one of some 28,000, of which 3,000 are taken for TCP: without another try 999 of 1,000 such runs would fail. */
    @Test
    void shouldFindAPortThatBothTransportsCanHave() throws Exception {
        List<ServerSocket> taken = new ArrayList<>();
        try {
            for (int i = 0; i < 3_000; i++) taken.add(new ServerSocket(0, 1, InetAddress.getByName("127.0.0.9")));
            for (int i = 0; i < 60; i++) {
                UserAgent agent = agent("udp:127.0.0.9:0", "tcp:127.0.0.9:0");
                assertThat(endpoints).extracting(each -> each.address().getPort()).containsOnly(endpoints.getFirst().address().getPort());
                agent.close();
            }
        } finally {
            for (ServerSocket each : taken) each.close();
        }
    }

    @Test
    void shouldCloseEveryListener() throws Exception {
        UserAgent agent = agent("tcp:127.0.0.1:0", "tcp:127.0.0.1:0");
        agent.close();
        for (Endpoint each : endpoints) new ServerSocket(each.address().getPort(), 1, each.address().getAddress()).close();
    }

    @Test
    void shouldAnswerAtTheSentByPortWhenTheConnectionIsGone() throws Exception {
        UserAgent agent = agent(call -> {
            var unused = loop.schedule(() -> call.refuse(CallFailure.BUSY), 300, java.util.concurrent.TimeUnit.MILLISECONDS);
        }, "tcp:127.0.0.1:0");
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            listening.setSoTimeout(3_000);
            String invite = Bench.text("INVITE", "i", "c", "", 1, "", Bench.OFFER.replace("\r\n", "\n"))
                    .replace("UDP 127.0.0.1:5080", "TCP 127.0.0.1:"
                            + listening.getLocalPort())
                    .replaceFirst("Content-Length: \\d+", "Content-Length: " + Bench.OFFER.length()).replace("\n", "\r\n");
            try (Socket calling = new Socket("127.0.0.1", endpoints.getFirst().address().getPort())) {
                calling.getOutputStream().write(invite.getBytes(ISO_8859_1));
                calling.getOutputStream().flush();
                Await.that("the INVITE to arrive", Duration.ofSeconds(3), () -> agent.calls() == 1);
            }
            try (Socket answering = listening.accept()) {
                answering.setSoTimeout(3_000);
                byte[] bytes = new byte[100];
                int read = answering.getInputStream().read(bytes);
                assertThat(new String(bytes, 0, read, ISO_8859_1)).startsWith("SIP/2.0 ");
            }
        }
    }

    @Test
    void shouldRingAPhoneByTcpAndNoOtherWayWhenTheInviteIsTooLong() throws Exception {
        UserAgent agent = agent("udp:127.0.0.1:0", "tcp:127.0.0.1:0");
        try (ServerSocket phone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                DatagramSocket sameByUdp = new DatagramSocket(new InetSocketAddress("127.0.0.1", phone.getLocalPort()))) {
            phone.setSoTimeout(3_000);
            dial(agent, "sip:expert@127.0.0.1:" + phone.getLocalPort(), "long ".repeat(300));
            try (Socket connection = phone.accept()) {
                connection.setSoTimeout(3_000);
                String invite = new String(connection.getInputStream().readNBytes(1_400), ISO_8859_1);
                assertThat(invite).startsWith("INVITE ").contains("SIP/2.0/TCP").contains(";transport=tcp>");
            }
            sameByUdp.setSoTimeout(200);
            assertThatThrownBy(() -> sameByUdp.receive(new DatagramPacket(new byte[10], 10))).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void shouldMakeOneConnectionForAllCallsToOnePlace() throws Exception {
        UserAgent agent = agent("udp:127.0.0.1:0", "tcp:127.0.0.1:0");
        try (ServerSocket phone = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            phone.setSoTimeout(3_000);
            String target = "sip:expert@127.0.0.1:" + phone.getLocalPort() + ";transport=tcp";
            for (int i = 0; i < 3; i++) dial(agent, target); // while the connection is made
            try (Socket connection = phone.accept()) {
                connection.setSoTimeout(3_000);
                List<String> calls = new ArrayList<>();
                while (calls.size() < 4) {
                    if (calls.size() == 3) dial(agent, target); // it stands
                    String head = Wire.nextHead(connection.getInputStream());
                    assertThat(head).startsWith("INVITE ");
                    calls.add(head.replaceAll("(?s).*\r\nCall-ID: ([^\r]*).*", "$1"));
                    connection.getInputStream().readNBytes(Integer.parseInt(head.replaceAll("(?s).*Content-Length: (\\d+).*", "$1")));
                }
                assertThat(calls).doesNotHaveDuplicates();
            }
        }
    }

    @Test
    void shouldRingAPhoneByUdpWhoseTcpSwallowsWhatKnocks() throws Exception {
        UserAgent agent = agent("udp:127.0.0.1:0", "tcp:127.0.0.1:0");
        List<SocketChannel> knocking = new ArrayList<>();
        try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                DatagramSocket phone = new DatagramSocket(new InetSocketAddress("127.0.0.1", deaf.getLocalPort()))) {
            for (int i = 0; i < 8; i++) { // its backlog is full then, and the kernel drops each further SYN
                SocketChannel one = SocketChannel.open();
                one.configureBlocking(false);
                boolean unused = one.connect(deaf.getLocalSocketAddress());
                knocking.add(one);
            }
            phone.setSoTimeout(3_000);
            long begun = System.nanoTime();
            dial(agent, "sip:expert@127.0.0.1:" + deaf.getLocalPort(), "long ".repeat(300));
            DatagramPacket invite = new DatagramPacket(new byte[4_000], 4_000);
            phone.receive(invite);
            assertThat(new String(invite.getData(), 0, invite.getLength(), ISO_8859_1)).startsWith("INVITE ").contains("SIP/2.0/UDP");
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).as("TCP was tried first").isGreaterThanOrEqualTo(Routes.PATIENCE);
        } finally {
            for (SocketChannel each : knocking) each.close();
        }
    }

    private List<Endpoint> endpoints = List.of();

    private UserAgent agent(String... listen) throws Exception { return agent(call -> {}, listen); }

    private UserAgent agent(org.infrafabric.call.IncomingCall.Receiver receiver, String... listen) throws Exception {
        List<Endpoint> wanted = java.util.Arrays.stream(listen).map(Endpoint::parse).toList();
        UserAgent agent = new UserAgent(new SipSettings(wanted, "sip:bus@ifbus.test", "t"), loop, new LoopTimers(loop), receiver,
                EscalationHeaders.none(), SipJournal.NONE, counters, HostResolver.system());
        agents.add(agent);
        endpoints = agent.start();
        return agent;
    }

    private void dial(UserAgent agent, String target) throws Exception { dial(agent, target, ""); }

    private void dial(UserAgent agent, String target, String subject) throws Exception {
        loop.submit(() -> agent.prepare(new CallOrder(target, subject, Optional.empty(), new TestAudio(40_000)), heard).dial()).get(3, SECONDS);
    }
}
