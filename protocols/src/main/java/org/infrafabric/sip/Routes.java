package org.infrafabric.sip;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.infrafabric.time.Timers;

/** Where requests of ours go, over which transport, and what we call ourselves there: RFC 3261 §8.1.2, §18.1.1, RFC 3263 as far as addresses go. Owner's thread only. */
final class Routes {
    /** A request above this goes over a transport that controls congestion, §18.1.1: nobody knows the MTU of the way. */
    static final int MAX_DATAGRAM = 1300;
    private static final int DEFAULT_PORT = 5060;
    /** So long an INVITE waits for the TCP connection that its length asks for: a phone is to ring within a second. */
    static final Duration PATIENCE = Duration.ofMillis(150);
    /** So long a peer that took no TCP connection, or none in time, is not asked again: each try costs its call a round trip or more. */
    private static final long AVOIDED_NANOS = 300_000_000_000L;
    private static final int MAX_AVOIDED = 4_096;

    private final Network network;
    private final HostResolver resolver;
    private final Executor owner;
    private final Timers timers;
    private final String user;
    private final Map<InetSocketAddress, Long> avoidTcp = new LinkedHashMap<>();

    Routes(Network network, HostResolver resolver, Executor owner, Timers timers, String identity) {
        this.network = network;
        this.resolver = resolver;
        this.owner = owner;
        this.timers = timers;
        user = SipUri.parse(identity).user();
    }

    /** A Via value for a request of ours. */
    String via(Endpoint.Protocol protocol, Optional<InetSocketAddress> remote, String branch) {
        return "SIP/2.0/" + protocol.name() + " " + Addresses.text(local(protocol, remote)) + ";branch=" + branch + ";rport"; // RFC 3581 §3
    }

    /** A Contact value: where the peer's requests reach us. */
    String contact(Hop hop) {
        return "<sip:" + (user.isEmpty() ? "" : user + "@") + Addresses.text(local(hop.protocol(), Optional.of(hop.remote())))
                + (hop.reliable() ? ";transport=tcp" : "") + ">";
    }

    InetSocketAddress local(Endpoint.Protocol protocol, Optional<InetSocketAddress> remote) {
        return network.local(protocol, remote).orElseThrow(() -> new IllegalArgumentException("this user agent does not speak " + protocol.name()));
    }

    /** The transport that a URI asks for, RFC 3263 §4.1 without DNS. */
    static Endpoint.Protocol protocol(SipUri uri) {
        if (uri.scheme().equals("sips")) throw new IllegalArgumentException("sips needs TLS, which is not spoken here");
        return switch (uri.param("transport").toLowerCase(Locale.ROOT)) {
            case "", "udp" -> Endpoint.Protocol.UDP;
            case "tcp" -> Endpoint.Protocol.TCP;
            default -> throw new IllegalArgumentException("transport " + uri.param("transport") + " is not spoken here: use udp or tcp");
        };
    }

    /** Where a URI's host is, if that can be said without asking anyone. */
    static Optional<InetSocketAddress> literal(SipUri uri) {
        String host = uri.hasParam("maddr") ? uri.param("maddr") : uri.host();
        int port = uri.port() < 0 ? DEFAULT_PORT : uri.port();
        return Addresses.isLiteral(host) ? Optional.of(Addresses.literal(host, port)) : Optional.empty();
    }

    /**
     * Finds where a request within a dialog goes: along {@code uri}, over the TCP connection that is there already if it leads to the same host; back
     * to where the peer's messages came from if the URI cannot be followed, since a call that can be heard must also be possible to end.
     */
    void follow(String uri, Hop seen, Consumer<Hop> found) {
        locate(uri, hop -> found.accept(hop.map(to -> to.reliable() && seen.reliable() && to.remote().getAddress().equals(seen.remote().getAddress())
                ? new Hop(to.protocol(), to.remote(), seen.connection())
                : to).orElse(seen)));
    }

    /** Finds where {@code uri} leads: at once for an address, else when its name is resolved; empty when it leads nowhere that we can send to. */
    void locate(String uri, Consumer<Optional<Hop>> found) {
        Endpoint.Protocol protocol;
        SipUri parsed;
        try {
            parsed = SipUri.parse(uri);
            protocol = protocol(parsed);
        } catch (IllegalArgumentException e) {
            found.accept(Optional.empty());
            return;
        }
        Optional<InetSocketAddress> literal = literal(parsed);
        if (network.local(protocol, literal).isEmpty()) {
            found.accept(Optional.empty());
            return;
        }
        if (literal.isPresent()) {
            found.accept(Optional.of(new Hop(protocol, literal.get(), 0)));
            return;
        }
        int port = parsed.port() < 0 ? DEFAULT_PORT : parsed.port();
        resolver.resolve(parsed.host(),
                address -> owner.execute(() -> found.accept(address.map(ip -> new Hop(protocol, new InetSocketAddress(ip, port), 0)))));
    }

    /** The way for a request of so many bytes: {@code hop}, or TCP to the same place where a datagram would be too long, §18.1.1. */
    Hop sized(Hop hop, int bytes) {
        boolean tooLong = hop.protocol() == Endpoint.Protocol.UDP && bytes > MAX_DATAGRAM;
        return tooLong && network.local(Endpoint.Protocol.TCP, Optional.of(hop.remote())).isPresent() && !avoidsTcp(hop.remote())
                ? new Hop(Endpoint.Protocol.TCP, hop.remote(), 0)
                : hop;
    }

    /**
     * Seeks the connection that {@link #sized} asked for. Nothing has been sent when {@code then} learns that there is none, or none yet: so what goes as a
     * datagram instead is not the same request by two ways (§8.2.2.2).
     */
    void reach(Hop tcp, Consumer<Boolean> then) {
        boolean[] told = new boolean[1];
        Timers.Timer patience = timers.after(PATIENCE, () -> reached(tcp, false, told, then));
        network.connect(tcp, made -> {
            patience.cancel();
            reached(tcp, made, told, then);
        });
    }

    private void reached(Hop tcp, boolean made, boolean[] told, Consumer<Boolean> then) {
        if (told[0]) return;
        told[0] = true;
        if (!made) avoidTcp(tcp.remote());
        then.accept(made);
    }

    /** No TCP connection could be had there: what is too long goes as a datagram all the same (§18.1.1), for a while. */
    void avoidTcp(InetSocketAddress remote) {
        if (avoidTcp.size() >= MAX_AVOIDED) avoidTcp.remove(avoidTcp.keySet().iterator().next());
        avoidTcp.remove(remote);
        avoidTcp.put(remote, timers.nowNanos() + AVOIDED_NANOS);
    }

    private boolean avoidsTcp(InetSocketAddress remote) {
        Long until = avoidTcp.get(remote);
        return until != null && timers.nowNanos() - until < 0;
    }
}
