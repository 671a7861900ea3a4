package org.infrafabric.guard;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * At most so many calls an expert in any 60 seconds: a sliding window over the times of the last calls. Memory is fixed when it is made; whom it does not know
 * is not called. Any thread.
 */
final class CallRate {
    static final long WINDOW_NANOS = 60_000_000_000L;

    private final Map<String, Calls> byExpert = new HashMap<>();

    /** @param uris in normal form, see {@link UriPattern#text} */
    CallRate(List<String> uris, int callsPerMinute) {
        for (String uri : uris) byExpert.put(uri, new Calls(callsPerMinute));
    }

    /** Counts the call if it is allowed. {@code nowNanos} does not run backwards; if it does all the same, earlier calls count longer. */
    Permit permit(String uri, long nowNanos) {
        Calls calls = byExpert.get(uri);
        if (calls == null) return new Permit(false, "no expert who can be rung has this address", 0);
        synchronized (calls) {
            return calls.permit(nowNanos);
        }
    }

    private static final class Calls {
        private final long[] times; // a ring: the oldest stands where the next will be written
        private int count;
        private int next;

        Calls(int limit) { times = new long[limit]; }

        Permit permit(long nowNanos) {
            if (count == times.length) {
                long ageOfOldest = nowNanos - times[next];
                if (ageOfOldest < WINDOW_NANOS) {
                    long wait = WINDOW_NANOS - Math.max(0, ageOfOldest);
                    return new Permit(false,
                            times.length + " calls in the last minute; the next is allowed in " + Duration.ofNanos(wait).toSeconds() + " s", wait);
                }
            } else {
                count++;
            }
            times[next] = nowNanos;
            next = (next + 1) % times.length;
            return Permit.ALLOWED;
        }
    }
}
