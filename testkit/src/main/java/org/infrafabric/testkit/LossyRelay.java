package org.infrafabric.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * A bad network between two SIP agents on loopback: it loses, doubles and delays datagrams, so that they overtake each other. Each agent takes it for the
 * other one: addresses within the messages are rewritten on the way, so that all that they say goes through it.
 */
public final class LossyRelay implements AutoCloseable {
    private static final int MAX_DATAGRAM = 65_535;

    private final DatagramSocket facingOne;
    private final DatagramSocket facingOther;
    private final InetSocketAddress one;
    private final InetSocketAddress other;
    private final InetSocketAddress seenByOne;
    private final InetSocketAddress seenByOther;
    private final Weather weather;
    private final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());
    private final AtomicInteger lost = new AtomicInteger();

    /** What becomes of each datagram. One at a time is asked about. */
    public interface Weather {
        /** After how many milliseconds each copy of it arrives: none where it is lost. */
        List<Integer> arrivals(String message);

        /**
         * By chance: each seed has its own dice, though who asks first is the machine's affair.
         *
         * @param lossPercent datagrams that do not arrive
         * @param doubledPercent datagrams that arrive twice
         * @param delayMillis each is late by up to so much
         */
        static Weather storm(int lossPercent, int doubledPercent, int delayMillis, long seed) {
            Random random = new Random(seed);
            return message -> {
                int copies = random.nextInt(100) < doubledPercent ? 2 : 1;
                return IntStream.range(0, copies).filter(copy -> random.nextInt(100) >= lossPercent)
                        .mapToObj(copy -> random.nextInt(delayMillis + 1)).toList();
            };
        }

        /** Loses whatever is said for the first time, and nothing that is said again: what chance does differs from run to run, this never does. */
        static Weather losingEachOnce() {
            Set<String> said = new HashSet<>();
            return message -> said.add(message) ? List.of() : List.of(0);
        }
    }

    private LossyRelay(InetSocketAddress one, InetSocketAddress other, Weather weather) throws IOException {
        this.one = one;
        this.other = other;
        this.weather = weather;
        seenByOne = new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.free(1));
        seenByOther = new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.free(1));
        facingOne = new DatagramSocket(seenByOne);
        facingOther = new DatagramSocket(seenByOther);
    }

    /** Stands between two agents that listen on UDP. */
    public static LossyRelay between(InetSocketAddress one, InetSocketAddress other, Weather weather) throws IOException {
        LossyRelay relay = new LossyRelay(one, other, weather);
        relay.listen(relay.facingOne, relay.facingOther, other);
        relay.listen(relay.facingOther, relay.facingOne, one);
        return relay;
    }

    /** Where the first agent finds the second. */
    public InetSocketAddress towardsOther() { return seenByOne; }

    /** Datagrams that it has lost so far. */
    public int lost() { return lost.get(); }

    private void listen(DatagramSocket in, DatagramSocket out, InetSocketAddress target) {
        Thread.ofPlatform().daemon().start(() -> {
            DatagramPacket packet = new DatagramPacket(new byte[MAX_DATAGRAM], MAX_DATAGRAM);
            while (!in.isClosed()) {
                try {
                    packet.setLength(MAX_DATAGRAM);
                    in.receive(packet);
                } catch (IOException closed) {
                    return;
                }
                pass(new String(packet.getData(), 0, packet.getLength(), ISO_8859_1), out, target);
            }
        });
    }

    private synchronized void pass(String message, DatagramSocket out, InetSocketAddress target) {
        byte[] rewritten = (target.equals(other) ? swap(message, one, seenByOther, seenByOne, other)
                : swap(message, other, seenByOne, seenByOther, one))
                .getBytes(ISO_8859_1);
        List<Integer> arrivals = weather.arrivals(message);
        if (arrivals.isEmpty()) lost.incrementAndGet();
        for (int millis : arrivals) {
            var unused = later.schedule(() -> send(out, rewritten, target), millis, TimeUnit.MILLISECONDS);
        }
    }

    /** Who spoke is seen as this relay, and whom they meant behind this relay as who is really there. */
    private static String swap(String message, InetSocketAddress speaker, InetSocketAddress asSeen, InetSocketAddress meant,
            InetSocketAddress really) {
        return message.replace(text(speaker), text(asSeen)).replace(text(meant), text(really));
    }

    private static String text(InetSocketAddress address) { return address.getAddress().getHostAddress() + ":" + address.getPort(); }

    private static void send(DatagramSocket out, byte[] message, InetSocketAddress target) {
        try {
            out.send(new DatagramPacket(message, message.length, target));
        } catch (IOException closed) {
            return; // the test is over
        }
    }

    @Override
    public void close() {
        later.shutdownNow();
        facingOne.close();
        facingOther.close();
    }
}
