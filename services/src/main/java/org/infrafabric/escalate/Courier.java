package org.infrafabric.escalate;

import java.io.IOException;
import java.net.URI;

/** Brings a decision to a callback. May block; any thread. */
@FunctionalInterface
public interface Courier {
    /**
     * POSTs JSON once.
     *
     * @return the HTTP status; 2xx means that it was taken
     * @throws IOException it did not get there, or must not go there; the message says why
     */
    int post(URI target, byte[] json) throws IOException;
}
