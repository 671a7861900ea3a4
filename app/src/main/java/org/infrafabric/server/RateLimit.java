package org.infrafabric.server;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/** A token bucket for each key. Any thread. Keeps the {@value #MOST_KEYS} keys that asked last; a forgotten one starts with a full bucket. */
final class RateLimit {
    private static final int MOST_KEYS = 4_096;

    private final double perNano;
    private final double burst;
    private final LongSupplier nanoClock;
    private final Map<String, Bucket> buckets = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) { return size() > MOST_KEYS; }
    };

    private static final class Bucket {
        double level;
        long atNanos;

        Bucket(double level, long atNanos) {
            this.level = level;
            this.atNanos = atNanos;
        }
    }

    RateLimit(int perSecond, int burst, LongSupplier nanoClock) {
        this.perNano = perSecond / 1e9;
        this.burst = burst;
        this.nanoClock = nanoClock;
    }

    /** Takes one; empty when it was there, else how long until one will be. */
    synchronized Optional<Duration> take(String key) {
        long now = nanoClock.getAsLong();
        Bucket bucket = buckets.computeIfAbsent(key, absent -> new Bucket(burst, now));
        bucket.level = Math.min(burst, bucket.level + Math.max(0, now - bucket.atNanos) * perNano);
        bucket.atNanos = now;
        if (bucket.level >= 1) {
            bucket.level -= 1;
            return Optional.empty();
        }
        return Optional.of(Duration.ofNanos((long) Math.ceil((1 - bucket.level) / perNano)));
    }
}
