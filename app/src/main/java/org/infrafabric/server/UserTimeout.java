package org.infrafabric.server;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Ends TCP connections whose other side takes nothing any more. A machine that dies without a word acknowledges nothing, and Linux repeats what it was sent for some
 * 15 minutes; what is written meanwhile, such as the signs of life of an event stream, goes into a buffer and looks well. TCP_USER_TIMEOUT (RFC 5482) bounds that.
 *
 * <p>Java's sockets do not have that option. So it is set on the socket that listens, from which Linux lets those inherit it that are accepted; and that one is found
 * by its port among this process's own.
 */
final class UserTimeout {
    private static final int IPPROTO_TCP = 6;         // netinet/in.h
    private static final int TCP_USER_TIMEOUT = 18;   // linux/tcp.h; in milliseconds
    private static final String LISTEN = "0A";        // include/net/tcp_states.h

    private UserTimeout() {}

    /**
     * For all connections that this process's listeners on {@code port} will take. May block for files.
     *
     * @throws IOException where there is no such option, or the listener cannot be found: not on Linux, or without /proc
     */
    static void onListeners(int port, Duration limit) throws IOException {
        Set<String> inodes = new HashSet<>();
        for (String table : List.of("tcp", "tcp6")) inodes.addAll(listening(Path.of("/proc/self/net", table), port));
        int found = 0;
        for (int fd : sockets(inodes)) {
            set(fd, Math.toIntExact(limit.toMillis()));
            found++;
        }
        if (found == 0) throw new IOException("no socket of this process listens on port " + port);
    }

    /** The inodes of the sockets that listen there, whoever's they are. */
    private static Set<String> listening(Path table, int port) throws IOException {
        Set<String> inodes = new HashSet<>();
        if (!Files.exists(table)) return inodes;
        String local = ":%04X".formatted(port);
        for (String line : Files.readAllLines(table)) {
            String[] columns = line.strip().split("\\s+");
            if (columns.length > 9 && columns[1].endsWith(local) && columns[3].equals(LISTEN)) inodes.add("socket:[" + columns[9] + "]");
        }
        return inodes;
    }

    private static List<Integer> sockets(Set<String> inodes) throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.filter(fd -> {
                try {
                    return inodes.contains(Files.readSymbolicLink(fd).toString());
                } catch (IOException closedMeanwhile) {
                    return false;
                }
            }).map(fd -> Integer.valueOf(fd.getFileName().toString())).toList();
        }
    }

    private static void set(int socket, int millis) throws IOException {
        Linker linker = Linker.nativeLinker();
        MethodHandle setsockopt = linker.downcallHandle(linker.defaultLookup().findOrThrow("setsockopt"),
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
        int failed;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocateFrom(JAVA_INT, millis);
            failed = (int) setsockopt.invokeExact(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, value, (int) value.byteSize());
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible); // a C function throws nothing
        }
        if (failed != 0) throw new IOException("this system has no TCP_USER_TIMEOUT");
    }
}
