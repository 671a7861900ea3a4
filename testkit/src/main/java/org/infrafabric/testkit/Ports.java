package org.infrafabric.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Loopback ports for the programs of a test. They lie outside the range from which the kernel serves whoever asks for any port, and below the bus's own for media;
 * what one process has been given no other is given until the first one ends, bound or not: each port is a byte of a file, and that byte is locked.
 */
public final class Ports {
    private static final int LOWEST = 10_100; // browsers refuse some below, the last of them 10080
    private static final int END = 20_000;
    private static final int SECOND_LOWEST = 61_000; // for machines whose kernel serves from the first range
    private static final int SECOND_END = 65_536;
    private static final int TRIES = 2_000;
    private static final Path KERNELS_RANGE = Path.of("/proc/sys/net/ipv4/ip_local_port_range");

    private static final Ports ONE = new Ports();

    private final int lowest;
    private final int end;
    private final FileChannel locks;
    private final List<FileLock> held = new ArrayList<>();
    private int next;

    private Ports() {
        boolean second = kernelServesFrom(LOWEST, END) && !kernelServesFrom(SECOND_LOWEST, SECOND_END);
        lowest = second ? SECOND_LOWEST : LOWEST;
        end = second ? SECOND_END : END;
        next = lowest + (int) (ProcessHandle.current().pid() * 97 % (end - lowest)) / 10 * 10;
        Path file = Path.of(System.getProperty("java.io.tmpdir"), "ifbus-test-ports-" + System.getProperty("user.name"));
        try {
            locks = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The first of {@code count} ports in a row, even, that nobody else has and that are free for UDP and TCP just now. */
    public static int free(int count) {
        try {
            return ONE.take(count);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private synchronized int take(int count) throws IOException {
        for (int tries = 0; tries < TRIES; tries++) {
            if (next + count > end) next = lowest;
            int first = next;
            next += count + (count & 1);
            letGoOf(first, count);
            FileLock lock = locks.tryLock(first, count, false);
            if (lock == null) continue;
            if (allFree(first, count)) {
                held.add(lock);
                return first;
            }
            lock.release();
        }
        throw new IllegalStateException("no " + count + " free ports in a row from " + lowest + " on, below " + end);
    }

    /** All others have been given out since these were. */
    private void letGoOf(int first, int count) throws IOException {
        for (Iterator<FileLock> each = held.iterator(); each.hasNext();) {
            FileLock lock = each.next();
            if (!lock.overlaps(first, count)) continue;
            each.remove();
            lock.release();
        }
    }

    private static boolean allFree(int first, int count) throws IOException {
        for (int port = first; port < first + count; port++) if (!isFree(port)) return false;
        return true;
    }

    private static boolean isFree(int port) throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (DatagramSocket udp = new DatagramSocket(new InetSocketAddress(loopback, port)); ServerSocket tcp = new ServerSocket()) {
            tcp.setReuseAddress(true);
            tcp.bind(new InetSocketAddress(loopback, port));
            return udp.isBound();
        } catch (java.net.BindException taken) {
            return false;
        }
    }

    private static boolean kernelServesFrom(int first, int end) {
        if (!Files.isReadable(KERNELS_RANGE)) return false;
        try {
            String[] range = Files.readAllLines(KERNELS_RANGE).getFirst().split("\\s+"); // not readString: the kernel gives it to one long read only
            return Integer.parseInt(range[0]) < end && Integer.parseInt(range[1]) >= first;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
