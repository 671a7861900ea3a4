package org.infrafabric.testkit;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Predicate;

/** Waits for something outside this process to become true; looks every 20 ms, and fails with what it saw last. */
public final class Await {
    private Await() {}

    /** The first answer that {@code enough} likes. Throws AssertionError after {@code limit}. */
    public static <T> T until(String what, Duration limit, Callable<T> look, Predicate<T> enough) throws Exception {
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            T seen = look.call();
            if (enough.test(seen)) return seen;
            if (System.nanoTime() - end > 0) throw new AssertionError("waited " + limit + " for " + what + "; last seen: " + seen);
            Thread.sleep(20);
        }
    }

    /** Waits until {@code look} is true. */
    public static void that(String what, Duration limit, Callable<Boolean> look) throws Exception {
        until(what, limit, look, Boolean::booleanValue);
    }
}
