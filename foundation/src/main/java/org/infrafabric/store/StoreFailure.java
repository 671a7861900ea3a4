package org.infrafabric.store;

/** The store could not do what was asked: disk full, read-only, broken file, queue full, closed. The transaction left nothing behind. */
public final class StoreFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    public StoreFailure(String message) { super(message); }

    public StoreFailure(String message, Throwable cause) { super(message, cause); }
}
