package org.infrafabric.sip;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.infrafabric.call.CallFailure;
import org.infrafabric.time.HandTimers;
import org.junit.jupiter.api.Test;

/** The four transactions of RFC 3261 §17, driven by hand. */
class TransactionStatesTest {
    private final HandTimers time = new HandTimers(Instant.EPOCH);

    @Test
    void shouldDoubleTimerAUntilAProvisionalArrives() {
        InviteWorld world = new InviteWorld(false);
        advance(500);
        assertThat(world.count("invite")).isEqualTo(2);
        advance(1000);
        assertThat(world.count("invite")).isEqualTo(3);
        world.machine.onResponse(180, time.nowNanos());
        advance(40_000);
        assertThat(world.count("invite")).isEqualTo(3);
        assertThat(world.machine.state()).isEqualTo(InviteClientTransaction.State.PROCEEDING);
    }

    @Test
    void shouldGiveUpAnInviteAfterSevenSendsAnd32Seconds() {
        InviteWorld world = new InviteWorld(false);
        advance(31_999);
        assertThat(world.said).doesNotContain("failed unreachable");
        advance(1);
        assertThat(world.count("invite")).isEqualTo(7);
        assertThat(world.said).endsWith("failed unreachable", "terminated");
    }

    @Test
    void shouldNotRepeatAnInviteOverTcp() {
        InviteWorld world = new InviteWorld(true);
        advance(31_000);
        assertThat(world.count("invite")).isEqualTo(1);
    }

    @Test
    void shouldPassEveryForks2xxUpAndNeverAckIt() {
        InviteWorld world = new InviteWorld(false);
        world.machine.onResponse(200, time.nowNanos());
        world.machine.onResponse(200, time.nowNanos());
        world.machine.onResponse(486, time.nowNanos());
        assertThat(world.said).containsExactly("invite", "response 200", "response 200");
        advance(32_000);
        assertThat(world.said).endsWith("terminated");
    }

    @Test
    void shouldAckAgainWhenTheFinalResponseIsRepeated() {
        InviteWorld world = new InviteWorld(false);
        world.machine.onResponse(486, time.nowNanos());
        world.machine.onResponse(486, time.nowNanos());
        assertThat(world.said).containsExactly("invite", "ack", "response 486", "ack");
        advance(32_000);
        assertThat(world.machine.state()).isEqualTo(InviteClientTransaction.State.TERMINATED);
    }

    @Test
    void shouldCountAsCancelledWhenThePeerIsSilentAfterACancel() {
        InviteWorld world = new InviteWorld(false);
        world.machine.onResponse(180, time.nowNanos());
        world.machine.onCancelled(time.nowNanos());
        advance(32_000);
        assertThat(world.said).endsWith("failed cancelled", "terminated");
    }

    @Property(seed = "1", tries = 300)
    void shouldEndAnInviteInEveryOrderOfEvents(@ForAll boolean reliable, @ForAll @Size(max = 12) List<@IntRange(max = 8) Integer> events) {
        InviteWorld world = new InviteWorld(reliable);
        for (int event : events) {
            switch (event) {
                case 0 -> world.machine.onResponse(100, time.nowNanos());
                case 1 -> world.machine.onResponse(180, time.nowNanos());
                case 2 -> world.machine.onResponse(200, time.nowNanos());
                case 3 -> world.machine.onResponse(487, time.nowNanos());
                case 4 -> world.machine.onCancelled(time.nowNanos());
                case 5 -> world.machine.onTransportError();
                default -> advance(event * 700L);
            }
        }
        world.machine.onCancelled(time.nowNanos()); // whoever waits for ever hangs up in the end
        advance(70_000);
        assertThat(world.machine.state()).isEqualTo(InviteClientTransaction.State.TERMINATED);
        assertThat(world.count("terminated")).isEqualTo(1);
        assertThat(world.said.getLast()).isEqualTo("terminated");
    }

    @Test
    void shouldRepeatAByeUpToT2AndGiveUpAfter32Seconds() {
        List<String> said = new ArrayList<>();
        RequestClientTransaction[] machine = new RequestClientTransaction[1];
        machine[0] = new RequestClientTransaction(false, new ClientMachine.Out() {
            @Override
            public void sendRequest() { said.add("bye"); }

            @Override
            public void sendAck() { throw new AssertionError("nobody acknowledges the answer to a BYE"); }

            @Override
            public void arm(ClientMachine.Timer timer, long due) { time.at(due, () -> machine[0].onTimer(timer, time.nowNanos())); }

            @Override
            public void response(int status) { said.add("response " + status); }

            @Override
            public void failed(CallFailure why) { said.add("failed " + why.label()); }

            @Override
            public void terminated() { said.add("terminated"); }
        });
        machine[0].start(time.nowNanos());
        advance(31_999);
        assertThat(said).hasSize(11).containsOnly("bye"); // 0, .5, 1.5, 3.5, then each 4 s
        advance(1);
        assertThat(said).endsWith("failed unreachable", "terminated");
    }

