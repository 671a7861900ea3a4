package org.infrafabric.mcp;

import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.server.McpSyncServerExchange;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.infrafabric.client.IfbusClient;
import org.infrafabric.client.IfbusException;
import org.infrafabric.client.Receipt;
import org.infrafabric.message.SigningKey;

/**
 * On whose behalf the tools work: an agent's way to the bus with its own token, so that nobody sees or does more here than over HTTP. Any thread.
 */
public final class Caller {
    private static final String KEY = "caller";
    private static final int REMEMBERED = 1_000;

    private final IfbusClient bus;
    private final Optional<SigningKey> key;
    private final Map<String, String> sent = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) { return size() > REMEMBERED; }
    };
    private volatile Optional<String> agent;

    /**
     * @param agent who asks, such as {@code if://agent/legal-1}; empty: the agent of the bus's token, which the bus is asked for
     * @param key what to sign with; empty: messages are built without a signature, or come signed
     */
    public Caller(IfbusClient bus, Optional<String> agent, Optional<SigningKey> key) {
        this.bus = bus;
        this.agent = agent;
        this.key = key;
    }

    static Caller of(McpSyncServerExchange exchange) { return (Caller) exchange.transportContext().get(KEY); }

    /** What a transport hands to the tools with each request. */
    McpTransportContext context() {
        return McpTransportContext.create(Map.of(KEY, this));
    }

    IfbusClient bus() { return bus; }

    Optional<SigningKey> key() { return key; }

    /** @throws IllegalArgumentException when the token speaks for all agents, and nobody said which one this is */
    String agent() throws IfbusException, InterruptedException {
        if (agent.isEmpty()) agent = bus.agent();
        return agent.orElseThrow(
                () -> new IllegalArgumentException("this token speaks for every agent of the bus: pass a whole signed message, or say who"
                        + " you are where the server is configured (ifbus mcp --agent)"));
    }

    /** Remembers what was sent, so that a decision can be held against it. */
    synchronized void sent(Receipt receipt) {
        sent.put(receipt.id(), receipt.requestSha256());
    }

    synchronized Optional<String> requestSha256(String id) { return Optional.ofNullable(sent.get(id)); }
}
