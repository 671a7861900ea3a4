package org.infrafabric.sip;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Optional;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.infrafabric.call.CallFailure;
import org.infrafabric.call.Leg;
import org.infrafabric.time.HandTimers;
import org.junit.jupiter.api.Test;

/** What is left of calls that are over: for half a minute each answer, to be said again to late copies, and little besides. */
class AnsweredCallsTest {
    private static final Hop TCP = new Hop(Endpoint.Protocol.TCP, Bench.PEER.remote(), 1);

    private final Bench bench = new Bench();
    private final Leg[] leg = new Leg[1];

    @Test
    void shouldAnswerLateCopiesForHalfAMinuteAndThenKnowNothing() {
        String tag = bench.answered(leg);
        bench.advance(1_000);
        bench.request("BYE", "bye", "in@peer", tag, 2, "", "");
        assertThat(bench.core.transactions().open()).isEqualTo(2);
        int said = bench.sent.size();
        bench.advance(31_999);
        bench.request("BYE", "bye", "in@peer", tag, 2, "", "");
        assertThat(bench.sent).hasSize(said + 1);
        assertThat(bench.last().status()).isEqualTo(200);
        assertThat(bench.core.transactions().open()).as("the INVITE, that came a second before, is gone").isEqualTo(1);
        bench.advance(1);
        assertThat(bench.core.transactions().open()).isZero();
        bench.request("BYE", "bye", "in@peer", tag, 2, "", "");
        assertThat(bench.last().status()).isEqualTo(481);
        bench.advance(3_600_000); // lines of timers end with the last that was in them, forgotten or not
        assertThat(bench.time.pending()).isZero();
    }

    @Test
    void shouldWaitForNoCopiesOverTcp() {
        String tag = bench.answered(leg);
        bench.core.onMessage(Bench.text("BYE", "bye", "in@peer", tag, 2, "", "").replace("\n", "\r\n").getBytes(ISO_8859_1), TCP);
        bench.advance(1);
        assertThat(bench.core.transactions().open()).as("the INVITE, that came over UDP").isEqualTo(1);
    }

    @Test
    void shouldWaitForCopiesOfWhatAnswersUsAsLongAsTheyMayCome() {
        SipMessage invite = bench.established(leg, "");
        leg[0].hangUp("over");
        assertThat(bench.latest("BYE").text(HeaderName.CALL_ID)).isEqualTo(invite.text(HeaderName.CALL_ID));
        bench.respond(bench.latest("BYE"), 200, "t", "");
        bench.advance(4_999);
        assertThat(bench.core.transactions().open()).as("timers M and K").isEqualTo(2);
        bench.advance(1);
        assertThat(bench.core.transactions().open()).as("timer M").isEqualTo(1);
        bench.advance(27_000);
        assertThat(bench.core.transactions().open()).isZero();

        bench.dial();
        bench.respond(bench.latest("INVITE"), 486, "t", "");
        bench.advance(31_999);
        assertThat(bench.core.transactions().open()).as("timer D").isEqualTo(1);
        bench.advance(1);
        assertThat(bench.core.transactions().open()).isZero();
    }

    @Test
    void shouldWaitForCopiesOfAnAckForAsLongAsAMessageTravels() {
        bench.receiver = call -> call.refuse(CallFailure.BUSY);
        bench.request("INVITE", "a", "c", "", 1, "", Bench.OFFER);
        bench.request("ACK", "a", "c", bench.last().toTag(), 1, "", "");
        bench.advance(4_999);
        assertThat(bench.core.transactions().open()).as("timer I").isEqualTo(1);
        bench.advance(1);
        assertThat(bench.core.transactions().open()).isZero();
        assertThat(bench.sent).as("nothing was said again").hasSize(1);
    }

    @Test
    void shouldKeepLittleMoreOfACallThanTheAnswerToItsBye() {
        HandTimers time = new HandTimers(Instant.EPOCH);
        Wire wire = new Wire();
        Core core = new Core(new SipSettings(List.of(Endpoint.parse("udp:127.0.0.1:5060")), "sip:bus@ifbus.test", "ifbus/test"), time, time, wire,
                new Ids(new Random(1)), call -> call.answer(new TestAudio(40_000), new Heard()), EscalationHeaders.none(), SipAccess.NONE,
                SipJournal.NONE,
                SipCounters.NONE, (host, found) -> found.accept(Optional.empty()));
        calls(core, wire, time, 0, 2_000); // what is made once
        int open = core.transactions().open();
        long before = heap();
        calls(core, wire, time, 2_000, 22_000);
        long each = (heap() - before) / 20_000;
        assertThat(core.transactions().open() - open).isEqualTo(40_000);
        assertThat(each).as("bytes of heap a call").isLessThan(1_500);
    }

    private static void calls(Core core, Wire wire, HandTimers time, int from, int to) {
        for (int i = from; i < to; i++) {
            core.onMessage(crlf(Bench.text("INVITE", "i" + i, "call" + i, "", 1, "", Bench.OFFER)), Bench.PEER);
            time.settle();
            String tag = wire.tag();
            core.onMessage(crlf(Bench.text("ACK", "a" + i, "call" + i, tag, 1, "", "")), Bench.PEER);
            core.onMessage(crlf(Bench.text("BYE", "b" + i, "call" + i, tag, 2, "", "")), Bench.PEER);
            time.settle();
        }
    }

    private static byte[] crlf(String message) { return message.replace("\r\n", "\n").replace("\n", "\r\n").getBytes(ISO_8859_1); }

    private static long heap() {
        Runtime runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }

    /** Remembers the last message alone. */
    private static final class Wire implements Network {
        private byte[] last = {};

        String tag() {
            try {
                return SipParser.parse(last).toTag();
            } catch (NotSip e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void send(Hop to, byte[] message, Runnable onFailure) { last = message; }

        @Override
        public void connect(Hop to, Consumer<Boolean> then) { then.accept(false); }

        @Override
        public Optional<InetSocketAddress> local(Endpoint.Protocol protocol, Optional<InetSocketAddress> remote) {
            return Optional.of(new InetSocketAddress("127.0.0.1", 5060));
        }
    }
}
