package org.infrafabric.sip;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.infrafabric.testkit.Await;
import org.infrafabric.time.HandTimers;
import org.infrafabric.time.LoopTimers;
import org.infrafabric.transport.EventLoops;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A running user agent's TCP socket, and what peers do to it. */
class HostileStreamTest {
    private final EventLoops loops = EventLoops.open("sip-tcp", 1);
    private UserAgent agent;
    private Socket socket;

    @BeforeEach
    void start() throws IOException {
        EventLoop loop = loops.next();
        agent = new UserAgent(new SipSettings(List.of(Endpoint.parse("tcp:127.0.0.1:0")), "sip:bus@ifbus.test", "ifbus/test"), loop,
                new LoopTimers(loop), call -> {},
                EscalationHeaders.none(), SipJournal.NONE, SipCounters.NONE, HostResolver.system());
        socket = new Socket("127.0.0.1", agent.start().getFirst().address().getPort());
        socket.setSoTimeout(5_000);
        socket.setTcpNoDelay(true);
    }

    @AfterEach
    void stop() throws IOException {
        socket.close();
        agent.close();
        loops.close();
    }

    @Test
    void shouldAnswerARequestThatComesByteByByteOnTheSameConnection() throws IOException {
        OutputStream out = socket.getOutputStream();
        for (byte b : options()) {
            out.write(b);
            out.flush();
        }
        assertThat(read()).startsWith("SIP/2.0 200 OK");
    }

    @Test
    void shouldAnswerTwoRequestsInOnePiece() throws IOException {
        String one = new String(options(), ISO_8859_1);
        write(one + one.replace("z9hG4bKt", "z9hG4bKu").replace("Call-ID: c", "Call-ID: d"));
        String answers = read();
        while (answers.split("SIP/2.0 200", -1).length < 3) answers += read();
        assertThat(answers).contains("branch=z9hG4bKt", "branch=z9hG4bKu");
    }

    @Test
    void shouldCloseAConnectionThatBringsNoMessageInTimeAndNoOther() throws Exception {
        EventLoop loop = loops.next();
        HandTimers time = new HandTimers(Instant.EPOCH);
        try (UserAgent patient = new UserAgent(new SipSettings(List.of(Endpoint.parse("tcp:127.0.0.1:0")), "sip:bus@ifbus.test", "ifbus/test"), loop,
                time,
                call -> {}, EscalationHeaders.none(), SipJournal.NONE, SipCounters.NONE, HostResolver.system())) {
            int port = patient.start().getFirst().address().getPort();
            try (Socket idle = new Socket("127.0.0.1", port)) {
                idle.setSoTimeout(3_000);
                Await.that("the connection to be taken", Duration.ofSeconds(3), () -> loop.submit(time::pending).get() == 1);
                socket.close();
                socket = new Socket("127.0.0.1", port);
                socket.setSoTimeout(3_000);
                write(new String(options(), ISO_8859_1));
                assertThat(read()).startsWith("SIP/2.0 200 OK");
                loop.submit(() -> time.advance(Duration.ofSeconds(11))).get();
                assertThat(idle.getInputStream().read()).isEqualTo(-1);
                write(new String(options(), ISO_8859_1).replace("z9hG4bKt", "z9hG4bKu").replace("Call-ID: c", "Call-ID: d"));
                assertThat(read()).startsWith("SIP/2.0 200 OK");
            }
        }
    }

    @Test
    void shouldAnswerAKeepAlive() throws IOException {
        write("\r\n\r\n");
        assertThat(read()).isEqualTo("\r\n");
    }

    @Test
    void shouldCloseAStreamThatItCannotFollow() throws IOException {
        write("OPTIONS sip:bus@127.0.0.1 SIP/2.0\r\nVia: x\r\n\r\n");
        assertThat(read()).startsWith("SIP/2.0 400 Missing Content-Length");
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void shouldCloseAConnectionThatSpeaksNoSip() throws IOException {
        write("GET / HTTP/1.1\r\nHost: bus\r\n\r\n");
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }

    private static byte[] options() {
        return Bench.text("OPTIONS", "t", "c", "", 1, "", "").replace("SIP/2.0/UDP", "SIP/2.0/TCP").replace("\n", "\r\n").getBytes(ISO_8859_1);
    }

    private void write(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(ISO_8859_1));
        socket.getOutputStream().flush();
    }

    private String read() throws IOException {
        InputStream in = socket.getInputStream();
        byte[] buffer = new byte[8192];
        int size = in.read(buffer);
        return new String(buffer, 0, Math.max(0, size), ISO_8859_1);
    }
}
