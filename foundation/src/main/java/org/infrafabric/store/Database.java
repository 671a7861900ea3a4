package org.infrafabric.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;
import org.sqlite.SQLiteOpenMode;

/** One SQLite connection with its prepared statements. One thread at a time. Transactions are begun and ended by hand, never by the driver. */
final class Database implements Transaction, AutoCloseable {
    private static final int STATEMENTS = 128;
    private static final int BUSY_MILLIS = 5_000;          // another program may hold the file for a moment, such as a backup
    private static final int CACHE_KILOBYTES = 16_384;     // a group's pages stay in memory until its commit
    private static final int CHECKPOINT_PAGES = 4_000;     // 16 MB of WAL between checkpoints: fewer long commits

    private final Connection connection;
    private final Map<String, PreparedStatement> statements = new LinkedHashMap<>(64, 0.75f, true);
    private @Nullable StoreFailure fatal;

    private Database(Connection connection) { this.connection = connection; }

    /** The one that writes; makes the file when there is none. */
    static Database writing(Path file) {
        Database database = open("jdbc:sqlite:" + file.toAbsolutePath(), false, file.toString());
        database.pragma("journal_mode=WAL");
        database.pragma("synchronous=FULL");               // a commit is on the disk before anyone hears of it
        database.pragma("wal_autocheckpoint=" + CHECKPOINT_PAGES);
        database.pragma("cache_size=-" + CACHE_KILOBYTES);
        database.pragma("secure_delete=ON");               // what is deleted for a person's sake is overwritten
        return database;
    }

    static Database reading(Path file) { return open("jdbc:sqlite:" + file.toAbsolutePath(), true, file.toString()); }

    static Database inMemory() { return open("jdbc:sqlite::memory:", false, "in memory"); }

    private static Database open(String url, boolean readOnly, String name) {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(readOnly);
        if (readOnly) config.resetOpenMode(SQLiteOpenMode.CREATE);
        config.setBusyTimeout(BUSY_MILLIS);
        config.setGetGeneratedKeys(false); // the driver would ask for the last row's id after each insert
        try {
            Connection connection = config.createConnection(url);
            Database database = new Database(connection);
            try {
                database.query("SELECT count(*) FROM sqlite_schema", row -> row.number(0)); // a file that is no database shows itself here
                database.keepDriverOut();
                return database;
            } catch (RuntimeException e) {
                database.close();
                throw e;
            }
        } catch (SQLException e) {
            throw new StoreFailure("database " + name + " cannot be opened: " + e.getMessage(), e);
        }
    }

    /** With its own auto-commit on, the driver tries to begin a transaction after each statement; with it off it leaves them alone but for a first one. */
    private void keepDriverOut() throws SQLException {
        connection.setAutoCommit(false);
        rollback();
    }

