package org.infrafabric.server;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.infrafabric.witness.Entry;

/** The witness log as the HTTP API reads it. Any thread; queries may block. */
public interface LogReader {
    /**
     * Entries in order of seq.
     *
     * @param traceId only that trace's; empty for all
     * @param from first seq wanted, from 1
     * @param limit at most so many
     */
    List<Entry> entries(Optional<String> traceId, long from, int limit);

    /** The newest durable entry; empty in an empty log. */
    Optional<Entry> head();

    /** Calls {@code listener} with each entry in order once it is durable; the listener does not block. */
    Subscription subscribe(Consumer<Entry> listener);

    /** Ends with {@link #close}, after which the listener is called no more. */
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}
