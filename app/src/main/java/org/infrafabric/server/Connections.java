package org.infrafabric.server;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Keeps one address from holding all connections: so many at once, and one that has not sent a whole request head in the time given, however busily it drips, is closed.
 * What is closed here gets no answer: an answer would have to be waited for. Any thread.
 */
final class Connections implements Connection.Listener {
    private final int perAddress;
    private final Duration headWithin;
    private final Scheduler scheduler;
    private final Map<String, Integer> open = new HashMap<>();
    private final Map<Connection, String> admitted = new IdentityHashMap<>();

    Connections(HttpSettings settings, Scheduler scheduler) {
        perAddress = settings.maxConnectionsPerAddress();
        headWithin = settings.headWithin();
        this.scheduler = scheduler;
    }

    @Override
    public void onOpened(Connection connection) {
        if (!enter(connection)) {
            connection.getEndPoint().close();
            return;
        }
        look(connection, 0);
    }

    @Override
    public void onClosed(Connection connection) {
        leave(connection);
    }

    /**
     * Closes a connection that has been within one head since we looked last, or has brought none at all yet. One that was kept alive may rest: the idle timeout sees
     * to that. A body that comes slowly has its own limit, and so has a stream.
     *
     * @param heard requests that had come when we looked last
     */
    private void look(Connection connection, long heard) {
        var unused = scheduler.schedule(() -> {
            if (!connection.getEndPoint().isOpen()) return;
            boolean first = heard == 0 && connection.getMessagesIn() == 0;
            if (connection instanceof HttpConnection http && http.getParser().inHeaderState() && (first || !http.getParser().isStart())
                    && connection.getMessagesIn() == heard) {
                connection.getEndPoint().close();
            } else {
                look(connection, connection.getMessagesIn());
            }
        }, headWithin.toMillis(), TimeUnit.MILLISECONDS);
    }

    private synchronized boolean enter(Connection connection) {
        String address = address(connection);
        int there = open.getOrDefault(address, 0);
        if (there >= perAddress) return false;
        open.put(address, there + 1);
        admitted.put(connection, address);
        return true;
    }

    /** By the address with which it came in: a socket that is closed may not know it any more. */
    private synchronized void leave(Connection connection) {
        String address = admitted.remove(connection);
        if (address != null) open.computeIfPresent(address, (same, count) -> count == 1 ? null : Integer.valueOf(count - 1));
    }

    private static String address(Connection connection) {
        SocketAddress remote = connection.getEndPoint().getRemoteSocketAddress();
        return remote instanceof InetSocketAddress internet ? Optional.ofNullable(internet.getAddress()).map(Object::toString).orElse("") : "";
    }
}
