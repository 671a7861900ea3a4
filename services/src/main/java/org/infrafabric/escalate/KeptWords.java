package org.infrafabric.escalate;

import org.infrafabric.store.Transaction;

/** What this room keeps of a message's own words beside the log, to show it and to go on with it after a crash: they go when the message's blob is deleted. */
public final class KeptWords {
    /** The words are still needed: people are being told them. */
    public static final class StillRuns extends IllegalStateException {
        private static final long serialVersionUID = 1;

        StillRuns() { super("its escalation still runs; delete it when it has ended"); }
    }

    private KeptWords() {}

    /**
     * Blanks the summary of the escalation whose message came with this entry; nothing where it is another entry.
     *
     * @param received seq of the entry that names the blob
     * @throws StillRuns the escalation has not ended
     */
    public static void forget(Transaction tx, long received) {
        if (!EscalationRows.there(tx)) return;
        if (tx.first("SELECT 1 FROM escalations WHERE first_seq = ? AND open = 1", row -> true, received).isPresent())
            throw new StillRuns();
        tx.execute("UPDATE escalations SET matter = json_set(matter, '$.summary', ''), view = json_set(view, '$.summary', '') WHERE first_seq = ?",
                received);
    }
}
