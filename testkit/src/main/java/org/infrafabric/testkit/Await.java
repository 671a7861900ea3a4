package org.infrafabric.testkit;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

/** Waits for something that tells nobody when it happens: looks often at first, for what is nearly there, and then every 50 ms. */
public final class Await {
    private static final long FIRST_MILLIS = 5;
    private static final long MOST_MILLIS = 50;

    private Await() {}

    /** The first answer that {@code enough} likes. Throws AssertionError, with what was seen last, after {@code limit}. */
    public static <T> T until(String what, Duration limit, Callable<T> look, Predicate<T> enough) throws Exception {
        AtomicReference<T> seen = new AtomicReference<>();
        boolean come = within(limit, () -> {
            seen.set(look.call());
            return enough.test(seen.get());
        });
        if (!come) throw new AssertionError("waited " + limit + " for " + what + "; last seen: " + seen);
        return seen.get();
    }

    /** Waits until {@code look} is true. */
    public static void that(String what, Duration limit, Callable<Boolean> look) throws Exception {
        until(what, limit, look, Boolean::booleanValue);
    }

    /** Whether {@code look} becomes true within {@code limit}: for what is done again until it helps, and for what must not happen for a while. */
    public static boolean within(Duration limit, Callable<Boolean> look) throws Exception {
        long end = System.nanoTime() + limit.toNanos();
        for (long pause = FIRST_MILLIS; !look.call(); pause = Math.min(MOST_MILLIS, 2 * pause)) {
            if (System.nanoTime() - end > 0) return false;
            Thread.sleep(pause);
        }
        return true;
    }
}
