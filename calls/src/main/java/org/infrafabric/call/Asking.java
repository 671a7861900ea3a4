package org.infrafabric.call;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** Brings a question of any thread to the owner's, and the answer back. */
final class Asking {
    private Asking() {}

    /** {@code question} runs on the owner's thread; what it fails with, the answer fails with. */
    static <T> CompletableFuture<T> ask(Executor owner, Supplier<CompletableFuture<T>> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        owner.execute(() -> {
            try {
                var unused = question.get().whenComplete((value, failure) -> {
                    if (failure == null) answer.complete(value);
                    else answer.completeExceptionally(failure);
                });
            } catch (RuntimeException broken) {
                answer.completeExceptionally(broken);
            }
        });
        return answer;
    }
}
