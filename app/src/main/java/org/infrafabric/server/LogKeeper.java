package org.infrafabric.server;

import java.io.IOException;
import java.nio.file.Path;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletionException;
import org.infrafabric.escalate.KeptWords;
import org.infrafabric.witness.Entry;
import org.infrafabric.witness.WitnessLog;

/** What an operator may do to the log: each leaves an entry that says so. Calls wait for the disk. */
public interface LogKeeper {
    /** Lets a new key sign from the next entry on. */
    Entry rotateKey() throws IOException;

    /**
     * Deletes the bytes and the salt of a blob, and with a message's the summary that its escalation shows.
     *
     * @throws NoSuchElementException there is none of that id any more
     * @throws KeptWords.StillRuns it is the message of an escalation that has not ended
     */
    Entry deleteBlob(String id, String reason);

    /** Of this node's log. {@code keyFile}: where its key lies. */
    static LogKeeper of(WitnessLog log, Path keyFile) {
        return new LogKeeper() {
            @Override
            public Entry rotateKey() throws IOException { return BusKey.rotate(log, keyFile); }

            @Override
            public Entry deleteBlob(String id, String reason) {
                try {
                    return log.deleteBlob(id, reason, KeptWords::forget).join();
                } catch (CompletionException e) {
                    if (e.getCause() instanceof RuntimeException cause) throw cause;
                    throw e;
                }
            }
        };
    }
}
