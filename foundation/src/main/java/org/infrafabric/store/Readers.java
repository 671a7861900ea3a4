package org.infrafabric.store;

import java.nio.file.Path;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/** A few read-only connections that work beside the writer; each read sees one moment of the database. */
final class Readers implements AutoCloseable {
    private static final int CONNECTIONS = 4;

    private final Path file;
    private final Semaphore free = new Semaphore(CONNECTIONS);
    private final ConcurrentLinkedDeque<Database> idle = new ConcurrentLinkedDeque<>();
    private volatile boolean closed;

    Readers(Path file) { this.file = file; }

    <T> T read(Function<Transaction, T> work) {
        free.acquireUninterruptibly();
        try {
            if (closed) throw new StoreFailure("the store is closed");
            Database database = idle.poll();
            if (database == null) database = Database.reading(file);
            try {
                database.beginReading();
                return work.apply(database);
            } finally {
                database.rollback();
                idle.push(database);
            }
        } finally {
            free.release();
        }
    }

    /** Waits for reads that run. */
    @Override
    public void close() {
        free.acquireUninterruptibly(CONNECTIONS);
        try {
            closed = true;
            for (Database database = idle.poll(); database != null; database = idle.poll()) database.close();
        } finally {
            free.release(CONNECTIONS);
        }
    }
}
