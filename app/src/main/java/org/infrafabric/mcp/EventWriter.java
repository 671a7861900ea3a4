package org.infrafabric.mcp;

import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpStreamableServerTransport;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** The event stream that answers one request. When its client does not read any more, the request is given up. */
final class EventWriter implements McpStreamableServerTransport {
    private final Requests requests;
    private final Object request;
    private final OutputStream out;
    private boolean ended;

    EventWriter(Requests requests, Object request, OutputStream out) {
        this.requests = requests;
        this.request = request;
        this.out = out;
    }

    @Override
    public Mono<Void> sendMessage(JSONRPCMessage message) { return sendMessage(message, null); }

    @Override
    public Mono<Void> sendMessage(JSONRPCMessage message, @Nullable String id) {
        return Mono.fromRunnable(() -> {
            if (message instanceof JSONRPCResponse && !requests.end(request)) return; // cancelled
            try {
                write("event: message\ndata: " + McpTools.JSON.writeValueAsString(message) + "\n\n"); // Jackson writes no line breaks of its own
            } catch (IOException gone) {
                requests.cancel(request);
            }
        });
    }

    @Override
    public <T> T unmarshalFrom(Object data, TypeRef<T> type) { return McpTools.JSON.convertValue(data, type); }

    @Override
    public Mono<Void> closeGracefully() { return Mono.empty(); }

    @Override
    public void close() {}

    /** Says from time to time that this side lives, until interrupted: it keeps the connection, and finds out when the other side is gone. */
    void beat(Duration every) {
        try {
            while (true) {
                Thread.sleep(every);
                write(": alive\n\n");
            }
        } catch (InterruptedException answered) {
            Thread.currentThread().interrupt();
        } catch (IOException gone) {
            requests.cancel(request);
        }
    }

    /** Nothing is written after this: the HTTP server uses the response for others. */
    synchronized void end() { ended = true; }

    private synchronized void write(String event) throws IOException {
        if (ended) return;
        out.write(event.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
