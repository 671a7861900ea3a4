package org.infrafabric.escalate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.infrafabric.call.CallFailure;
import org.infrafabric.call.CallOrder;
import org.infrafabric.call.IncomingCall;
import org.infrafabric.call.Leg;
import org.infrafabric.call.LegEnd;
import org.infrafabric.call.Provenance;
import org.infrafabric.media.AudioPort;
import org.infrafabric.message.TraceIds;
import org.junit.jupiter.api.Test;

class CallsThatComeInTest {
    private final Bus bus = new Bus();

    @Test
    void shouldLetAGuardianIn() {
        bus.ringing().answer("ada").press("ada", '1').advance(Duration.ofSeconds(2));
        Incoming call = new Incoming("sip:sage@test", "0af7651916cd43dd8448eb211c80319c");
        bus.desk.onIncoming(call);
        bus.timers.settle();
        assertThat(call.answered).isTrue();
        assertThat(bus.view("esc-1").state()).isEqualTo("IN_COUNCIL");
    }

    @Test
    void shouldLetAGuardianInWhoHasNothingButAPassword() {
        bus.ringing().answer("ada").press("ada", '1').advance(Duration.ofSeconds(2));
        Incoming unproven = new Incoming("sip:sage@test", "");
        bus.desk.onIncoming(unproven);
        assertThat(unproven.refused).contains(CallFailure.DENIED_BY_GUARD);
        Incoming call = new Incoming("sip:sage@test", "");
        call.authenticated = true;
        bus.desk.onIncoming(call);
        bus.timers.settle();
        assertThat(call.answered).isTrue();
        assertThat(bus.view("esc-1").state()).isEqualTo("IN_COUNCIL");
    }

    @Test
    void shouldKeepTheTokenOfEachFurtherInviteBeforeItGoesOut() {
        bus.ringing();
        boolean[] sent = new boolean[1];
        Bus.Phone phone = bus.phones.getFirst();
        phone.listener.onTokenChanged(phone, () -> sent[0] = true);
        assertThat(sent[0]).as("not before it is durable").isFalse();
        bus.timers.settle();
        assertThat(sent[0]).isTrue();
    }

    @Test
    void shouldTurnStrangersAway() {
        bus.ringing();
        Incoming stranger = new Incoming("sip:mallory@test", "0af7651916cd43dd8448eb211c80319c");
        bus.desk.onIncoming(stranger);
        assertThat(stranger.refused).contains(CallFailure.DENIED_BY_GUARD);
        Incoming elsewhere = new Incoming("sip:ada@test", TraceIds.random(new java.util.SplittableRandom(7)));
        bus.desk.onIncoming(elsewhere);
        assertThat(elsewhere.refused).contains(CallFailure.NOT_FOUND);
        assertThat(bus.events("IF.call")).contains("call_refused");
    }

    @Test
    void shouldKeepNothingOfACallerWhoGaveUpInTheSameMoment() {
        bus.ringing();
        Incoming late = new Incoming("sip:ada@test", bus.view("esc-1").traceId());
        late.gaveUp = true;
        bus.desk.onIncoming(late);
        bus.timers.settle();
        assertThat(late.answered).isTrue();
        assertThat(tokensInStore())
                .isSubsetOf(bus.phones.stream().filter(phone -> phone.dialled && !phone.ended).map(Bus.Phone::resumeToken).toList());
        assertThat(bus.events("IF.call")).contains("call_taken", "call_ended");
    }

    private List<String> tokensInStore() {
        return bus.store.read(tx -> tx.query("SELECT token FROM escalation_legs", row -> row.text(0)));
    }

    private final class Incoming implements IncomingCall {
        private final String from;
        private final String trace;
        private boolean answered;
        private boolean authenticated;
        private boolean gaveUp;
        private Optional<CallFailure> refused = Optional.empty();

        private Incoming(String from, String trace) {
            this.from = from;
            this.trace = trace;
        }

        @Override
        public String from() { return from; }

        @Override
        public String to() { return "sip:bus@test"; }

        @Override
        public String source() { return "127.0.0.1:5060"; }

        @Override
        public Optional<Provenance> provenance() {
            return trace.isEmpty() ? Optional.empty() : Optional.of(new Provenance(trace, List.of("legal"), "00"));
        }

        @Override
        public boolean authenticated() { return authenticated; }

        @Override
        public void ring() {}

        @Override
        public Leg answer(AudioPort audio, Leg.Listener listener) {
            answered = true;
            Bus.Phone phone = bus.new Phone(new CallOrder(from, "", provenance(), audio), listener);
            if (gaveUp) {
                listener.onEnded(phone, new LegEnd(Optional.of(CallFailure.CANCELLED), true, 487, ""));
                return phone;
            }
            phone.dialled = true;
            bus.phones.add(phone);
            bus.timers.execute(phone::answer);
            return phone;
        }

        @Override
        public void refuse(CallFailure why) { refused = Optional.of(why); }

        @Override
        public void onCancelled(Runnable action) {}
    }
}
