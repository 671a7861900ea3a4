package org.infrafabric.witness;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Where entries are handed in. Any thread; never blocks. */
public interface Witness {
    /**
     * Queues a change. Changes become durable in the order of these calls.
     *
     * @return the sealed entries once they are on the disk (completed on the log's own thread: hop to your owner), or failed with
     *     {@link org.infrafabric.store.StoreFailure} when the log cannot take them; then nothing of the change exists
     */
    CompletableFuture<List<Entry>> append(Change change);

    /** True while no new escalation should be taken (503), because too much is queued or the log is known to be broken; running ones go on. */
    boolean saturated();
}
