package org.infrafabric.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.infrafabric.message.IfMessage;
import org.infrafabric.message.MessageRefused;
import org.infrafabric.message.Signatures;
import org.infrafabric.message.SigningKey;
import org.infrafabric.message.StrictJson;
import org.infrafabric.message.VerifyKey;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An agent's way to the bus (CONTRACT §2): escalate, wait for the people, obey.
 *
 * <pre>{@code
 * IfbusClient bus = IfbusClient.connect(URI.create("http://127.0.0.1:8080"), token).pin(busKey);
 * Receipt receipt = bus.escalate(message, key);
 * SignedDecision answer = bus.awaitDecision(receipt, Duration.ofMinutes(10));
 * }</pre>
 *
 * <p>Immutable; any thread may call, and each call blocks its thread. Every call throws {@link IfbusException.Unreachable} when no bus answers and
 * {@link IfbusException.Refused} when it says no.
 */
public final class IfbusClient {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofSeconds(1);              // without an event stream
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(15);       // beside one that says nothing
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._~:-]{1,119}");
    private static final Pattern SECONDS = Pattern.compile("\\d{1,6}");

    private final HttpClient http;
    private final String base;
    private final String token;
    private final List<VerifyKey> pinned;

    private IfbusClient(HttpClient http, String base, String token, List<VerifyKey> pinned) {
        this.http = http;
        this.base = base;
        this.token = token;
        this.pinned = pinned;
    }

    /**
     * A client; nothing is sent yet.
     *
     * @param server {@code http://} or {@code https://}, host and port, perhaps a path before {@code /v1}
     * @param token the agent's bearer token; it is sent to that server only, redirects are not followed
     */
    public static IfbusClient connect(URI server, String token) {
        if (server.getHost() == null || !("http".equals(server.getScheme()) || "https".equals(server.getScheme()))) {
            throw new IllegalArgumentException("a bus is at http://HOST:PORT or https://HOST:PORT, not at " + server);
        }
        String text = server.toString();
        while (text.endsWith("/")) text = text.substring(0, text.length() - 1);
        HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT)
                .followRedirects(HttpClient.Redirect.NEVER).build();
        return new IfbusClient(http, text, token, List.of());
    }

    /** The same client, which takes decisions of these keys only. Without a pin it believes the keys that the server names at {@code /v1/keys}. */
    public IfbusClient pin(VerifyKey... busKeys) {
        return new IfbusClient(http, base, token, List.of(busKeys));
    }

    /** Signs the message and sends it. A {@code signature} that it had is replaced. */
    public Receipt escalate(ObjectNode message, SigningKey key) throws IfbusException, MessageRefused, InterruptedException {
        return escalate(IfMessage.of(Signatures.sign(message, key)));
    }

    /** Sends a message as it is. Sending it again is safe: the bus takes it once. */
    public Receipt escalate(IfMessage message) throws IfbusException, InterruptedException {
        byte[] body = message.original().toString().getBytes(StandardCharsets.UTF_8);
        HttpResponse<InputStream> response = send(
                request("/v1/escalations").header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofByteArray(body)));
        ObjectNode json = read(response);
        return new Receipt(json.path("id").asString(""), json.path("traceId").asString(""), json.path("state").asString(""),
                json.path("href").asString(""),
                message.requestSha256(), response.statusCode() == 200);
    }

    public EscalationStatus status(String id) throws IfbusException, InterruptedException {
        return EscalationStatus.of(read(send(request(path(id)).GET())));
    }

    /** Calls the escalation off; a decision that was already made stands. */
    public EscalationStatus cancel(String id) throws IfbusException, InterruptedException {
        return EscalationStatus.of(read(send(request(path(id)).DELETE())));
    }

    /** The keys that the server says are its own. */
    public List<VerifyKey> keys() throws IfbusException, InterruptedException {
        ObjectNode json = read(send(request("/v1/keys").GET()));
        List<VerifyKey> keys = new ArrayList<>();
        for (JsonNode key : json.path("keys")) {
            try {
                keys.add(VerifyKey.parse(key.path("publicKey").asString("")));
            } catch (IllegalArgumentException e) {
                throw new IfbusException.Unproven("the server names a key that is none: " + e.getMessage());
            }
        }
        return keys;
    }

    /**
     * Waits for the decision and verifies it: signature, and that it answers just the message of the receipt. The bus's event stream is followed and resumed;
     * where there is none, the bus is asked each second. A bus that restarts meanwhile is waited for.
     *
     * @throws IfbusException.TimedOut when there is no decision yet
     * @throws IfbusException.Unproven when what came is not to be trusted
     */
    public SignedDecision awaitDecision(Receipt receipt, Duration timeout) throws IfbusException, InterruptedException {
        return await(receipt.id(), Optional.of(receipt.requestSha256()), timeout);
    }

    /** The same for an escalation whose request is not at hand; the caller compares {@code requestSha256} if it can. */
    public SignedDecision awaitDecision(String id, Duration timeout) throws IfbusException, InterruptedException {
        return await(id, Optional.empty(), timeout);
    }

    private SignedDecision await(String id, Optional<String> requestSha256, Duration timeout) throws IfbusException, InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        EventStream events = follow(id, "");
        try {
            while (true) {
                // The stream is opened, or seen to have ended, before the bus is asked: nothing can happen unseen in between.
                boolean alone = events.ended();
                Optional<ObjectNode> decision = decided(id);
                if (decision.isPresent()) return DecisionProof.of(id, requestSha256, decision.get(), pinned, pinned.isEmpty() ? keys() : pinned);
                long left = end - System.nanoTime();
                if (left <= 0) throw new IfbusException.TimedOut("no decision on " + id + " within " + timeout + "; it goes on, await it again");
                if (alone) {
                    TimeUnit.NANOSECONDS.sleep(Math.min(left, POLL.toNanos()));
                    events = follow(id, events.lastEventId());
                } else {
                    events.awaitNews(Math.min(left, LOOK_AGAIN.toNanos()));
                }
            }
        } finally {
            events.close();
        }
    }

    /** Empty while there is no decision, or no bus to ask just now. */
    private Optional<ObjectNode> decided(String id) throws IfbusException, InterruptedException {
        try {
            return status(id).decision();
        } catch (IfbusException.Unreachable e) {
            return Optional.empty();
        } catch (IfbusException.Refused e) {
            if (e.status() == 429 || e.status() >= 500) return Optional.empty();
            throw e;
        }
    }

    private EventStream follow(String id, String lastEventId) {
        EventStream events = new EventStream(lastEventId);
        HttpRequest.Builder request = request(path(id) + "/events").header("Accept", "text/event-stream").GET();
        if (!lastEventId.isEmpty()) request.header("Last-Event-ID", lastEventId);
        var unused = http.sendAsync(request.build(), info -> {
            boolean stream = info.statusCode() == 200 && info.headers().firstValue("Content-Type").orElse("").startsWith("text/event-stream");
            if (!stream) events.end();
            return stream ? HttpResponse.BodySubscribers.fromSubscriber(events) : HttpResponse.BodySubscribers.replacing(null);
        }).whenComplete((response, failure) -> events.end());
        return events;
    }

    private static String path(String id) {
        if (!ID.matcher(id).matches()) throw new IllegalArgumentException("is no id of an escalation: " + id);
        return "/v1/escalations/" + id;
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(base + path)).header("Authorization", "Bearer " + token);
    }

    private HttpResponse<InputStream> send(HttpRequest.Builder request) throws IfbusException, InterruptedException {
        try {
            return http.send(request.timeout(ANSWER).build(), HttpResponse.BodyHandlers.ofInputStream());
        } catch (IOException e) {
            throw new IfbusException.Unreachable("no bus answers at " + base + " (" + e + "); is ifbus serve running there?", e);
        }
    }

    private ObjectNode read(HttpResponse<InputStream> response) throws IfbusException {
        byte[] body;
        try (InputStream in = response.body()) {
            body = in.readNBytes(StrictJson.MAX_BYTES + 1);
        } catch (IOException e) {
            throw new IfbusException.Unreachable("the answer of " + base + " broke off", e);
        }
        boolean done = response.statusCode() / 100 == 2;
        try {
            ObjectNode json = StrictJson.parse(body);
            if (done) return json;
            throw new IfbusException.Refused(response.statusCode(), json.path("code").asString(""), json.path("field").asString(""),
                    json.path("detail").asString(json.path("title").asString("")), retryAfter(response));
        } catch (MessageRefused e) {
            if (done) throw new IfbusException.Unproven("the answer of " + base + " is not what a bus says: " + e.detail());
            throw new IfbusException.Refused(response.statusCode(), "", "", "without a reason", retryAfter(response));
        }
    }

    private static @Nullable Duration retryAfter(HttpResponse<?> response) {
        return response.headers().firstValue("Retry-After").filter(text -> SECONDS.matcher(text).matches()).map(Long::parseLong)
                .map(Duration::ofSeconds).orElse(null);
    }
}
