package org.infrafabric.guard;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.store.Transaction;

/**
 * How often something happened within a sliding window: the times of the last of each key, so many as its limit needs. Kept in the store, so that a restart is
 * no fresh start; it outlives a reload of the policy too. Any thread.
 *
 * <p>While the process lives, windows slide by the monotonic clock, so that no jump of the wall clock fills or empties one. Between two lives only the wall clock
 * is there: what lies in its future counts as just now, which is longer rather than shorter.
 */
public final class Counters {
    /** The most that one window holds. */
    public static final int MOST = 1_000;

    /** The longest window. */
    public static final Duration LONGEST = Duration.ofDays(1);

    private static final int MOST_KEYS = 10_000;
    private static final int LONGEST_KEY = 400;
    private static final String ROOM = "guard-counters";
    private static final List<String> STEPS = List
            .of("CREATE TABLE guard_counters (key TEXT PRIMARY KEY, newest INTEGER NOT NULL, times BLOB NOT NULL) STRICT");

    private final Map<String, Window> windows = new HashMap<>();

    private final boolean kept;

    private Counters(boolean kept) { this.kept = kept; }

    /** Forgotten with the process. */
    public static Counters inMemory() { return new Counters(false); }

    /** Those that the store kept. Brings its table up to date; may block. */
    public static Counters open(SqliteStore store, Instant wall, long nowNanos) {
        store.migrate(ROOM, STEPS);
        long eldest = wall.minus(LONGEST).toEpochMilli();
        store.write(tx -> tx.execute("DELETE FROM guard_counters WHERE newest < ?", eldest)).join();
        Counters counters = new Counters(true);
        List<Map.Entry<String, byte[]>> rows = store.read(tx -> tx.query("SELECT key, times FROM guard_counters ORDER BY newest DESC LIMIT ?",
                row -> Map.entry(row.text(0), row.bytes(1)), (long) MOST_KEYS));
        rows.forEach(row -> counters.windows.put(row.getKey(), Window.read(row.getValue(), wall, nowNanos)));
        return counters;
    }

    /**
     * What became of one that wanted to be counted.
     *
     * @param before how many the window held
     * @param retryAfterNanos until the next may be counted; 0 when this one was
     */
    record Taken(boolean counted, int before, long retryAfterNanos) {}

    /**
     * Counts one more unless the window holds {@code most} already.
     *
     * @param key at most {@value #LONGEST_KEY} characters; a longer one is never counted, so never allowed
     * @param most 1 to {@link #MOST}
     * @param window up to {@link #LONGEST}
     * @param nowNanos monotonic; if it runs backwards all the same, earlier ones count longer
     * @param wall dates what is kept
     */
    synchronized Taken take(String key, int most, Duration window, Instant wall, long nowNanos) {
        Window known = windows.get(key);
        if (known == null) {
            if (key.length() > LONGEST_KEY || !room(nowNanos)) return new Taken(false, most, window.toNanos());
            known = new Window();
            windows.put(key, known);
        }
        int before = known.count(window.toNanos(), nowNanos);
        if (before >= most) return new Taken(false, before, known.until(before - most, window.toNanos(), nowNanos));
        known.add(most, wall, nowNanos);
        return new Taken(true, before, 0);
    }

    /** How many a window holds now; counts nothing. */
    synchronized int count(String key, Duration window, long nowNanos) {
        Window known = windows.get(key);
        return known == null ? 0 : known.count(window.toNanos(), nowNanos);
    }

    /** Writes one key as it stands, in the transaction of what was counted. */
    void save(Transaction tx, String key) {
        if (!kept) return;
        Optional<Window> known;
        synchronized (this) {
            known = Optional.ofNullable(windows.get(key)).map(Window::copy);
        }
        known.ifPresent(window -> tx.execute("INSERT INTO guard_counters (key, newest, times) VALUES (?, ?, ?)"
                + " ON CONFLICT (key) DO UPDATE SET newest = excluded.newest, times = excluded.times", key, window.anchorMillis, window.bytes()));
    }

    /** Forgets keys of which nothing counts any more when there are too many; then a new key finds no room, and what it counts is not allowed. */
    private boolean room(long nowNanos) {
        if (windows.size() >= MOST_KEYS) windows.values().removeIf(window -> window.count(LONGEST.toNanos(), nowNanos) == 0);
        return windows.size() < MOST_KEYS;
    }

    /** The last times of one key, the eldest first. */
    private static final class Window {
        private long[] times = new long[0];
        private long anchorNanos;
        private long anchorMillis; // the wall clock at anchorNanos

        static Window read(byte[] bytes, Instant wall, long nowNanos) {
            Window window = new Window();
            window.times = new long[Math.min(bytes.length / Long.BYTES, MOST)];
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            for (int i = 0; i < window.times.length; i++) {
                long age = Math.clamp(wall.toEpochMilli() - buffer.getLong(), 0L, 2 * LONGEST.toMillis());
                window.times[i] = nowNanos - age * 1_000_000;
            }
            window.anchorNanos = nowNanos;
            window.anchorMillis = wall.toEpochMilli();
            return window;
        }

        /** Those younger than the window; from the newest back, so that one strange time hides none after it. */
        int count(long windowNanos, long nowNanos) {
            int count = 0;
            for (long time : times) if (nowNanos - time < windowNanos) count++;
            return count;
        }

        /** How long until all but {@code surplus} and one fewer count. */
        long until(int surplus, long windowNanos, long nowNanos) {
            long[] young = Arrays.stream(times).filter(time -> nowNanos - time < windowNanos).toArray();
            long age = Math.max(0, nowNanos - young[surplus]);
            return windowNanos - age;
        }

        void add(int most, Instant wall, long nowNanos) {
            int kept = Math.min(times.length, most - 1);
            long[] next = new long[kept + 1];
            System.arraycopy(times, times.length - kept, next, 0, kept);
            next[kept] = nowNanos;
            times = next;
            anchorNanos = nowNanos;
            anchorMillis = wall.toEpochMilli();
        }

        Window copy() {
            Window copy = new Window();
            copy.times = times; // replaced, never changed
            copy.anchorNanos = anchorNanos;
            copy.anchorMillis = anchorMillis;
            return copy;
        }

        byte[] bytes() {
            ByteBuffer buffer = ByteBuffer.allocate(times.length * Long.BYTES);
            for (long time : times) buffer.putLong(anchorMillis - (anchorNanos - time) / 1_000_000);
            return buffer.array();
        }
    }
}
