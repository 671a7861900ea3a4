package org.infrafabric.server;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.infrafabric.message.Rfc3339;
import org.infrafabric.testkit.Await;

/** A whole bus on free loopback ports, with a token for each role and generous rates. */
final class RealBus extends AskedApi {
    static final String AGENT = "if://agent/a";
    static final int MAX_BODY = 65_536;
    /** Values for the parameters of paths: the escalation is there and has ended, all else is well formed and not there. */
    static final Map<String, String> PLACES = Map.of("id", "esc-1", "participant", "nobody@x", "hash", "0".repeat(64), "file", "none",
            "/v1/witness/blobs/{id}", "/v1/witness/blobs/b" + "0".repeat(24));
    private static final Map<String, String> TOKENS = Map.of("operator", "operator-token-0123456789", "agent", "agent-token-0123456789", "guardian",
            "guardian-token-0123456789", "edge", "edge-token-0123456789");

    private final Bus bus;

    RealBus(Path folder) throws IOException {
        String config = """
                data: %s
                http: { listen: "127.0.0.1:0" }
                sip: { listen: ["udp:127.0.0.1:0"] }
                agents: [ { id: "%s", token: "%s" } ]
                operators: [ { id: op, token: "%s" } ]
                guardians: [ { id: sage, uri: "sip:sage@127.0.0.1:9", token: "%s" } ]
                edges: [ { id: edge-1, token: "%s" } ]
                council: { quorum: 1 }
                guard: { requireSignatures: false }
                limits: { requestsPerSecond: 100000, burst: 100000, maxBody: %d }
                """.formatted(folder.resolve("data"), AGENT, TOKENS.get("agent"), TOKENS.get("operator"), TOKENS.get("guardian"), TOKENS.get("edge"),
                MAX_BODY);
        bus = Bus.start(Config.parse("test", config, folder));
    }

    /** Sends the escalation that {@link #PLACES} names; nobody can be rung for it, so the guard denies it. */
    void denyOne() throws Exception {
        post("/v1/escalations", "agent", message("esc-1"));
        Await.that("the denial", Duration.ofSeconds(20), () -> bus.escalation("esc-1").filter(view -> view.state().equals("DENIED")).isPresent());
    }

    static String message(String id) {
        return """
                {"id":"%s","timestamp":"%s","level":2,"source":"%s","destination":"if://service/guard/council","version":"1.0","traceId":"%s",
                 "payload":{"performative":"ESCALATE","hazards":["legal"],"severity":"high","summary":"May I?"}}"""
                .formatted(id, Rfc3339.format(Instant.now().truncatedTo(ChronoUnit.MILLIS)), AGENT, "ab".repeat(16));
    }

    @Override
    String self() { return "http://" + bus.http(); }

    /** {@code name}: a role, or what to send itself. */
    @Override
    String bearer(String name) { return TOKENS.getOrDefault(name, name); }

    /** How long the log is: what has changed anything stands in it. */
    long entries() {
        return get("/v1/witness/head", "operator").json().path("entries").asLong();
    }

    @Override
    public void close() {
        super.close();
        bus.close();
    }
}
