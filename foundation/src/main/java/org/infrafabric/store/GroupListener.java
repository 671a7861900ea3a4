package org.infrafabric.store;

import java.util.List;
import java.util.function.Function;

/**
 * Told of each group of works that shares one commit, on the thread that writes. What is called here delays every writer, so it must be quick.
 * The works are those handed to {@link SqliteStore#write}, so that a room can find its own among them.
 */
public interface GroupListener {
    /** The group's transaction is open and none of its works has run. Throwing fails the whole group. */
    default void opened(Transaction tx, List<? extends Function<Transaction, ?>> works) {}

    /**
     * All works have run and the group is about to be committed: the last chance to add something that tells of them. Throwing fails the whole group.
     *
     * @param works those that did not throw, in order; at least one
     */
    default void committing(Transaction tx, List<? extends Function<Transaction, ?>> works) {}

    /**
     * The group is on the disk; its futures are completed after this returns.
     *
     * @param works those that did not throw, in order
     * @param commitNanos how long the commit itself took, the wait for the disk included
     */
    default void committed(List<? extends Function<Transaction, ?>> works, long commitNanos) {}

    /** The group could not be committed; nothing of it exists. */
    default void failed(StoreFailure why) {}
}
