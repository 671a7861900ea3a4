package org.infrafabric.sip;

import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.infrafabric.time.Timers;
import org.infrafabric.transport.TcpSockets;
import org.infrafabric.transport.UdpSocket;

/** The user agent's sockets: UDP, and TCP with its framing. Lives on the owner's event loop. */
final class SipSockets implements Network, TcpSockets.Receiver {
    /** A peer that has connected, or begun a message, has this long to finish one: else a few idle or slow ones would hold all connections. */
    private static final long SLOWEST_MESSAGE_NANOS = 10_000_000_000L;
    /** A peer that was told why its stream is given up has this long to read it: closing at once would take the answer back. */
    private static final long FAREWELL_NANOS = 1_000_000_000L;
    /** A port that is free for UDP may be taken for TCP. */
    private static final int TRIES = 10;
    private static final byte[] PONG = {'\r', '\n'};
    private static final InetSocketAddress ANYWHERE = new InetSocketAddress("192.0.2.1", 5060); // RFC 5737: only to ask for the outgoing interface

    private final EventLoop owner;
    private final Timers timers;
    private final Receiver receiver;
    private final TcpSockets tcp;
    private final List<UdpSocket> udp = new ArrayList<>();
    private final Map<Endpoint.Protocol, List<InetSocketAddress>> bound = new EnumMap<>(Endpoint.Protocol.class);
    private final Map<Long, Stream> streams = new HashMap<>();
    private final RecentHops recent = new RecentHops();

    /** Who is told what the sockets bring. On the owner's thread. */
    interface Receiver {
        /** One message; says whether it was one of SIP. */
        boolean onMessage(byte[] message, Hop from);

        /** A batch of datagrams is worked off; {@code more}: others may be waiting in the kernel. */
        void onBatch(boolean more);

        /** A connection is about to be closed because it cannot be followed. */
        void onBroken(StreamFramer.Broken broken, Hop from);
    }

    SipSockets(EventLoop owner, Timers timers, Receiver receiver) {
        this.owner = owner;
        this.timers = timers;
        this.receiver = receiver;
        tcp = new TcpSockets(owner, this);
    }

    /** Binds all; not on the loop. Closes again what it has when one cannot be had, and tries another where any port would do. */
    List<Endpoint> bind(List<Endpoint> wanted) throws IOException {
        for (int tries = 1;; tries++) {
            try {
                return bindAll(wanted);
            } catch (IOException e) {
                close();
                udp.clear();
                bound.clear();
                if (tries == TRIES || wanted.stream().noneMatch(endpoint -> endpoint.address().getPort() == 0)) throw e;
            }
        }
    }

    private List<Endpoint> bindAll(List<Endpoint> wanted) throws IOException {
        List<Endpoint> all = new ArrayList<>();
        for (Endpoint endpoint : wanted) {
            InetSocketAddress address = sharePort(endpoint, all);
            int port = switch (endpoint.protocol()) {
                case UDP -> bindUdp(address).getPort();
                case TCP -> tcp.listen(address).getPort();
            };
            InetSocketAddress got = new InetSocketAddress(address.getAddress(), port); // for 0.0.0.0 the kernel may say [::]
            bound.computeIfAbsent(endpoint.protocol(), protocol -> new ArrayList<>()).add(got);
            all.add(new Endpoint(endpoint.protocol(), got));
        }
        return all;
    }

    /** Where both transports are to have any free port they get the same one, as phones expect. */
    private static InetSocketAddress sharePort(Endpoint endpoint, List<Endpoint> before) {
        if (endpoint.address().getPort() != 0) return endpoint.address();
        for (Endpoint other : before) {
            if (other.protocol() != endpoint.protocol() && other.address().getAddress().equals(endpoint.address().getAddress()))
                return other.address();
        }
        return endpoint.address();
    }

    private InetSocketAddress bindUdp(InetSocketAddress address) throws IOException {
        long number = udp.size() + 1L;
        UdpSocket socket = UdpSocket.bind(owner, address, new UdpSocket.Receiver() {
            @Override
            public void onDatagram(byte[] datagram, InetSocketAddress from) {
                boolean unused = receiver.onMessage(datagram, recent.udp(from, number));
            }

            @Override
            public void onBatch(boolean more) { receiver.onBatch(more); }
        });
        udp.add(socket);
        return socket.local();
    }

    @Override
    public void send(Hop to, byte[] message, Runnable onFailure) {
        switch (to.protocol()) {
            case UDP -> {
                if (udp.isEmpty()) owner.execute(onFailure);
                else socket(to).send(message, to.remote(), onFailure);
            }
            case TCP -> tcp.send(to.connection(), to.remote(), message, onFailure);
        }
    }

