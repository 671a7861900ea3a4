package org.infrafabric.mcp;

import io.modelcontextprotocol.spec.McpStreamableServerSession;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/** The open sessions of Streamable HTTP: bounded for each token and in all, and dropped when nobody has used them for a while. Any thread. */
final class HttpSessions implements AutoCloseable {
    static final int MOST = 1_000;
    static final int MOST_OF_ONE = 32;
    static final Duration IDLE = Duration.ofMinutes(30);
    private static final int MOST_REQUESTS = 16;

    private final LongSupplier nanoClock;
    private final Map<String, Entry> open = new HashMap<>();

    HttpSessions(LongSupplier nanoClock) { this.nanoClock = nanoClock; }

    /** A session, what its tools work with, and what runs in it. */
    record Open(McpStreamableServerSession session, Caller caller, Requests requests) {}

    private static final class Entry {
        final Open open;
        final String owner;
        long usedNanos;

        Entry(Open open, String owner, long usedNanos) {
            this.open = open;
            this.owner = owner;
            this.usedNanos = usedNanos;
        }
    }

    /** False when there are too many. */
    synchronized boolean add(String owner, Caller caller, McpStreamableServerSession session) {
        long now = nanoClock.getAsLong();
        dropIdle(now);
        if (open.size() >= MOST || open.values().stream().filter(entry -> entry.owner.equals(owner)).count() >= MOST_OF_ONE) return false;
        open.put(session.getId(), new Entry(new Open(session, caller, new Requests(MOST_REQUESTS)), owner, now));
        return true;
    }

    /** Another's session is not there. */
    synchronized Optional<Open> find(String id, String owner) {
        Entry entry = open.get(id);
        if (entry == null || !entry.owner.equals(owner)) return Optional.empty();
        entry.usedNanos = nanoClock.getAsLong();
        return Optional.of(entry.open);
    }

    synchronized void end(Open ended) {
        open.remove(ended.session().getId());
        ended.requests().cancelAll();
    }

    @Override
    public synchronized void close() {
        open.values().forEach(entry -> entry.open.requests().cancelAll());
        open.clear();
    }

    private void dropIdle(long now) {
        for (Iterator<Entry> entries = open.values().iterator(); entries.hasNext();) {
            Entry entry = entries.next();
            if (now - entry.usedNanos < IDLE.toNanos()) continue;
            entry.open.requests().cancelAll();
            entries.remove();
        }
    }
}
