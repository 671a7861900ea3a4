package org.infrafabric.server;

import io.javalin.http.Context;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.function.Supplier;
import org.infrafabric.client.IfbusClient;
import org.infrafabric.mcp.Caller;
import org.infrafabric.mcp.StreamableHttp;
import org.jspecify.annotations.Nullable;

/**
 * {@code /mcp}: the tools for agents that speak the Model Context Protocol, with the agent's own bearer token. They ask this server over HTTP, as a client with that
 * token: what an agent may see and do is settled in one place. Built at the first request, since most buses never have one.
 */
final class McpRoutes implements AutoCloseable {
    private final Supplier<URI> self;
    private final int maxBody;
    private @Nullable StreamableHttp http;
    private @Nullable IfbusClient bus;

    /** @param self where this server can be reached from this machine */
    McpRoutes(Supplier<URI> self, int maxBody) {
        this.self = self;
        this.maxBody = maxBody;
    }

    void post(Context ctx, Principal who) throws IOException {
        byte[] body = Bodies.json(ctx, maxBody);
        Optional<String> agent = who.id().isEmpty() ? Optional.empty() : Optional.of(who.id());
        // The door let this request in, so it carries a token.
        Caller caller = new Caller(bus().as(Doorkeeper.token(ctx.header("Authorization")).orElseThrow()), agent, Optional.empty());
        http().post(who.id(), caller, body, ctx.req(), ctx.res());
    }

    void delete(Context ctx, Principal who) throws IOException { http().delete(who.id(), ctx.req(), ctx.res()); }

    @Override
    public synchronized void close() {
        if (http != null) http.close();
    }

    private synchronized StreamableHttp http() {
        if (http == null) http = new StreamableHttp(System::nanoTime);
        return http;
    }

    private synchronized IfbusClient bus() {
        if (bus == null) bus = IfbusClient.connect(self.get(), "");
        return bus;
    }
}
