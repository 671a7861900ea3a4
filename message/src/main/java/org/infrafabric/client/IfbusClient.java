package org.infrafabric.client;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.infrafabric.message.IfMessage;
import org.infrafabric.message.MessageRefused;
import org.infrafabric.message.Signatures;
import org.infrafabric.message.SigningKey;
import org.infrafabric.message.VerifyKey;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An agent's way to the bus (CONTRACT §2): escalate, wait for the people, obey.
 *
 * <pre>{@code
 * IfbusClient bus = IfbusClient.connect(URI.create("http://127.0.0.1:8080"), token).pin(busKey).patient(Duration.ofSeconds(30));
 * Receipt receipt = bus.escalate(message, key);
 * SignedDecision answer = bus.awaitDecision(receipt, Duration.ofMinutes(10));
 * if (answer.decision().verdict() == Decision.Verdict.APPROVE) act();
 * }</pre>
 *
 * <p>Immutable; any thread may call, and each call blocks its thread until it is answered, fails or the thread is interrupted. Every call throws
 * {@link IfbusException.Unreachable} when no bus answers, {@link IfbusException.Refused} when it says no, and {@link IfbusException.Unproven} when what
 * answers does not speak as a bus does. Whatever is thrown: there is no decision, so the answer is no.
 */
public final class IfbusClient {
    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final Duration LONGEST = Duration.ofDays(365);            // keeps nanoseconds within a long
    private static final Duration POLL = Duration.ofSeconds(1);              // without an event stream
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(15);       // beside one that says nothing
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._~:-]{1,119}");

    private final BusHttp http;
    private final List<VerifyKey> pinned;
    private final Duration patience;

    private IfbusClient(BusHttp http, List<VerifyKey> pinned, Duration patience) {
        this.http = http;
        this.pinned = pinned;
        this.patience = patience;
    }

    /**
     * A client; nothing is sent yet.
     *
     * @param server {@code http://} or {@code https://}, host and port, perhaps a path before {@code /v1}
     * @param token the agent's bearer token; it is sent to that server only, redirects are not followed
     */
    public static IfbusClient connect(URI server, String token) {
        return new IfbusClient(BusHttp.at(server, token, ANSWER), List.of(), Duration.ZERO);
    }

    /** The same client, which takes decisions of these keys only. Without a pin it believes the keys that the server names at {@code /v1/keys}. */
    public IfbusClient pin(VerifyKey... busKeys) {
        return new IfbusClient(http, List.of(busKeys), patience);
    }

    /**
     * The same client, which sends a message again for so long while the bus is away or asks for patience (429, 503), as late as its {@code Retry-After} says.
     * That is safe, since the bus takes the same message once. At most {@link Signatures#STALE_AFTER}: after that the bus refuses the message as stale.
     */
    public IfbusClient patient(Duration limit) {
        return new IfbusClient(http, pinned, limit.compareTo(Signatures.STALE_AFTER) > 0 ? Signatures.STALE_AFTER : limit);
    }

    /** The same client, which gives up on an answer that is not there, to its last byte, after so long; 30 s else. */
    public IfbusClient answeringWithin(Duration limit) {
        return new IfbusClient(http.answeringWithin(limit), pinned, patience);
    }

    /** The same way to the same bus with another agent's token. */
    public IfbusClient as(String token) {
        return new IfbusClient(http.as(token), pinned, patience);
    }

    /** Signs the message and sends it. A {@code signature} that it had is replaced. */
    public Receipt escalate(ObjectNode message, SigningKey key) throws IfbusException, MessageRefused, InterruptedException {
        return escalate(IfMessage.of(Signatures.sign(message, key)));
    }

    /** Sends a message as it is. Sending it again is safe: the bus takes it once. */
    public Receipt escalate(IfMessage message) throws IfbusException, InterruptedException {
        byte[] body = message.original().toString().getBytes(StandardCharsets.UTF_8);
        long end = System.nanoTime() + patience.toNanos();
        for (Duration pause = FIRST_PAUSE;; pause = shorter(pause.multipliedBy(2), LONGEST_PAUSE)) {
            try {
                BusHttp.Answer answer = http.post("/v1/escalations", body);
                ObjectNode json = answer.json();
                return new Receipt(json.path("id").asString(""), json.path("traceId").asString(""), json.path("state").asString(""),
                        json.path("href").asString(""), message.requestSha256(), answer.status() == 200);
            } catch (IfbusException.Refused e) {
                if (!e.isPassing()) throw e;
                pause(e.retryAfter().orElse(pause), end, e);
            } catch (IfbusException.Unreachable e) {
                pause(pause, end, e);
            }
        }
    }

    private static void pause(Duration pause, long end, IfbusException why) throws IfbusException, InterruptedException {
        if (end - System.nanoTime() <= pause.toNanos()) throw why;
        TimeUnit.NANOSECONDS.sleep(pause.toNanos());
    }

    public EscalationStatus status(String id) throws IfbusException, InterruptedException {
        return EscalationStatus.of(http.get(path(id)).json());
    }

    /** Calls the escalation off; a decision that was already made stands. */
    public EscalationStatus cancel(String id) throws IfbusException, InterruptedException {
        return EscalationStatus.of(http.delete(path(id)).json());
    }

    /** The agent that the token speaks for; empty when it speaks for every agent of the bus. */
    public Optional<String> agent() throws IfbusException, InterruptedException {
        return Optional.of(http.get("/v1/whoami").json().path("id").asString("")).filter(id -> !id.isEmpty());
    }

    /** The hazards that a message may name on this bus. */
    public List<String> hazards() throws IfbusException, InterruptedException {
        return http.get("/v1/hazards").json().path("hazards").valueStream().map(hazard -> hazard.asString("")).toList();
    }

    /** The keys that the server says are its own. */
    public List<VerifyKey> keys() throws IfbusException, InterruptedException {
        List<VerifyKey> keys = new ArrayList<>();
        for (JsonNode key : http.get("/v1/keys").json().path("keys")) {
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
        return awaitDecision(receipt.id(), Optional.of(receipt.requestSha256()), timeout, status -> {});
    }

    /** The same for an escalation whose request is not at hand; the caller compares {@code requestSha256} if it can. */
    public SignedDecision awaitDecision(String id, Duration timeout) throws IfbusException, InterruptedException {
        return awaitDecision(id, Optional.empty(), timeout, status -> {});
    }

    /**
     * The same, telling how it stands on the way.
     *
     * @param requestSha256 what was asked, {@link Receipt#requestSha256}; the decision must name it
     * @param seen told, on the caller's thread, each time the bus has been asked: at once, when something happened, and now and then
     */
    public SignedDecision awaitDecision(String id, Optional<String> requestSha256, Duration timeout, Consumer<EscalationStatus> seen)
            throws IfbusException, InterruptedException {
        long end = System.nanoTime() + shorter(timeout, LONGEST).toNanos();
        String events = path(id) + "/events";
        EventStream stream = http.follow(events, "");
        String trouble = "";
        try {
            while (true) {
                // The stream is opened, or seen to have ended, before the bus is asked: nothing can happen unseen in between.
                boolean alone = stream.ended();
                try {
                    EscalationStatus status = status(id);
                    seen.accept(status);
                    trouble = "";
                    if (status.decision().isPresent())
                        return DecisionProof.of(id, requestSha256, status.decision().get(), pinned, pinned.isEmpty() ? keys() : pinned);
                } catch (IfbusException.Unreachable e) {
                    trouble = " (" + e.getMessage() + ")";
                } catch (IfbusException.Refused e) {
                    if (!e.isPassing()) throw e;
                    trouble = " (" + e.getMessage() + ")";
                }
                long left = end - System.nanoTime();
                if (left <= 0)
                    throw new IfbusException.TimedOut("no decision on " + id + " within " + timeout + trouble + "; it goes on, await it again");
                if (alone) {
                    TimeUnit.NANOSECONDS.sleep(Math.min(left, POLL.toNanos()));
                    stream = http.follow(events, stream.lastEventId());
                } else {
                    stream.awaitNews(Math.min(left, LOOK_AGAIN.toNanos()));
                }
            }
        } finally {
            stream.close();
        }
    }

    private static Duration shorter(Duration one, Duration other) { return one.compareTo(other) < 0 ? one : other; }

    private static String path(String id) {
        if (!ID.matcher(id).matches()) throw new IllegalArgumentException("is no id of an escalation: " + id);
        return "/v1/escalations/" + id;
    }
}
