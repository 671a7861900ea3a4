package org.infrafabric.escalate;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import org.infrafabric.escalate.EscalationRows.Delivery;
import org.infrafabric.time.Timers;
import org.infrafabric.witness.Change;
import org.infrafabric.witness.Draft;
import org.infrafabric.witness.EventType;
import org.infrafabric.witness.Witness;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Brings decisions to the agents' callbacks: at least once, with growing and scattered pauses, for a day (CONTRACT §3). What is under way stands in the store, so that it goes
 * on after a restart. Owner's thread; the sending itself runs where it may block.
 */
final class Deliveries {
    private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofHours(1);
    private static final int AT_ONCE = 32;

    private final DeskParts parts;
    private final EscalationRows rows;
    private final Witness witness;
    private final Timers timers;
    private final Executor owner;
    private final Semaphore sending = new Semaphore(AT_ONCE);
    private boolean stopped;

    Deliveries(DeskParts parts, EscalationRows rows) {
        this.parts = parts;
        this.rows = rows;
        this.witness = parts.witness();
        this.timers = parts.timers();
        this.owner = parts.owner();
    }

    /** What a former life left undelivered. */
    void resume(List<Delivery> left) {
        for (Delivery delivery : left) {
            Duration wait = Duration.ofMillis(Math.clamp(delivery.nextMillis() - wallMillis(), 0, LONGEST_PAUSE.toMillis()));
            var unused = timers.after(wait, () -> begin(delivery)); // the list of hosts may have changed meanwhile
        }
    }

    /** The decision is in the store, and so is this delivery. */
    void begin(Delivery delivery) {
        if (stopped) return;
        Optional<String> why = AllowedHosts.unfit("a callback", delivery.callback(), parts.settings().callbackHosts());
        if (why.isPresent()) giveUp(delivery, why.get());
        else send(delivery);
    }

    /** Nothing more is sent in this life. */
    void stop() { stopped = true; }

    private void send(Delivery delivery) {
        if (stopped) return;
        parts.blocking().execute(() -> {
            String outcome = "";
            int status = 0;
            sending.acquireUninterruptibly();
            try {
                String decision = rows.decision(delivery.escalation()).orElseThrow(() -> new IOException("there is no decision to deliver"));
                status = parts.courier().post(URI.create(delivery.callback()), decision.getBytes(StandardCharsets.UTF_8));
                if (status / 100 != 2) outcome = "HTTP " + status;
            } catch (IOException | RuntimeException e) {
                outcome = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            } finally {
                sending.release();
            }
            String failure = outcome;
            int answered = status;
            owner.execute(() -> sent(delivery, answered, failure));
        });
    }

    private void sent(Delivery delivery, int status, String failure) {
        if (stopped) return; // still in the store; sent once more by the next life
        int attempts = delivery.attempts() + 1;
        if (failure.isEmpty()) {
            finish(delivery, EventType.DECISION_DELIVERED,
                    Payload.of("escalation", delivery.escalation(), "host", host(delivery.callback()), "status",
                            status, "attempts", attempts));
            return;
        }
        Duration pause = scattered(pause(attempts));
        long next = wallMillis() + pause.toMillis();
        Delivery again = new Delivery(delivery.escalation(), delivery.trace(), delivery.callback(), attempts, delivery.firstMillis(), next);
        if (waited(attempts).compareTo(parts.settings().deliverFor()) > 0) {
            giveUp(again, failure);
            return;
        }
        keep(new Change(List.of(), (tx, sealed) -> EscalationRows.deliver(tx, again)), delivery.escalation());
        var unused = timers.after(pause, () -> send(again));
    }

    private void giveUp(Delivery delivery, String why) {
        finish(delivery, EventType.DELIVERY_FAILED, Payload.of("escalation", delivery.escalation(), "host", host(delivery.callback()), "reason",
                Trickle.brief(why), "attempts", delivery.attempts()));
    }

    private void finish(Delivery delivery, EventType how, ObjectNode payload) {
        keep(new Change(List.of(new Draft(how, delivery.trace(), payload)), (tx, sealed) -> EscalationRows.delivered(tx, delivery.escalation())),
                delivery.escalation());
    }

    /** What cannot be kept is delivered once more after a restart: at least once, never less. */
    private void keep(Change change, String escalation) {
        var unused = witness.append(change).whenComplete((entries, failure) -> {
            if (failure != null) LOG.warn("The delivery of {}.decision could not be noted: {}", escalation, failure.toString());
        });
    }

    /** Agents that were told at one time do not all come back at one time: between three quarters and the whole. */
    private Duration scattered(Duration pause) {
        long millis = pause.toMillis();
        return Duration.ofMillis(millis - parts.random().nextLong(millis / 4 + 1));
    }

    /** How long it has been tried; from the attempts, since a wall clock that jumps must not make a decision be given up. */
    private static Duration waited(int attempts) {
        Duration sum = Duration.ZERO;
        for (int i = 1; i <= attempts; i++) sum = sum.plus(pause(i));
        return sum;
    }

    /** Before the attempt that follows so many; the longest. */
    static Duration pause(int attempts) {
        Duration grown = FIRST_PAUSE.multipliedBy(1L << Math.min(attempts - 1, 20));
        return grown.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : grown;
    }

    private static String host(String callback) {
        try {
            return Optional.ofNullable(new URI(callback).getAuthority()).map(Trickle::brief).orElse("");
        } catch (java.net.URISyntaxException e) {
            return "";
        }
    }

    private long wallMillis() { return timers.wallTime().toEpochMilli(); }
}
