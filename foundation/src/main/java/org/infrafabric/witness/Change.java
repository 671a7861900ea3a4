package org.infrafabric.witness;

import java.util.List;
import org.infrafabric.store.Transaction;

/**
 * Entries, and the change of state that they tell of: one transaction, so neither is ever there without the other.
 *
 * @param drafts in the order in which they are to stand
 * @param state written in the same transaction, once the entries have their seq and hash
 */
public record Change(List<Draft> drafts, StateWrite state) {
    /** An entry alone. */
    public static Change of(Draft draft) { return new Change(List.of(draft), (tx, sealed) -> {}); }

    /** State that goes with entries. Runs on the log's writer thread; must not block on anything but {@code tx}. */
    @FunctionalInterface
    public interface StateWrite {
        void write(Transaction tx, List<Entry> sealed);
    }
}
