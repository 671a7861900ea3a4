package org.infrafabric.mcp;

import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.spec.HttpHeaders;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.InitializeRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpStreamableServerSession;
import io.modelcontextprotocol.spec.McpStreamableServerTransportProvider;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * MCP's Streamable HTTP: each request is a POST that is answered by JSON or, while a tool works, by an event stream. Who may come is settled before, by whoever owns
 * the HTTP server. A session belongs to the token that began it: to any other it is not there. The server asks its clients nothing, so there is no stream to GET.
 */
public final class StreamableHttp implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StreamableHttp.class);
    private static final Duration ALIVE_EVERY = Duration.ofSeconds(10);

    private final HttpSessions sessions;
    private final Provider provider = new Provider();
    private final McpSyncServer server;

    public StreamableHttp(LongSupplier nanoClock) {
        sessions = new HttpSessions(nanoClock);
        server = McpTools.over(provider);
    }

    /**
     * Takes one message and answers it; blocks while a tool works.
     *
     * @param owner whose token came with it
     * @param caller what the tools work with; used when a session begins
     */
    public void post(String owner, Caller caller, byte[] body, HttpServletRequest request, HttpServletResponse response) throws IOException {
        String accept = String.valueOf(request.getHeader("Accept"));
        if (!accept.contains("application/json") || !accept.contains("text/event-stream")) {
            refuse(response, 406, JsonRpcError.refused(null, "send 'Accept: application/json, text/event-stream'"));
            return;
        }
        String version = request.getHeader(HttpHeaders.PROTOCOL_VERSION);
        if (version != null && !McpTools.PROTOCOLS.contains(version)) {
            refuse(response, 400, JsonRpcError.refused(null, "protocol versions spoken here: " + String.join(", ", McpTools.PROTOCOLS)));
            return;
        }
        JSONRPCMessage message;
        try {
            message = McpSchema.deserializeJsonRpcMessage(McpTools.JSON, new String(body, StandardCharsets.UTF_8));
        } catch (IOException | RuntimeException e) {
            refuse(response, 400, JsonRpcError.unreadable());
            return;
        }
        if (message instanceof JSONRPCRequest asked && asked.method().equals(McpSchema.METHOD_INITIALIZE)) {
            initialize(owner, caller, asked, response);
            return;
        }
        Optional<HttpSessions.Open> open = session(owner, request, response);
        if (open.isEmpty()) return;
        if (message instanceof JSONRPCRequest asked) {
            stream(open.get(), asked, response);
            return;
        }
        if (Cancelled.by(message) instanceof Cancelled cancelled) open.get().requests().cancel(cancelled.requestId());
        else if (message instanceof JSONRPCNotification notification) in(open.get(), open.get().session().accept(notification));
        else if (message instanceof JSONRPCResponse unasked) in(open.get(), open.get().session().accept(unasked).onErrorComplete());
        response.setStatus(202);
    }

    /** Ends a session; what runs in it is given up. */
    public void delete(String owner, HttpServletRequest request, HttpServletResponse response) throws IOException {
        Optional<HttpSessions.Open> open = session(owner, request, response);
        if (open.isPresent()) sessions.end(open.get());
    }

    @Override
    public void close() {
        sessions.close();
        server.close();
    }

    private void initialize(String owner, Caller caller, JSONRPCRequest asked, HttpServletResponse response) throws IOException {
        McpStreamableServerSession.McpStreamableServerSessionInit begun = provider
                .begin(McpTools.JSON.convertValue(asked.params(), new TypeRef<>() {}));
        if (!sessions.add(owner, caller, begun.session())) {
            response.setHeader("Retry-After", "60");
            refuse(response, 503, JsonRpcError.refused(asked.id(), "too many sessions are open; end one, or try again later"));
            return;
        }
        McpSchema.InitializeResult result = begun.initResult().block();
        response.setHeader(HttpHeaders.MCP_SESSION_ID, begun.session().getId());
        json(response, 200, McpTools.JSON.writeValueAsBytes(JSONRPCResponse.result(asked.id(), result)));
    }

    /** The request's session; empty when the answer has been given: there is none of that id for this token. */
    private Optional<HttpSessions.Open> session(String owner, HttpServletRequest request, HttpServletResponse response) throws IOException {
        String id = request.getHeader(HttpHeaders.MCP_SESSION_ID);
        Optional<HttpSessions.Open> open = id == null ? Optional.empty() : sessions.find(id, owner);
        if (open.isEmpty())
            refuse(response, id == null ? 400 : 404, JsonRpcError.refused(null,
                    id == null ? "send the header " + HttpHeaders.MCP_SESSION_ID : "there is no such session any more: initialize a new one"));
        return open;
    }

    private void stream(HttpSessions.Open open, JSONRPCRequest asked, HttpServletResponse response) throws IOException {
        if (!open.requests().begin(asked.id())) {
            refuse(response, 429, JsonRpcError.refused(asked.id(), "a request of that id runs, or too many others do"));
            return;
        }
        response.setContentType("text/event-stream");
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Accel-Buffering", "no");
        EventWriter events = new EventWriter(open.requests(), asked.id(), response.getOutputStream());
        Thread alive = Thread.startVirtualThread(() -> events.beat(ALIVE_EVERY));
        try {
            in(open, open.session().responseStream(asked, events));
        } finally {
            open.requests().end(asked.id());
            boolean cancelled = Thread.interrupted();   // the thread goes on to end the answer
            alive.interrupt();
            events.end();
            if (cancelled) LOG.debug("A request was given up");
        }
    }

    private static void in(HttpSessions.Open open, Mono<Void> handling) {
        try {
            handling.contextWrite(context -> context.put(McpTransportContext.KEY, open.caller().context())).block();
        } catch (RuntimeException e) {
            if (!Thread.currentThread().isInterrupted()) throw e;   // cancelled
        }
    }

    private static void refuse(HttpServletResponse response, int status, JsonRpcError error) throws IOException {
        json(response, status, error.bytes());
    }

    private static void json(HttpServletResponse response, int status, byte[] answer) throws IOException {
        response.setStatus(status);
        response.setContentType("application/json");
        response.setHeader("Cache-Control", "no-store");
        response.getOutputStream().write(answer);
        response.getOutputStream().flush();
    }

    /** Where the SDK's server leaves its factory of sessions. */
    private static final class Provider implements McpStreamableServerTransportProvider {
        private Optional<McpStreamableServerSession.Factory> factory = Optional.empty();

        McpStreamableServerSession.McpStreamableServerSessionInit begin(InitializeRequest request) {
            return factory.orElseThrow().startSession(request);
        }

        @Override
        public void setSessionFactory(McpStreamableServerSession.Factory given) { factory = Optional.of(given); }

        @Override
        public Mono<Void> notifyClients(String method, Object parameters) { return Mono.empty(); } // there is nothing that all would want to know

        @Override
        public Mono<Void> closeGracefully() { return Mono.empty(); }

        @Override
        public void close() {}

        @Override
        public List<String> protocolVersions() { return McpTools.PROTOCOLS; }
    }
}
