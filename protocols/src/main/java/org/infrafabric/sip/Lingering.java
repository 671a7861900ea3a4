package org.infrafabric.sip;

import java.util.ArrayDeque;
import java.util.Deque;
import org.infrafabric.time.Timers;

/**
 * Transactions that are answered for good and wait only for late copies. There are very many of them and all wait equally long: so they stand in one line, first come,
 * first gone, with one timer for all. Owner's thread only.
 */
final class Lingering {
    private final Timers timers;
    private final Deque<TakenRequest> line = new ArrayDeque<>();
    private boolean armed;

    Lingering(Timers timers) { this.timers = timers; }

    /** {@code request} has its turn when it {@link TakenRequest#lingersUntilNanos() says}: not before who came earlier. */
    void add(TakenRequest request) {
        line.add(request);
        arm();
    }

    private void arm() {
        if (armed || line.isEmpty()) return;
        armed = true;
        Timers.Timer unused = timers.at(line.getFirst().lingersUntilNanos(), this::onDue);
    }

    private void onDue() {
        armed = false;
        try {
            for (TakenRequest first = line.peek(); first != null && first.lingersUntilNanos() - timers.nowNanos() <= 0; first = line.peek()) {
                line.remove();
                first.lingered();
            }
        } finally {
            arm();
        }
    }
}
