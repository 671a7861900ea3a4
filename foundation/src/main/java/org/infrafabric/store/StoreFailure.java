package org.infrafabric.store;

import org.sqlite.SQLiteException;

/** The store could not do what was asked: disk full, read-only, broken file, queue full, closed. The transaction left nothing behind. */
public final class StoreFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    public StoreFailure(String message) { super(message); }

    public StoreFailure(String message, Throwable cause) { super(message, cause); }

    /** The file itself is wrong: what was written there is not what is read. Trying again does not help. */
    public boolean damaged() {
        return getCause() instanceof SQLiteException sqlite && switch (sqlite.getResultCode().code & 0xff) { // the low byte is the primary code
            case 11, 26 -> true; // CORRUPT NOTADB
            default -> false;
        };
    }
}