    @Override
    public void connect(Hop to, Consumer<Boolean> then) { tcp.connect(to.remote(), then); }

    @Override
    public Optional<InetSocketAddress> local(Endpoint.Protocol protocol, Optional<InetSocketAddress> remote) {
        return leadingTo(protocol, remote).map(address -> address.getAddress().isAnyLocalAddress()
                ? new InetSocketAddress(interfaceTo(remote.orElse(ANYWHERE)), address.getPort())
                : address);
    }

    /** RFC 3581 §4: an answer leaves from where its request came in. */
    private UdpSocket socket(Hop to) {
        if (to.connection() > 0 && to.connection() <= udp.size()) return udp.get((int) to.connection() - 1);
        if (udp.size() == 1) return udp.getFirst();
        return udp.get(bound.getOrDefault(Endpoint.Protocol.UDP, List.of())
                .indexOf(leadingTo(Endpoint.Protocol.UDP, Optional.of(to.remote())).orElseThrow()));
    }

    /** Of several addresses that we listen on, the one that the kernel would send from; else all of them; else the first. */
    private Optional<InetSocketAddress> leadingTo(Endpoint.Protocol protocol, Optional<InetSocketAddress> remote) {
        List<InetSocketAddress> all = bound.getOrDefault(protocol, List.of());
        if (all.size() < 2 || remote.isEmpty()) return all.stream().findFirst();
        InetAddress ours = interfaceTo(remote.get());
        return all.stream().filter(each -> each.getAddress().equals(ours)).findFirst()
                .or(() -> all.stream().filter(each -> each.getAddress().isAnyLocalAddress()).findFirst()).or(() -> all.stream().findFirst());
    }

    /** The kernel's routing table knows our address as that peer sees it; nothing is sent. */
    private static InetAddress interfaceTo(InetSocketAddress remote) {
        try (DatagramSocket probe = new DatagramSocket()) {
            probe.connect(remote);
            return probe.getLocalAddress();
        } catch (SocketException | java.io.UncheckedIOException e) {
            return InetAddress.getLoopbackAddress();
        }
    }

    @Override
    public void onAccepted(TcpSockets.Connection from) {
        Stream stream = new Stream();
        streams.put(from.number(), stream);
        stream.giveTime(from);
    }

    @Override
    public void onBytes(TcpSockets.Connection from, byte[] bytes) {
        Stream stream = streams.computeIfAbsent(from.number(), number -> new Stream());
        if (stream.over) return;
        Hop hop = new Hop(Endpoint.Protocol.TCP, from.remote(), from.number());
        StreamFramer.Cut cut = stream.framer.feed(bytes);
        if (cut.pings() > 0) from.send(PONG, () -> {}); // one is enough for who sends many at once
        boolean sip = true;
        for (byte[] message : cut.messages()) sip &= receiver.onMessage(message, hop);
        cut.broken().ifPresent(broken -> receiver.onBroken(broken, hop));
        if (!sip || cut.broken().isPresent()) stream.end(from); // §18.3: where the next message begins cannot be known
        else stream.watch(from, !cut.messages().isEmpty());
    }

    @Override
    public void onClosed(TcpSockets.Connection connection) {
        Stream stream = streams.remove(connection.number());
        if (stream != null) stream.deadline.ifPresent(Timers.Timer::cancel);
    }

    void close() {
        udp.forEach(UdpSocket::close);
        tcp.close();
    }

    private final class Stream {
        private final StreamFramer framer = new StreamFramer();
        private Optional<Timers.Timer> deadline = Optional.empty();
        private boolean over;

        void giveTime(TcpSockets.Connection connection) { giveTime(connection, SLOWEST_MESSAGE_NANOS); }

        void end(TcpSockets.Connection connection) {
            over = true;
            connection.endSending();
            deadline.ifPresent(Timers.Timer::cancel);
            giveTime(connection, FAREWELL_NANOS);
        }

        private void giveTime(TcpSockets.Connection connection, long nanos) {
            deadline = Optional.of(timers.at(timers.nowNanos() + nanos, connection::close));
        }

        void watch(TcpSockets.Connection connection, boolean finished) {
            if (finished) {
                deadline.ifPresent(Timers.Timer::cancel);
                deadline = Optional.empty();
            }
            if (framer.midway() && deadline.isEmpty()) giveTime(connection);
        }
    }
}
