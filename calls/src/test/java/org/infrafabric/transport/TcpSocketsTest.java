package org.infrafabric.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.infrafabric.testkit.Await;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How many connections are held, whoever opens them. */
class TcpSocketsTest {
    private static final int MOST = 20;
    private static final Duration SOON = Duration.ofSeconds(20);

    private final EventLoops loops = EventLoops.open("tcp", 1);
    private final EventLoop loop = loops.next();
    private final List<Socket> peers = new ArrayList<>();
    private TcpSockets sockets;
    private InetSocketAddress address;

    @BeforeEach
    void listen() throws IOException {
        sockets = new TcpSockets(loop, new TcpSockets.Receiver() {
            @Override
            public void onAccepted(TcpSockets.Connection from) { from.send(new byte[] {'h'}, () -> {}); }

            @Override
            public void onBytes(TcpSockets.Connection from, byte[] bytes) { from.send(bytes, () -> {}); }

            @Override
            public void onClosed(TcpSockets.Connection connection) {}
        }, MOST);
        address = sockets.listen(new InetSocketAddress("127.0.0.1", 0));
    }

    @AfterEach
    void close() throws IOException {
        for (Socket peer : peers) peer.close();
        sockets.close();
        loops.close();
    }

    @Test
    void shouldCloseUnheardWhatOneAddressOpensBeyondItsShare() throws Exception {
        assertThat(greeting(connect("127.0.1.1"))).isEqualTo('h');
        assertThat(greeting(connect("127.0.1.1"))).isEqualTo('h');
        assertThat(greeting(connect("127.0.1.1"))).isEqualTo(-1);
        assertThat(greeting(connect("127.0.1.2"))).isEqualTo('h');
        peers.getFirst().close();
        Await.that("its place to be free", SOON, () -> open() == 2);
        assertThat(greeting(connect("127.0.1.1"))).isEqualTo('h');
    }

    @Test
    void shouldMakeRoomByClosingTheOneThatWasSilentLongest() throws Exception {
        for (int i = 0; i < MOST; i++) assertThat(greeting(connect("127.0.2." + (i + 1)))).isEqualTo('h');
        Socket first = peers.getFirst();
        first.getOutputStream().write('x');
        assertThat(first.getInputStream().read()).isEqualTo('x');
        assertThat(greeting(connect("127.0.3.1"))).isEqualTo('h');
        assertThat(peers.get(1).getInputStream().read()).as("the second was silent longer than the first").isEqualTo(-1);
        first.getOutputStream().write('y');
        assertThat(first.getInputStream().read()).isEqualTo('y');
        Await.that("no more than may be open", SOON, () -> open() == MOST);
    }

    private int open() throws Exception { return loop.submit(sockets::open).get(); }

    private Socket connect(String from) throws IOException {
        Socket peer = new Socket(address.getAddress(), address.getPort(), InetAddress.getByName(from), 0);
        peer.setSoTimeout(5_000);
        peers.add(peer);
        return peer;
    }

    private static int greeting(Socket peer) throws IOException {
        try {
            return peer.getInputStream().read();
        } catch (java.net.SocketException reset) {
            return -1;
        }
    }
}