    private void pragma(String setting) {
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA " + setting);
        } catch (SQLException e) {
            throw failure("PRAGMA " + setting, e);
        }
    }

    void begin() {
        fatal = null;
        run("BEGIN IMMEDIATE");
    }

    void beginReading() {
        fatal = null;
        run("BEGIN");
    }

    void commit() { run("COMMIT"); }

    /** Ends the transaction without a trace. SQLite may have done so itself after a full disk or an I/O error. */
    void rollback() {
        try (Statement statement = connection.createStatement()) {
            statement.execute("ROLLBACK");
        } catch (SQLException alreadyOver) {
            return; // "no transaction is active": the state asked for
        }
    }

    /** Runs {@code work} so that its throwing undoes it alone; when that cannot be done the whole transaction is lost ({@link #fatal()}). */
    <T> T nested(Function<Transaction, T> work) {
        run("SAVEPOINT work");
        T result;
        try {
            result = work.apply(this);
        } catch (Throwable e) {
            if (fatal == null) undo();
            throw e;
        }
        endSavepoint("RELEASE work");
        return result;
    }

    private void undo() {
        endSavepoint("ROLLBACK TO work");
        endSavepoint("RELEASE work");
    }

    /** A savepoint that is not there any more means that the work ended the transaction: nothing around it can be trusted. */
    private void endSavepoint(String sql) {
        try {
            run(sql);
        } catch (StoreFailure e) {
            if (fatal == null) fatal = e;
            throw e;
        }
    }

    /** The error that ended the whole transaction, if there was one. */
    @Nullable
    StoreFailure fatal() { return fatal; }

    /** Moves everything from the WAL into the database and empties it, so that deleted bytes are nowhere any more. */
    void truncateWal() {
        pragma("wal_checkpoint(TRUNCATE)");
    }

    /** Gives back all memory that it holds for pages. */
    void shrink() {
        pragma("shrink_memory");
    }

    /** Lets the file grow to {@code pages} and no further: a full disk, for tests. */
    void limitPages(long pages) {
        pragma("max_page_count=" + pages);
    }

    @Override
    public int execute(String sql, @Nullable Object... arguments) {
        return with(sql, statement -> {
            bind(statement, arguments);
            return statement.executeUpdate();
        });
    }

    @Override
    public <T> List<T> query(String sql, Function<Row, T> mapper, @Nullable Object... arguments) {
        return with(sql, statement -> {
            bind(statement, arguments);
            List<T> rows = new ArrayList<>();
            try (ResultSet result = statement.executeQuery()) {
                Row row = new ResultRow(result);
                while (result.next()) rows.add(mapper.apply(row));
            }
            return rows;
        });
    }

    private void run(String sql) {
        boolean unused = with(sql, PreparedStatement::execute);
    }

    private interface Use<T> {
        T of(PreparedStatement statement) throws SQLException;
    }

    /** The driver finalises a statement that failed, so only one that went well is kept for the next time. */
    private <T> T with(String sql, Use<T> use) {
        PreparedStatement statement = borrow(sql);
        boolean well = false;
        try {
            T result = use.of(statement);
            well = true;
            return result;
        } catch (SQLException e) {
            throw failure(sql, e);
        } finally {
            if (well) giveBack(sql, statement);
            else closeQuietly(statement);
        }
    }

    /** Taken out of the cache while in use: a row mapper may run the same SQL again. */
    private PreparedStatement borrow(String sql) {
        if (fatal != null) throw new StoreFailure("the transaction is already lost: " + fatal.getMessage(), fatal);
        PreparedStatement cached = statements.remove(sql);
        if (cached != null) return cached;
        try {
            return connection.prepareStatement(sql);
        } catch (SQLException e) {
            throw failure(sql, e);
        }
    }

    private void giveBack(String sql, PreparedStatement statement) {
        PreparedStatement surplus = statements.put(sql, statement);
        if (surplus == null && statements.size() > STATEMENTS) {
            var eldest = statements.entrySet().iterator();
            surplus = eldest.next().getValue();
            eldest.remove();
        }
        if (surplus != null) closeQuietly(surplus);
    }

    private static void bind(PreparedStatement statement, @Nullable Object... arguments) throws SQLException {
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case null -> statement.setNull(i + 1, java.sql.Types.NULL);
                case String text -> statement.setString(i + 1, text);
                case Long number -> statement.setLong(i + 1, number);
                case Integer number -> statement.setLong(i + 1, number);
                case byte[] bytes -> statement.setBytes(i + 1, bytes);
                case Object other -> throw new IllegalArgumentException("argument " + i + " is a " + other.getClass().getSimpleName());
            }
        }
    }

    private StoreFailure failure(String sql, SQLException e) {
        StoreFailure failure = new StoreFailure(e.getMessage() + " in: " + sql, e);
        if (e instanceof SQLiteException sqlite && fatal(sqlite.getResultCode())) fatal = failure;
        return failure;
    }

    /** After these SQLite may have rolled the whole transaction back (sqlite.org/lang_transaction.html), so going on would commit halves. */
    private static boolean fatal(SQLiteErrorCode code) {
        return switch (code.code & 0xff) {      // the low byte is the primary code
            case 7, 8, 9, 10, 11, 13, 26 -> true; // NOMEM READONLY INTERRUPT IOERR CORRUPT FULL NOTADB
            default -> false;
        };
    }

    private static void closeQuietly(PreparedStatement statement) {
        try {
            statement.close();
        } catch (SQLException e) {
            return; // the connection frees what is left
        }
    }

    @Override
    public void close() {
        statements.values().forEach(Database::closeQuietly);
        statements.clear();
        try {
            connection.close();
        } catch (SQLException e) {
            throw new StoreFailure("database cannot be closed: " + e.getMessage(), e);
        }
    }

    private record ResultRow(ResultSet result) implements Row {
        @Override
        public String text(int column) {
            try {
                return present(result.getString(column + 1), column);
            } catch (SQLException e) {
                throw new StoreFailure(String.valueOf(e.getMessage()), e);
            }
        }

        @Override
        public long number(int column) {
            try {
                long number = result.getLong(column + 1);
                if (number == 0 && result.wasNull()) throw nothing(column);
                return number;
            } catch (SQLException e) {
                throw new StoreFailure(String.valueOf(e.getMessage()), e);
            }
        }

        @Override
        public byte[] bytes(int column) {
            try {
                return present(result.getBytes(column + 1), column);
            } catch (SQLException e) {
                throw new StoreFailure(String.valueOf(e.getMessage()), e);
            }
        }

        @Override
        public boolean isNull(int column) {
            try {
                return result.getObject(column + 1) == null;
            } catch (SQLException e) {
                throw new StoreFailure(String.valueOf(e.getMessage()), e);
            }
        }

        private static <V> V present(@Nullable V value, int column) {
            if (value == null) throw nothing(column);
            return value;
        }

        private static StoreFailure nothing(int column) { return new StoreFailure("column " + column + " is null"); }
    }
}
