package org.infrafabric.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Kept state in SQLite (WAL, {@code synchronous=FULL}): one thread writes and commits in groups, so that one wait for the disk serves all that was
 * queued meanwhile; reads run beside it. Any thread may call.
 *
 * <p>Three ways to open it: {@link #open} for the process that owns a data directory, {@link #readOnly} beside such a process or after it, and
 * {@link #inMemory} for virtual time, where each write runs and commits on the caller's thread before the call returns.
 */
public final class SqliteStore implements AutoCloseable {
    /** Works that may wait; beyond it writes fail. */
    static final int CAPACITY = 32_768;
    /** From here on {@link #saturated()}: the rest is for what already runs. */
    static final int HIGH_WATER = 4_096;

    private final List<GroupListener> listeners = new CopyOnWriteArrayList<>();
    private final @Nullable DirectoryLock directory;
    private final @Nullable Writer writer;
    private final @Nullable Readers readers;
    private final @Nullable Database direct;
    private final @Nullable Database written;
    private final ReentrantLock turn = new ReentrantLock();
    private boolean closed;

    private SqliteStore(@Nullable DirectoryLock directory, @Nullable Database written, @Nullable Readers readers, @Nullable Database direct) {
        this.directory = directory;
        this.written = written;
        this.writer = written == null ? null : new Writer(written, CAPACITY, listeners);
        this.readers = readers;
        this.direct = direct;
    }

    /**
     * Opens or makes the database and holds its directory for this process.
     *
     * @throws DataDirectoryInUse another process holds the directory
     * @throws StoreFailure the directory or the file cannot be used
     */
    public static SqliteStore open(Path file) {
        Path directory = Optional.ofNullable(file.toAbsolutePath().getParent()).orElseThrow(() -> new StoreFailure(file + " is no file"));
        DirectoryLock lock = DirectoryLock.take(directory);
        try {
            ownersOnly(file);
            Database database = prepared(Database.writing(file));
            SqliteStore store = new SqliteStore(lock, database, new Readers(file), null);
            if (store.writer != null) store.writer.start();
            return store;
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** What people said lies in it. SQLite gives its other files the mode of this one. */
    private static void ownersOnly(Path file) {
        try {
            if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) return;
            Set<PosixFilePermission> owners = PosixFilePermissions.fromString("rw-------");
            if (Files.exists(file)) Files.setPosixFilePermissions(file, owners);
            else Files.createFile(file, PosixFilePermissions.asFileAttribute(owners));
        } catch (IOException e) {
            throw new StoreFailure("database " + file + " cannot be made for its owner alone: " + e.getMessage(), e);
        }
    }

    /** Opens for reading alone, also while another process writes. Throws {@link StoreFailure} if there is no such database. */
    public static SqliteStore readOnly(Path file) {
        if (!Files.isRegularFile(file)) throw new StoreFailure("there is no database at " + file);
        Readers readers = new Readers(file);
        readers.read(tx -> true);
        return new SqliteStore(null, null, readers, null);
    }

    /** A store that is gone when closed. Writes run on the calling thread, and their futures are complete when {@link #write} returns. */
    public static SqliteStore inMemory() {
        return new SqliteStore(null, null, null, prepared(Database.inMemory()));
    }

    private static Database prepared(Database database) {
        try {
            Migrations.prepare(database);
            return database;
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    /**
     * Queues {@code work}. Works run in the order of these calls, each whole or not at all: a work that throws leaves nothing and fails only its own
     * future, with what it threw. Never blocks.
     *
     * @return completed on the writer's thread, in order, when the work's changes are on the disk; failed with {@link StoreFailure} when the disk, the
     *     queue's bound or the closing of the store was in the way
     */
    public <T> CompletableFuture<T> write(Function<Transaction, T> work) {
        Group.Pending<T> pending = new Group.Pending<>(work);
        if (writer != null) writer.enqueue(pending);
        else if (direct != null) writeDirectly(direct, pending);
        else pending.fail(new StoreFailure("the store is open for reading only"));
        return pending.future();
    }

    private void writeDirectly(Database database, Group.Pending<?> pending) {
        turn.lock();
        try {
            if (turn.getHoldCount() > 1) throw new IllegalStateException("a write within a write: use the transaction at hand");
            if (closed) pending.fail(new StoreFailure("the store is closed"));
            else Group.commit(database, List.of(pending), listeners);
        } finally {
            turn.unlock();
        }
    }

    /**
     * Runs {@code work} at once on the calling thread against one moment of what is committed; may block for the disk or for other reads. Not from
     * within a work.
     *
     * @throws StoreFailure what the database said, or the store is closed
     */
    public <T> T read(Function<Transaction, T> work) {
        if (readers != null) return readers.read(work);
        if (direct == null) throw new StoreFailure("the store is closed");
        turn.lock();
        try {
            if (closed) throw new StoreFailure("the store is closed");
            return work.apply(direct);
        } finally {
            turn.unlock();
        }
    }

    /**
     * Brings a room's tables up to date: runs those of {@code steps} that this database has not seen, in one transaction. Blocks until done.
     *
     * @param room the room's name; each room has steps of its own
     * @param steps SQL statements in order, never changed once released, only added to
     * @throws StoreFailure a step failed, or the database was written by a later version that knows more steps
     */
    public void migrate(String room, List<String> steps) {
        try {
            write(tx -> Migrations.run(tx, room, List.copyOf(steps))).join();
        } catch (java.util.concurrent.CompletionException e) {
            if (e.getCause() instanceof StoreFailure failure) throw failure;
            throw e;
        }
    }

    /** {@code listener} is told of every group from now on. */
    public void listen(GroupListener listener) { listeners.add(listener); }

    /** True while so much is queued that new business should be refused. */
    public boolean saturated() {
        return writer != null && (writer.queued() >= HIGH_WATER || writer.trouble().isPresent());
    }

    /** Works that wait for their commit. */
    public int queued() { return writer == null ? 0 : writer.queued(); }

    /** Why the last commit failed; empty again as soon as the store can write, which it tries each second by itself. */
    public Optional<StoreFailure> trouble() {
        return writer == null ? Optional.empty() : writer.trouble();
    }

    /** True for a store whose writes run on the caller's thread. */
    public boolean isDirect() { return direct != null; }

    /** Soon moves the write-ahead log into the database and empties it, so that deleted bytes do not linger there. */
    public void truncateWal() {
        if (writer != null) writer.truncateLater();
    }

    /** For tests of a full disk: the database may hold that many pages. */
    void limitPages(long pages) {
        Database database = written == null ? direct : written;
        if (database != null) database.limitPages(pages);
    }

    /** Writes what is queued, then lets everything go. A second call does nothing. */
    @Override
    public void close() {
        turn.lock();
        try {
            if (closed) return;
            closed = true;
        } finally {
            turn.unlock();
        }
        if (writer != null) writer.close();
        if (readers != null) readers.close();
        if (written != null) written.close();
        if (direct != null) direct.close();
        if (directory != null) directory.close();
    }
}
