package org.infrafabric.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/** Loopback ports for the programs of a test: each is given out once in a run of the tests, and was free when it was. */
public final class Ports {
    private static final int LOWEST = 32_000;
    private static final int HIGHEST = 45_000;
    private static final AtomicInteger NEXT = new AtomicInteger(LOWEST + (int) (ProcessHandle.current().pid() * 97 % 8_000) / 10 * 10);

    private Ports() {}

    /** The first of {@code count} ports in a row, even, free for UDP and TCP just now. */
    public static int free(int count) {
        for (int tries = 0; tries < 500; tries++) {
            int first = NEXT.getAndUpdate(port -> port + count + 2 > HIGHEST ? LOWEST : port + count + (count & 1));
            if (allFree(first, count)) return first;
        }
        throw new IllegalStateException("no " + count + " free ports in a row between " + LOWEST + " and " + HIGHEST);
    }

    private static boolean allFree(int first, int count) {
        for (int port = first; port < first + count; port++) if (!isFree(port)) return false;
        return true;
    }

    private static boolean isFree(int port) {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (DatagramSocket udp = new DatagramSocket(new InetSocketAddress(loopback, port)); ServerSocket tcp = new ServerSocket()) {
            tcp.setReuseAddress(true);
            tcp.bind(new InetSocketAddress(loopback, port));
            return udp.isBound();
        } catch (java.net.BindException taken) {
            return false;
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
