package org.infrafabric.sip;

import java.time.Instant;
import java.util.HashSet;
import java.util.PriorityQueue;
import java.util.Comparator;
import java.util.Set;

/** Signed INVITEs that were taken, each for as long as its date would let it pass again. Bounded: when full it takes none, so that nothing is forgotten early. */
final class ReplayCache {
    private final int capacity;
    private final Set<String> seen = new HashSet<>();
    private final PriorityQueue<Kept> byAge = new PriorityQueue<>(Comparator.comparing(Kept::until));

    ReplayCache(int capacity) { this.capacity = capacity; }

    /** What became of it. */
    enum Outcome {
        NEW, SEEN, FULL
    }

    Outcome take(String key, Instant until, Instant now) {
        while (!byAge.isEmpty() && byAge.peek().until().isBefore(now)) seen.remove(byAge.remove().key());
        if (seen.contains(key)) return Outcome.SEEN;
        if (seen.size() >= capacity) return Outcome.FULL;
        seen.add(key);
        byAge.add(new Kept(key, until));
        return Outcome.NEW;
    }

    private record Kept(String key, Instant until) {}
}
