package org.infrafabric.sip;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.channel.EventLoop;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.infrafabric.call.IncomingCall;
import org.infrafabric.time.LoopTimers;
import org.infrafabric.transport.EventLoops;

/**
 * A user agent with real sockets, UDP and TCP on one port of loopback, and what it says to whoever knocks. It rings for every call. After each message a
 * question follows that it must answer, so that silence is known without waiting, and that it is alive after whatever came.
 */
final class Wire implements AutoCloseable {
    static final int SILENCE = 0;
    private static final int PATIENCE_MILLIS = 5_000;

    final List<IncomingCall> incoming = new CopyOnWriteArrayList<>();
    private final EventLoops loops = EventLoops.open("wire", 1);
    private final UserAgent agent;
    private final InetSocketAddress address;
    private int probes;

    Wire() throws IOException { this(call -> {}); }

    /** @param also what is done with each call besides */
    Wire(IncomingCall.Receiver also) throws IOException {
        EventLoop loop = loops.next();
        SipSettings settings = new SipSettings(List.of(Endpoint.parse("udp:127.0.0.1:0"), Endpoint.parse("tcp:127.0.0.1:0")), "sip:bus@ifbus.test",
                "ifbus/test");
        agent = new UserAgent(settings, loop, new LoopTimers(loop), call -> {
            incoming.add(call);
            call.ring();
            also.onIncoming(call);
        }, EscalationHeaders.none(), SipJournal.NONE, SipCounters.NONE, HostResolver.system());
        address = agent.start().getFirst().address();
    }

    InetSocketAddress address() { return address; }

    UserAgent agent() { return agent; }

    /**
     * Sends a datagram from the port where its answer is due, and gives the status of the first answer, or {@link #SILENCE}.
     *
     * @param source an address of loopback that nobody else listens on
     */
    int byUdp(byte[] message, InetAddress source) throws IOException {
        try (DatagramSocket answers = new DatagramSocket(new InetSocketAddress(source, answerPort(message)));
                DatagramSocket probe = new DatagramSocket(new InetSocketAddress(source, 0))) {
            answers.setSoTimeout(PATIENCE_MILLIS);
            probe.setSoTimeout(PATIENCE_MILLIS);
            answers.send(new DatagramPacket(message, message.length, address));
            byte[] question = question("UDP");
            probe.send(new DatagramPacket(question, question.length, address));
            if (status(receive(probe)) != 200) throw new AssertionError("a sound question got another answer than 200");
            answers.setSoTimeout(1); // what was answered before the question is here already
            try {
                return status(receive(answers));
            } catch (SocketTimeoutException e) {
                return SILENCE;
            }
        }
    }

    /** Sends it on a connection of its own, and gives the status of the first answer, or {@link #SILENCE}. The connection may be closed then. */
    int byTcp(byte[] message) throws IOException {
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream().write(message);
            socket.getOutputStream().write(question("TCP"));
            socket.shutdownOutput(); // or it would wait for a body that never comes
            String first = nextHead(socket.getInputStream());
            return first.isEmpty() || first.contains("\r\nCall-ID: probe-") ? SILENCE : status(first);
        }
    }

    /** Asks a question and gives the status of its answer. */
    int ask() throws IOException {
        try (DatagramSocket probe = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0))) {
            probe.setSoTimeout(PATIENCE_MILLIS);
            byte[] question = question("UDP");
            probe.send(new DatagramPacket(question, question.length, address));
            return status(receive(probe));
        }
    }

    /** An OPTIONS unlike any before it. */
    byte[] question(String transport) {
        String own = "probe-" + probes++;
        return Bench.text("OPTIONS", own, own, "", 1, "", "").replace("SIP/2.0/UDP", "SIP/2.0/" + transport).replace("\n", "\r\n")
                .getBytes(ISO_8859_1);
    }

    /** The next message's head, or the empty string at the end of the stream. */
    static String nextHead(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int b = in.read();
            if (b < 0) return "";
            head.append((char) b);
        }
        return head.toString();
    }

    static int status(String head) { return head.startsWith("SIP/2.0 ") ? Integer.parseInt(head.substring(8, 11)) : -1; }

    private static String receive(DatagramSocket socket) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
        socket.receive(packet);
        return new String(packet.getData(), 0, packet.getLength(), ISO_8859_1);
    }

    /** §18.2.2: without rport an answer goes to the port of the topmost Via. */
    private static int answerPort(byte[] message) {
        try {
            return SipParser.parse(message).via().portOr(5060);
        } catch (NotSip | Malformed e) {
            return 0;
        }
    }

    @Override
    public void close() {
        agent.close();
        loops.close();
    }
}
