package org.infrafabric.escalate;

/** Arithmetic of due times in monotonic nanoseconds, which are compared by subtraction. */
final class Due {
    /** A time that never comes. */
    static final long NEVER = Long.MAX_VALUE;

    private Due() {}

    static boolean passed(long dueNanos, long nowNanos) { return dueNanos != NEVER && nowNanos - dueNanos >= 0; }

    static long earlier(long one, long other) {
        if (one == NEVER) return other;
        return other == NEVER || one - other < 0 ? one : other;
    }
}
