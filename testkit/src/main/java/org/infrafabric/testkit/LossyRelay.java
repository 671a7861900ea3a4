package org.infrafabric.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A bad network between two SIP agents on loopback: it loses, doubles and delays datagrams, so that they overtake each other, by chance from a seed. Each
 * agent takes it for the other one: addresses within the messages are rewritten on the way, so that all that they say goes through it.
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
    private final Random random;
    private final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());
    private final AtomicInteger lost = new AtomicInteger();

    /**
     * How bad it is.
     *
     * @param lossPercent datagrams that do not arrive
     * @param doubledPercent datagrams that arrive twice
     * @param delayMillis each is late by up to so much
     */
    public record Weather(int lossPercent, int doubledPercent, int delayMillis) {}

    private LossyRelay(InetSocketAddress one, InetSocketAddress other, Weather weather, long seed) throws IOException {
        this.one = one;
        this.other = other;
        this.weather = weather;
        random = new Random(seed);
        seenByOne = new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.free(1));
        seenByOther = new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.free(1));
        facingOne = new DatagramSocket(seenByOne);
        facingOther = new DatagramSocket(seenByOther);
    }

    /** Stands between two agents that listen on UDP. */
    public static LossyRelay between(InetSocketAddress one, InetSocketAddress other, Weather weather, long seed) throws IOException {
        LossyRelay relay = new LossyRelay(one, other, weather, seed);
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
        for (int copies = random.nextInt(100) < weather.doubledPercent() ? 2 : 1; copies > 0; copies--) {
            if (random.nextInt(100) < weather.lossPercent()) {
                lost.incrementAndGet();
                continue;
            }
            var unused = later.schedule(() -> send(out, rewritten, target), random.nextInt(weather.delayMillis() + 1), TimeUnit.MILLISECONDS);
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
