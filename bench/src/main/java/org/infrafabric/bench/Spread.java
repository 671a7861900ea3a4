package org.infrafabric.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Values of one kind, and how they spread. Exact: all are kept and sorted. */
record Spread(long[] sorted) {
    static Spread of(List<Long> values) {
        long[] sorted = values.stream().mapToLong(Long::longValue).toArray();
        Arrays.sort(sorted);
        return new Spread(sorted);
    }

    /** The smallest value that at least {@code percent} of all do not exceed; 0 where there are none. */
    long percentile(double percent) {
        if (sorted.length == 0) return 0;
        return sorted[Math.max(0, (int) Math.ceil(percent / 100 * sorted.length) - 1)];
    }

    String text() {
        if (sorted.length == 0) return "none measured";
        return String.format(Locale.ROOT, "p50 %d ms, p99 %d ms, max %d ms (n=%d)", percentile(50), percentile(99), sorted[sorted.length - 1],
                sorted.length);
    }
}
