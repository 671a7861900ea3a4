package org.infrafabric.sip;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.infrafabric.call.CallOrder;
import org.infrafabric.call.IncomingCall;
import org.infrafabric.call.Leg;
import org.infrafabric.time.HandTimers;

/** Two cores on a wire that loses, doubles, delays and reorders, from a seed: every call ends, once, on both sides, and leaves nothing behind. */
class LossyWireTest {
    private static final String SETTINGS = "udp:127.0.0.1:";

    @Property(seed = "1", tries = 400)
    void shouldEndEveryCallOnceOnBothSidesWhateverTheWireDoes(@ForAll long seed) {
        Random random = new Random(seed);
        HandTimers time = new HandTimers(Instant.EPOCH);
        Side caller = new Side(5060, time, random);
        Side callee = new Side(5080, time, random);
        caller.other = callee;
        callee.other = caller;
        Leg leg = caller.core.prepare(new CallOrder("sip:expert@127.0.0.1:5080", "", Optional.empty(), new TestAudio(40_000)), caller.heard);
        leg.dial();
        caller.fiddle(leg);
        time.after(Duration.ofMillis(random.nextInt(random.nextBoolean() ? 4_000 : 60_000)), () -> leg.hangUp("caller"));
        time.advance(Duration.ofSeconds(250));

        assertThat(caller.ends()).isEqualTo(1);
        assertThat(callee.ends()).isEqualTo(callee.legs.size());
        for (Side side : List.of(caller, callee)) {
            assertThat(side.core.transactions().open()).isZero();
            assertThat(side.core.calls()).isZero();
            assertThat(side.heard.words.stream().filter("answered"::equals).count()).isLessThanOrEqualTo(side == callee ? callee.legs.size() : 1);
        }
        time.advance(Duration.ofHours(1)); // queues of long timers end with the last that was in them, forgotten or not
        assertThat(time.pending()).isZero();
    }

    private static final class Side implements Network {
        final Heard heard = new Heard();
        final List<Leg> legs = new ArrayList<>();
        final Core core;
        private final InetSocketAddress address;
        private final HandTimers time;
        private final Random random;
        private final int lossPercent;
        private Side other;

        Side(int port, HandTimers time, Random random) {
            this.address = new InetSocketAddress("127.0.0.1", port);
            this.time = time;
            this.random = random;
            lossPercent = random.nextInt(60);
            SipSettings settings = new SipSettings(List.of(Endpoint.parse(SETTINGS + port)), "sip:x@ifbus.test", "ifbus/test");
            core = new Core(settings, time, time, this, new Ids(random), this::onIncoming, EscalationHeaders.none(), SipAccess.NONE, SipJournal.NONE,
                    SipCounters.NONE,
                    (host, found) -> found.accept(Optional.empty()));
        }

        long ends() { return heard.words.stream().filter(word -> word.startsWith("ended")).count(); }

        /** Holds and resumes at odd moments, so that re-INVITEs of both sides cross each other, the ACKs and the BYEs. */
        void fiddle(Leg leg) {
            for (int i = random.nextInt(5); i > 0; i--) {
                boolean hold = random.nextBoolean();
                time.after(Duration.ofMillis(random.nextInt(20_000)), () -> {
                    boolean unused = hold ? leg.hold() : leg.resume();
                });
            }
        }

        private void onIncoming(IncomingCall call) {
            boolean[] gone = new boolean[1];
            call.onCancelled(() -> gone[0] = true);
            call.ring();
            time.after(Duration.ofMillis(random.nextInt(3000)), () -> {
                if (gone[0]) return;
                Leg leg = call.answer(new TestAudio(40_002), heard);
                legs.add(leg);
                fiddle(leg);
                time.after(Duration.ofMillis(random.nextInt(60_000)), () -> leg.hangUp("callee"));
            });
        }

        @Override
        public void send(Hop to, byte[] message, Runnable onFailure) {
            for (int copies = random.nextInt(10) == 0 ? 2 : 1; copies > 0; copies--) {
                if (random.nextInt(100) < lossPercent) continue;
                time.after(Duration.ofMillis(random.nextInt(300)), () -> other.core.onMessage(message, new Hop(Endpoint.Protocol.UDP, address, 0)));
            }
        }

        @Override
        public void connect(Hop to, Consumer<Boolean> then) { then.accept(false); }

        @Override
        public Optional<InetSocketAddress> local(Endpoint.Protocol protocol, Optional<InetSocketAddress> remote) { return Optional.of(address); }
    }
}