    @Test
    void shouldSayTryingWhenTheUserIsSlowAndRepeatARefusalUntilItsAck() {
        ServerWorld world = new ServerWorld(false);
        advance(200);
        assertThat(world.said).containsExactly("trying");
        world.machine.onRetransmission();
        world.machine.onRespond(486, time.nowNanos());
        advance(1500);
        assertThat(world.said).containsExactly("trying", "repeat", "repeat", "repeat");
        world.machine.onAck(time.nowNanos());
        advance(5000);
        assertThat(world.said).containsExactly("trying", "repeat", "repeat", "repeat", "terminated");
    }

    @Test
    void shouldGiveUpARefusalThatIsNeverAcknowledged() {
        ServerWorld world = new ServerWorld(false);
        world.machine.onRespond(603, time.nowNanos());
        advance(31_999);
        assertThat(world.said).containsOnly("repeat").hasSize(10);
        advance(1);
        assertThat(world.said).endsWith("repeat", "terminated");
        assertThat(world.machine.state()).isEqualTo(InviteServerTransaction.State.TERMINATED);
    }

    @Test
    void shouldAbsorbARepeatedInviteOnceItIsAccepted() {
        ServerWorld world = new ServerWorld(false);
        world.machine.onRespond(200, time.nowNanos());
        world.machine.onRetransmission();
        assertThat(world.said).isEmpty();
        advance(32_000);
        assertThat(world.said).containsExactly("terminated");
    }

    @Test
    void shouldRepeatAnAnswerUntilTheAckAndThenStop() {
        List<String> said = new ArrayList<>();
        AnswerRetransmission[] machine = new AnswerRetransmission[1];
        machine[0] = new AnswerRetransmission(answerOut(said, machine));
        machine[0].start(time.nowNanos());
        advance(1600);
        assertThat(said).containsExactly("200", "200", "200");
        machine[0].onAck();
        advance(60_000);
        assertThat(said).hasSize(3);
    }

    @Test
    void shouldReportAnAnswerThatIsNeverAcknowledged() {
        List<String> said = new ArrayList<>();
        AnswerRetransmission[] machine = new AnswerRetransmission[1];
        machine[0] = new AnswerRetransmission(answerOut(said, machine));
        machine[0].start(time.nowNanos());
        advance(32_000);
        assertThat(said).endsWith("unconfirmed");
        assertThat(said.stream().filter("200"::equals)).hasSize(11);
    }

    private AnswerRetransmission.Out answerOut(List<String> said, AnswerRetransmission[] machine) {
        return new AnswerRetransmission.Out() {
            @Override
            public void sendAnswer() { said.add("200"); }

            @Override
            public void wakeAt(long due) { time.at(due, () -> machine[0].onWake(time.nowNanos())); }

            @Override
            public void unconfirmed() { said.add("unconfirmed"); }
        };
    }

    private void advance(long millis) { time.advance(Duration.ofMillis(millis)); }

    private final class InviteWorld implements ClientMachine.Out {
        final List<String> said = new ArrayList<>();
        final InviteClientTransaction machine;

        InviteWorld(boolean reliable) {
            machine = new InviteClientTransaction(reliable, this);
            machine.start(time.nowNanos());
        }

        long count(String word) { return said.stream().filter(word::equals).count(); }

        @Override
        public void sendRequest() { said.add("invite"); }

        @Override
        public void sendAck() { said.add("ack"); }

        @Override
        public void arm(ClientMachine.Timer timer, long due) { time.at(due, () -> machine.onTimer(timer, time.nowNanos())); }

        @Override
        public void response(int status) { said.add("response " + status); }

        @Override
        public void failed(CallFailure why) { said.add("failed " + why.label()); }

        @Override
        public void terminated() { said.add("terminated"); }
    }

    private final class ServerWorld implements ServerMachine.Out {
        final List<String> said = new ArrayList<>();
        final InviteServerTransaction machine;

        ServerWorld(boolean reliable) {
            machine = new InviteServerTransaction(reliable, this);
            machine.start(time.nowNanos());
        }

        @Override
        public void sendTrying() { said.add("trying"); }

        @Override
        public void repeatResponse() { said.add("repeat"); }

        @Override
        public void arm(ServerMachine.Timer timer, long due) { time.at(due, () -> machine.onTimer(timer, time.nowNanos())); }

        @Override
        public void terminated() { said.add("terminated"); }
    }
}
