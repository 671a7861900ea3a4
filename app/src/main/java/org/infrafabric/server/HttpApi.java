package org.infrafabric.server;

/** The HTTP API and the dashboard (CONTRACT §2). */
public final class HttpApi implements AutoCloseable {
    private final HttpSettings settings;
    private final HttpParts parts;

    public HttpApi(HttpSettings settings, HttpParts parts) {
        this.settings = settings;
        this.parts = parts;
    }

    /** Begins to listen; gives the port. */
    public int start() {
        if (!parts.ready().getAsBoolean()) return settings.port();
        throw new UnsupportedOperationException("not yet");
    }

    @Override
    public void close() {}
}
