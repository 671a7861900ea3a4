package org.infrafabric.escalate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.infrafabric.call.SilentTape;
import org.infrafabric.call.CallOrder;
import org.infrafabric.call.Dialer;
import org.infrafabric.call.Leg;
import org.infrafabric.escalate.Escalations.Submission;
import org.infrafabric.guard.Agent;
import org.infrafabric.guard.Counters;
import org.infrafabric.guard.Guard;
import org.infrafabric.guard.GuardSettings;
import org.infrafabric.guard.Policy;
import org.infrafabric.guard.Roster;
import org.infrafabric.message.Rfc3339;
import org.infrafabric.message.SigningKey;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.time.LoopTimers;
import org.infrafabric.witness.WitnessLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Real threads, a real database file, and a second life that opens what the first one left. */
@Timeout(60)
class DeskOnDiskTest {
    @TempDir Path folder;

    private final SigningKey key = SigningKey.generate();
    private final Bus stand = new Bus(); // for its bridges and voice only

    @Test
    void shouldFindItsEscalationsAgainInTheFile() throws Exception {
        Life first = new Life();
        assertThat(first.desk.submit(message("esc-1"), Bus.AGENT, System.nanoTime()).get()).isInstanceOf(Submission.Accepted.class);
        assertThat(first.calls.poll(20, TimeUnit.SECONDS)).isEqualTo("sip:ada@test");
        EscalationView before = first.desk.find("esc-1").orElseThrow();
        assertThat(before.state()).isEqualTo("RINGING");
        first.end();

        Life second = new Life();
        assertThat(second.desk.recover().get()).isEqualTo(1);
        assertThat(second.calls.poll(20, TimeUnit.SECONDS)).isEqualTo("sip:ada@test");
        assertThat(second.strays).containsExactly("token of sip:ada@test");
        EscalationView cancelled = second.desk.cancel("esc-1", "op").get().orElseThrow();
        assertThat(cancelled.state()).isEqualTo("CANCELLED");
        assertThat(cancelled.history().stream().map(EscalationView.Step::state)).containsExactly("RECEIVED", "VALIDATED", "JUDGED", "RINGING",
                "RINGING",
                "CANCELLED");
        assertThat(cancelled.history().subList(0, 4)).isEqualTo(before.history());
        assertThat(second.desk.list(Optional.of(Bus.AGENT), 10)).hasSize(1);
        second.end();
    }

    @Test
    void shouldNotForgetOverARestartHowOftenARuleHasDecidedAndAnExpertWasCalled() throws Exception {
        Life first = new Life();
        assertThat(first.desk.submit(message("esc-1"), Bus.AGENT, System.nanoTime()).get()).isInstanceOf(Submission.Accepted.class);
        assertThat(first.calls.poll(20, TimeUnit.SECONDS)).isEqualTo("sip:ada@test");
        first.end();

        Life second = new Life();
        assertThat(second.desk.submit(message("esc-2"), Bus.AGENT, System.nanoTime()).get()).isInstanceOfSatisfying(Submission.Accepted.class,
                accepted -> assertThat(accepted.view().state()).isEqualTo("DENIED"));
        List<String> counted = second.store.read(tx -> tx.query("SELECT key FROM guard_counters ORDER BY key", row -> row.text(0)));
        assertThat(counted).containsExactly("calls:sip:ada@test", "rule:once " + Bus.AGENT);
        second.end();
    }

    @Test
    void shouldSayThatItCannotGoOnRatherThanForgetAnEscalation() throws Exception {
        Life first = new Life();
        assertThat(first.desk.submit(message("esc-1"), Bus.AGENT, System.nanoTime()).get()).isInstanceOf(Submission.Accepted.class);
        assertThat(first.calls.poll(20, TimeUnit.SECONDS)).isEqualTo("sip:ada@test");
        first.end();
        try (SqliteStore store = SqliteStore.open(folder.resolve("ifbus.db"))) {
            assertThat(store.<Integer>write(tx -> tx.execute("UPDATE escalations SET kept = '{'")).join()).isEqualTo(1);
        }

        Life second = new Life();
        assertThatThrownBy(() -> second.desk.recover().get()).isInstanceOf(ExecutionException.class);
        assertThat(second.calls).isEmpty();
        second.end();
    }

    private byte[] message(String id) {
        ObjectNode message = JsonNodeFactory.instance.objectNode();
        message.put("id", id).put("timestamp", Rfc3339.format(Instant.now())).put("level", 2).put("source", Bus.AGENT).put("destination", "if://bus");
        ObjectNode payload = message.putObject("payload");
        payload.put("performative", "ESCALATE").put("summary", "May I?");
        payload.putArray("hazards").add("legal");
        return message.toString().getBytes(StandardCharsets.UTF_8);
    }

    private final class Life {
        final ScheduledExecutorService owner = Executors.newSingleThreadScheduledExecutor();
        final SqliteStore store = SqliteStore.open(folder.resolve("ifbus.db"));
        final WitnessLog log = WitnessLog.open(store, "node-1", key, InstantSource.system());
        final LinkedBlockingQueue<String> calls = new LinkedBlockingQueue<>();
        final ConcurrentLinkedQueue<String> strays = new ConcurrentLinkedQueue<>();
        final EscalationDesk desk;

        Life() {
            Guard guard = new Guard(
                    Policy.parse("once.yaml", "rules: [ { name: once, when: \"true\", then: people, limit: { most: 1, per: PT1H } } ]"),
                    new Roster(List.of(new Agent(Bus.AGENT, Optional.empty())), List.of(Bus.expert("ada")), List.of()),
                    new GuardSettings(World.RULES, false, 10), Counters.open(store, Instant.now(), System.nanoTime()));
            desk = new EscalationDesk(new DeskParts(DeskSettings.usual("if://bus/node-1", Set.of()), key, store, log, () -> guard, dialer(),
                    () -> stand.new Bridge(), id -> new SilentTape(), stand.new Words(), (uri, json) -> 200, owner, new LoopTimers(owner),
                    task -> Thread.ofVirtual().start(task), new java.util.SplittableRandom(1)));
        }

        private Dialer dialer() {
            return new Dialer() {
                @Override
                public Leg prepare(CallOrder order, Leg.Listener listener) {
                    return stand.new Phone(order, listener) {
                        @Override
                        public String resumeToken() { return "token of " + order.target(); }

                        @Override
                        public void dial() { calls.add(order.target()); }

                        @Override
                        public void hangUp(String reason) {}
                    };
                }

                @Override
                public void endStray(String resumeToken) { strays.add(resumeToken); }
            };
        }

        void end() throws Exception {
            desk.close().get();
            log.close();
            store.close();
            owner.shutdownNow();
            assertThat(owner.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        }
    }
}
