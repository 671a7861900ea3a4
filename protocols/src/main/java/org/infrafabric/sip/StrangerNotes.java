package org.infrafabric.sip;

import java.util.Optional;

/** How many calls of strangers are written down: a hundred at once and then ten a second, so that nobody can fill the log from outside. Owner's thread only. */
final class StrangerNotes {
    static final int BURST = 100;
    static final int PER_SECOND = 10;
    private static final long INTERVAL_NANOS = 1_000_000_000L / PER_SECOND;

    private long freeAtNanos;
    private boolean begun;
    private long unwritten;

    /** What to add to the note of a call that comes now; empty: do not write it down. */
    Optional<String> take(long nowNanos) {
        if (!begun || freeAtNanos - nowNanos < 0) freeAtNanos = nowNanos;
        begun = true;
        if (freeAtNanos - nowNanos > (BURST - 1) * INTERVAL_NANOS) {
            unwritten++;
            return Optional.empty();
        }
        freeAtNanos += INTERVAL_NANOS;
        String words = unwritten == 0 ? "" : unwritten + " others were not written down";
        unwritten = 0;
        return Optional.of(words);
    }
}
