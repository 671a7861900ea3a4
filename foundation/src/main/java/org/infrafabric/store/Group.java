package org.infrafabric.store;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Works that share one transaction and one wait for the disk; each may fail alone, all fail with the commit. */
final class Group {
    /** A work that waits for its group, and then for its group's commit. */
    static final class Pending<T> {
        private final Function<Transaction, T> work;
        private final CompletableFuture<T> future = new CompletableFuture<>();
        private @Nullable Runnable success;
        private @Nullable Throwable failure;

        Pending(Function<Transaction, T> work) { this.work = work; }

        CompletableFuture<T> future() { return future; }

        void fail(Throwable why) { future.completeExceptionally(why); }

        private void run(Database database) {
            try {
                T result = database.nested(work);
                success = () -> future.complete(result);
            } catch (Throwable e) { // the work is somebody else's: whatever it throws is its own answer
                failure = e;
            }
        }

        private boolean succeeded() { return success != null; }

        private void settle() {
            if (success != null) success.run();
            else if (failure != null) future.completeExceptionally(failure);
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(Group.class);

    private Group() {}

    /** Runs and commits {@code group}; completes its futures in order. Gives the failure of the commit, or null. */
    static @Nullable StoreFailure commit(Database database, List<Pending<?>> group, List<GroupListener> listeners) {
        try {
            run(database, group, listeners);
        } catch (StoreFailure why) {
            lose(database, group, listeners, why);
            return why;
        } catch (RuntimeException | Error unexpected) {
            StoreFailure why = new StoreFailure("a group could not be written: " + unexpected, unexpected);
            lose(database, group, listeners, why);
            return why;
        }
        for (Pending<?> pending : group) pending.settle();
        return null;
    }

    private static void run(Database database, List<Pending<?>> group, List<GroupListener> listeners) {
        database.begin();
        List<Function<Transaction, ?>> works = new ArrayList<>(group.size());
        for (Pending<?> pending : group) works.add(pending.work);
        for (GroupListener listener : listeners) listener.opened(database, works);
        List<Function<Transaction, ?>> done = new ArrayList<>(group.size());
        for (Pending<?> pending : group) {
            pending.run(database);
            StoreFailure fatal = database.fatal();
            if (fatal != null) throw fatal;
            if (pending.succeeded()) done.add(pending.work);
        }
        if (done.isEmpty()) {
            database.rollback();
            return;
        }
        for (GroupListener listener : listeners) listener.committing(database, done);
        StoreFailure fatal = database.fatal();
        if (fatal != null) throw fatal;
        long started = System.nanoTime();
        database.commit();
        long took = System.nanoTime() - started;
        for (GroupListener listener : listeners) tell(() -> listener.committed(done, took));
    }

    /** The outcome stands by now; a listener's trouble must not change what the works are told. */
    private static void tell(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            LOG.error("a listener of the store failed; the store goes on", e);
        }
    }

    private static void lose(Database database, List<Pending<?>> group, List<GroupListener> listeners, StoreFailure why) {
        database.rollback();
        for (GroupListener listener : listeners) tell(() -> listener.failed(why));
        for (Pending<?> pending : group) pending.fail(why);
    }
}
