package org.infrafabric.server;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.infrafabric.guard.Guard;
import org.infrafabric.message.IfMessage;
import org.infrafabric.message.MessageRefused;
import org.infrafabric.message.Rfc3339;
import org.infrafabric.phones.Phone;
import org.infrafabric.phones.PhoneEvent;
import org.infrafabric.phones.PhoneSettings;
import org.infrafabric.phones.Phones;
import org.infrafabric.phones.Script;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * One judgement and one call between two phones of our own, on loopback, while the HTTP server starts: so that the first real call does not wait for classes to be
 * loaded. It touches neither the log nor the guard's counters, and nothing depends on its success.
 */
final class Rehearsal {
    private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);
    private static final Duration AT_MOST = Duration.ofMillis(1_500);

    private Rehearsal() {}

    /** Completes when it is over, however it went; {@link #AT_MOST} bounds it. */
    static CompletableFuture<Void> begin(Guard guard, Instant now) {
        CompletableFuture<Void> over = new CompletableFuture<>();
        Thread.ofVirtual().name("rehearsal").start(() -> {
            try {
                guard.judge(message(now), now);
                call();
            } catch (IOException | MessageRefused | RuntimeException odd) {
                LOG.info("The rehearsal did not come about: {}", odd.toString());
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            } finally {
                over.complete(null);
            }
        });
        return over;
    }

    private static void call() throws IOException, InterruptedException {
        CountDownLatch heard = new CountDownLatch(1);
        try (Phones phones = Phones.onLoopback();
                Phone callee = phones.start(PhoneSettings.named("rehearsal-callee"), Script.answer(Duration.ZERO).press("1"), (phone, event) -> {});
                Phone caller = phones.start(PhoneSettings.named("rehearsal-caller"), Script.never(), (phone, event) -> {
                    if (event instanceof PhoneEvent.HeardDigit) heard.countDown();
                })) {
            caller.call(callee.uri());
            if (!heard.await(AT_MOST.toMillis(), TimeUnit.MILLISECONDS)) LOG.debug("The rehearsal was not heard to its end");
        }
    }

    private static IfMessage message(Instant now) throws MessageRefused {
        ObjectNode message = JsonMapper.shared().createObjectNode().put("id", "rehearsal").put("timestamp", Rfc3339.format(now)).put("level", 1)
                .put("source", "if://bus/rehearsal").put("destination", "if://bus/rehearsal");
        message.putObject("payload").put("performative", "INFORM").put("summary", "").putArray("hazards");
        return IfMessage.of(message);
    }
}
