package org.infrafabric.server;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** What takes its time and needs nothing of what comes before it: begun on a thread of its own, and asked for where it is needed. */
final class Ahead<T> {
    private final CompletableFuture<T> made = new CompletableFuture<>();

    private Ahead() {}

    /** Begins {@code work} now. */
    static <T> Ahead<T> begin(String name, Supplier<T> work) {
        Ahead<T> ahead = new Ahead<>();
        Thread.ofPlatform().daemon().name(name).start(() -> {
            try {
                ahead.made.complete(work.get());
            } catch (RuntimeException | Error failed) { // it is thrown where the work is asked for
                ahead.made.completeExceptionally(failed);
            }
        });
        return ahead;
    }

    /** What came of it, or what it threw, as if it were done here. Waits if need be. */
    T get() {
        try {
            return made.join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof RuntimeException cause) throw cause;
            if (failed.getCause() instanceof Error cause) throw cause;
            throw failed;
        }
    }
}
