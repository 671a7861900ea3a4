package org.infrafabric.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.infrafabric.message.VerifyKey;
import org.infrafabric.sip.EdgeCheck;

/** The API on a free loopback port, asked over real HTTP. Tokens: {@code op}, {@code a}, {@code b} (agents), {@code sage}, and two that are bound to nobody. */
final class RunningApi extends AskedApi {
    static final Map<String, Principal> TOKENS = Map.of(
            "op", new Principal(Role.OPERATOR, "op"),
            "a", new Principal(Role.AGENT, "if://agent/a"),
            "b", new Principal(Role.AGENT, "if://agent/b"),
            "edge", new Principal(Role.EDGE, "edge-1"),
            "sage", new Principal(Role.GUARDIAN, "sage"),
            "any-agent", new Principal(Role.AGENT, ""),
            "any-guardian", new Principal(Role.GUARDIAN, ""));

    final MemoryLog log = new MemoryLog();
    final ToldEscalations escalations = new ToldEscalations();
    final Metrics metrics = new Metrics();
    final ToldCalls control = new ToldCalls();
    volatile boolean ready = true;
    final Map<String, VerifyKey> callKeys = new ConcurrentHashMap<>();
    final GuardHouse guard = new GuardHouse();
    volatile Duration lag = Duration.ZERO;
    private final HttpApi api;
    final int port;

    RunningApi() { this(HttpSettings.defaults("127.0.0.1", 0)); }

    RunningApi(HttpSettings settings) {
        HttpParts parts = new HttpParts(escalations, log, token -> Optional.ofNullable(TOKENS.get(token)), guard.live, List.of("safety", "legal"),
                new EdgeCheck(this::callKey),
                () -> List.of(new PublishedKey(MemoryLog.KEY.keyId(), MemoryLog.KEY.verifyKey().toString(), "2026-11-21T12:00:00.000Z")),
                new CallDesk(
                        () -> CompletableFuture.completedFuture(List.of(
                                new LiveCall("c1@x", "sip:expert@127.0.0.1", "expert", "ringing", Optional.of("esc-1"), "2026-11-21T12:00:01.000Z"))),
                        control, control.rooms),
                metrics,
                () -> ready ? Optional.empty() : Optional.of("starting or stopping"), () -> lag);
        api = new HttpApi(settings, parts);
        try {
            port = api.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Those of the golden vectors. */
    private Optional<VerifyKey> callKey(String keyId) { return Optional.ofNullable(callKeys.get(keyId)); }

    List<String> routes() { return api.listed(); }

    @Override
    String self() { return "http://127.0.0.1:" + port; }

    /** Names are tokens here. */
    @Override
    String bearer(String name) { return name; }

    /** Sends these bytes as they are, and reads until the server closes or {@code lines} lines have come. */
    List<String> raw(String request, int lines) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            BufferedReader reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            return reader.lines().limit(lines).toList();
        }
    }

    String rawStatus(String path, String... headers) throws IOException {
        String head = List.of(headers).stream().map(header -> header + "\r\n").collect(Collectors.joining());
        return raw("GET " + path + " HTTP/1.1\r\n" + head + "Connection: close\r\n\r\n", 1).getFirst().split(" ")[1];
    }

    @Override
    public void close() {
        api.close();
        super.close();
        metrics.close();
        guard.close();
    }
}
