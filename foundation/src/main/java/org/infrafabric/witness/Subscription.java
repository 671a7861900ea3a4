package org.infrafabric.witness;

/** Follows the log until closed. */
public interface Subscription extends AutoCloseable {
    /** Ends it; a call of the consumer that already runs may still end. */
    @Override
    void close();
}
