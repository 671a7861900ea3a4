package org.infrafabric.mcp;

import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpServerSession;
import io.modelcontextprotocol.spec.McpServerTransport;
import io.modelcontextprotocol.spec.McpServerTransportProvider;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * MCP over stdio: one JSON-RPC message a line on each side, and nothing else on the way out. The SDK's own stdio transport knows no cancellation and ends at the
 * first line that is no JSON; this one answers such a line and goes on.
 */
public final class StdioServer {
    private static final Logger LOG = LoggerFactory.getLogger(StdioServer.class);
    private static final int MOST_REQUESTS = 64;
    private static final Duration LAST_ANSWERS = Duration.ofSeconds(2);

    private final BufferedInputStream in;
    private final OutputStream out;
    private final Caller caller;
    private final Requests requests = new Requests(MOST_REQUESTS);

    private StdioServer(InputStream in, OutputStream out, Caller caller) {
        this.in = new BufferedInputStream(in);
        this.out = out;
        this.caller = caller;
    }

    /** Serves one client until its input ends. Requests that run then have a moment to be answered; what takes longer is given up. */
    public static void run(InputStream in, OutputStream out, Caller caller) throws IOException, InterruptedException {
        new StdioServer(in, out, caller).serve();
    }

    private void serve() throws IOException, InterruptedException {
        Provider provider = new Provider();
        McpSyncServer server = McpTools.over(provider);
        McpServerSession session = provider.session();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        try {
            for (Optional<String> line = line(); line.isPresent(); line = line()) if (!line.get().isBlank()) take(session, threads, line.get());
        } finally {
            threads.shutdown();
            if (!threads.awaitTermination(LAST_ANSWERS.toMillis(), TimeUnit.MILLISECONDS)) requests.cancelAll();
            if (!threads.awaitTermination(LAST_ANSWERS.toMillis(), TimeUnit.MILLISECONDS)) LOG.debug("A request did not end in time");
            server.close();
        }
    }

    private void take(McpServerSession session, ExecutorService threads, String line) {
        JSONRPCMessage message;
        try {
            message = McpSchema.deserializeJsonRpcMessage(McpTools.JSON, line);
        } catch (IOException | RuntimeException e) {
            write(JsonRpcError.unreadable().bytes());
            return;
        }
        if (message instanceof JSONRPCRequest request) threads.execute(() -> answer(session, request));
        else if (Cancelled.by(message) instanceof Cancelled cancelled) requests.cancel(cancelled.requestId());
        else handle(session, message);
    }

    private void answer(McpServerSession session, JSONRPCRequest request) {
        if (!requests.begin(request.id())) {
            write(JsonRpcError.refused(request.id(), "a request of that id runs, or " + MOST_REQUESTS + " others do").bytes());
            return;
        }
        try {
            handle(session, request);
        } finally {
            requests.end(request.id());
        }
    }

    private void handle(McpServerSession session, JSONRPCMessage message) {
        try {
            session.handle(message).contextWrite(context -> context.put(McpTransportContext.KEY, caller.context())).block();
        } catch (RuntimeException e) {
            LOG.debug("A message was not handled to its end", e);  // cancelled, or the client is gone
        }
    }

    /** A cancelled request is not answered. */
    private void send(JSONRPCMessage message) {
        if (message instanceof JSONRPCResponse response && !requests.end(response.id())) return;
        try {
            write(McpTools.JSON.writeValueAsBytes(message));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Jackson writes no line breaks of its own, so that each message is a line. */
    private void write(byte[] message) {
        try {
            synchronized (out) {
                out.write(message);
                out.write('\n');
                out.flush();
            }
        } catch (IOException gone) {
            LOG.debug("The client does not read any more", gone);
        }
    }

    /** The next line, without its end; empty at the end of the input. A line that is too long is answered and passed over. */
    private Optional<String> line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        boolean tooLong = false;
        for (int octet = in.read(); octet >= 0; octet = in.read()) {
            if (octet == '\n') {
                if (!tooLong) return Optional.of(line.toString(StandardCharsets.UTF_8));
                write(JsonRpcError.refused(null, "a message has at most " + McpTools.LONGEST_MESSAGE + " bytes").bytes());
                return Optional.of("");
            }
            if (line.size() == McpTools.LONGEST_MESSAGE) tooLong = true;
            else line.write(octet);
        }
        return line.size() == 0 ? Optional.empty() : Optional.of(line.toString(StandardCharsets.UTF_8));
    }

    /** Hands the one session of this process to its server, and the server's words to stdout. */
    private final class Provider implements McpServerTransportProvider, McpServerTransport {
        private Optional<McpServerSession> session = Optional.empty();

        McpServerSession session() { return session.orElseThrow(); }

        @Override
        public void setSessionFactory(McpServerSession.Factory factory) { session = Optional.of(factory.create(this)); }

        @Override
        public Mono<Void> sendMessage(JSONRPCMessage message) { return Mono.fromRunnable(() -> send(message)); }

        @Override
        public <T> T unmarshalFrom(Object data, TypeRef<T> type) { return McpTools.JSON.convertValue(data, type); }

        @Override
        public Mono<Void> notifyClients(String method, Object parameters) { return session().sendNotification(method, parameters); }

        @Override
        public Mono<Void> closeGracefully() { return Mono.empty(); }

        @Override
        public void close() {}

        @Override
        public List<String> protocolVersions() { return McpTools.PROTOCOLS; }
    }
}
