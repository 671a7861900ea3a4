package org.infrafabric.time;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Timers for whoever arms very many of a few lengths, as SIP's transactions do. Those of about the same length wait in a line of their own, each
 * behind those armed before it: arming, forgetting and firing cost the same however many wait, a forgotten action is let go of at once, and the
 * timers underneath see one of each length. Same owner, same thread as those. An action of odd length, that would have to look for its place in
 * the line, is handed to the timers underneath.
 */
public final class TimerQueues implements Timers {
    /** An action that belongs before so many others of its line is of another length than they. */
    private static final int PATIENCE = 16;
    private static final int LINES = Long.SIZE;

    private final Timers beneath;
    private final Line[] lines = new Line[LINES];
    private int waiting;

    public TimerQueues(Timers beneath) {
        this.beneath = beneath;
        for (int i = 0; i < LINES; i++) lines[i] = new Line();
    }

    @Override
    public long nowNanos() { return beneath.nowNanos(); }

    @Override
    public Instant wallTime() { return beneath.wallTime(); }

    /** Actions that wait in a line. */
    public int waiting() { return waiting; }

    @Override
    public Timer at(long dueNanos, Runnable action) {
        long length = Math.max(1, dueNanos - beneath.nowNanos());
        Waiting armed = new Waiting(lines[Long.numberOfLeadingZeros(length)], dueNanos, action);
        return armed.line.take(armed) ? armed : beneath.at(dueNanos, action);
    }

    /** Actions whose lengths lie within a factor of two, by due time. */
    private final class Line {
        private @Nullable Waiting first;
        private @Nullable Waiting last;
        private boolean woken;
        private long wakesAtNanos;

        boolean take(Waiting armed) {
            Waiting before = last;
            for (int steps = 0; before != null && before.dueNanos - armed.dueNanos > 0; steps++) {
                if (steps == PATIENCE) return false;
                before = before.before;
            }
            link(before, armed);
            if (first == armed) wake();
            return true;
        }

        private void link(@Nullable Waiting before, Waiting armed) {
            Waiting after = before == null ? first : before.after;
            armed.before = before;
            armed.after = after;
            if (before == null) first = armed;
            else before.after = armed;
            if (after == null) last = armed;
            else after.before = armed;
            waiting++;
        }

        void unlink(Waiting armed) {
            if (armed.before == null) first = armed.after;
            else armed.before.after = armed.after;
            if (armed.after == null) last = armed.before;
            else armed.after.before = armed.before;
            armed.before = null;
            armed.after = null;
            waiting--;
        }

        /** A wake-up that comes too early, for an action that was forgotten, only looks who is first now. */
        private void wake() {
            if (first == null || woken && wakesAtNanos - first.dueNanos <= 0) return;
            woken = true;
            long at = first.dueNanos;
            wakesAtNanos = at;
            Timer unused = beneath.at(at, () -> onWake(at));
        }

        private void onWake(long atNanos) {
            if (atNanos == wakesAtNanos) woken = false;
            try {
                while (first != null && first.dueNanos - beneath.nowNanos() <= 0) first.run();
            } finally {
                wake();
            }
        }
    }

    private static final class Waiting implements Timer {
        private final Line line;
        private final long dueNanos;
        private @Nullable Runnable action;
        private @Nullable Waiting before;
        private @Nullable Waiting after;

        Waiting(Line line, long dueNanos, Runnable action) {
            this.line = line;
            this.dueNanos = dueNanos;
            this.action = action;
        }

        @Override
        public void cancel() {
            if (action == null) return;
            action = null;
            line.unlink(this);
        }

        void run() {
            Runnable due = action;
            cancel();
            if (due != null) due.run();
        }
    }
}
