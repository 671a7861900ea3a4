package org.infrafabric.sip;

import org.infrafabric.time.Timers;
import org.jspecify.annotations.Nullable;

/** The two alarms that one transaction has at a time: when to repeat itself, and when to end. Owner's thread only. */
final class TransactionTimers {
    /** What a timer is for. */
    enum Use {
        /** Sends something again. */
        REPEAT,
        /** Ends what goes on too long. */
        LIMIT,
        /** All is said; only late copies are still dealt with. Nothing is repeated any more. */
        LINGER
    }

    /** A timer of RFC 3261. */
    interface Kind {
        Use use();
    }

    private final Timers timers;
    private Timers.@Nullable Timer repeat;
    private Timers.@Nullable Timer end;

    TransactionTimers(Timers timers) { this.timers = timers; }

    /** The one before of the same purpose is forgotten. */
    void arm(Kind kind, long dueNanos, Runnable action) {
        if (kind.use() != Use.LIMIT) forgetRepeat();
        if (kind.use() == Use.REPEAT) {
            repeat = timers.at(dueNanos, action);
            return;
        }
        if (end != null) end.cancel();
        end = timers.at(dueNanos, action);
    }

    void forget() {
        forgetRepeat();
        if (end != null) end.cancel();
        end = null;
    }

    private void forgetRepeat() {
        if (repeat != null) repeat.cancel();
        repeat = null;
    }
}
