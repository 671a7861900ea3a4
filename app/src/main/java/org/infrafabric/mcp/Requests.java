package org.infrafabric.mcp;

import java.util.HashMap;
import java.util.Map;

/**
 * The requests that run, by the id their client gave them, so that it can cancel them (MCP, "Cancellation"): a cancelled one has its thread interrupted and is not
 * answered. Any thread.
 */
final class Requests {
    private final int most;
    private final Map<Object, Thread> running = new HashMap<>();

    Requests(int most) { this.most = most; }

    /** Enters the calling thread's request. False when there are too many, or one of that id runs already. */
    synchronized boolean begin(Object id) {
        return running.size() < most && running.putIfAbsent(id, Thread.currentThread()) == null;
    }

    /** Ends the calling thread's request; idempotent. True the first time if nobody has cancelled it: only then may it be answered. */
    synchronized boolean end(Object id) {
        return running.remove(id, Thread.currentThread());
    }

    synchronized void cancel(Object id) {
        Thread thread = running.remove(id);
        if (thread != null) thread.interrupt();
    }

    synchronized void cancelAll() {
        running.values().forEach(Thread::interrupt);
        running.clear();
    }
}
