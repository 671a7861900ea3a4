package org.infrafabric.server;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.infrafabric.witness.Cosigning;
import org.infrafabric.witness.Entry;
import org.infrafabric.witness.Subscription;
import org.infrafabric.witness.WitnessLog;

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

    /** What it can prove of itself. */
    LogProofs proofs();

    /** What operators may do to it. */
    LogKeeper keeper();

    /** The log of this node. */
    static LogReader of(WitnessLog log, Cosigning cosigning, Path keyFile) {
        LogProofs proofs = LogProofs.of(log, cosigning);
        LogKeeper keeper = LogKeeper.of(log, keyFile);
        return new LogReader() {
            @Override
            public LogProofs proofs() { return proofs; }

            @Override
            public LogKeeper keeper() { return keeper; }

            @Override
            public List<Entry> entries(Optional<String> traceId, long from, int limit) {
                return traceId.isPresent() ? log.reader().entries(traceId.get(), from, limit) : log.reader().entries(from, limit);
            }

            @Override
            public Optional<Entry> head() { return log.reader().head(); }

            @Override
            public Subscription subscribe(Consumer<Entry> listener) { return log.subscribe(log.reader().count() + 1, listener); }
        };
    }
}
