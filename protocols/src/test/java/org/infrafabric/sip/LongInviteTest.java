package org.infrafabric.sip;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.infrafabric.call.CallOrder;
import org.infrafabric.call.Leg;
import org.infrafabric.call.Provenance;
import org.infrafabric.media.AudioPort.Encoding;
import org.infrafabric.message.SigningKey;
import org.junit.jupiter.api.Test;

/** How long an INVITE is, and what becomes of one that no datagram should carry (RFC 3261 §18.1.1): whoever is called must not wait for TCP. */
class LongInviteTest {
    private static final String LONG = "a case whose subject is so long that the whole request does not fit in a datagram".repeat(12);

    private final Bench bench = new Bench();

    @Test
    void shouldKeepAnEscalationsInviteWithinADatagram() {
        String domain = "ifbus.escalations.operations.example.org";
        assertThat(domain).hasSize(40);
        SigningKey key = SigningKey.generate();
        Bench bus = new Bench(domain, EscalationHeaders.signing(key, id -> Optional.of(key.verifyKey())), SipAccess.NONE);
        bus.tcp = true;
        bus.audio.encodings = Encoding.ALL;
        Provenance about = new Provenance("0af7651916cd43dd8448eb211c80319c", List.of("alignment", "security", "conflict"), "17".repeat(32));
        CallOrder order = new CallOrder("sip:expert-alignment@203.0.113.200:15080", "Escalation: alignment, security, conflict", Optional.of(about),
                bus.audio);
        bus.core.prepare(order, bus.heard).dial();
        assertThat(bus.hops).containsExactly(new Hop(Endpoint.Protocol.UDP, new InetSocketAddress("203.0.113.200", 15080), 0));
        assertThat(bus.last().bytes().length).isLessThanOrEqualTo(1_260).isLessThan(Routes.MAX_DATAGRAM);
    }

    @Test
    void shouldDrawIdsThatNobodyGuesses() {
        bench.dial();
        assertThat(bench.last().via().branch()).matches("z9hG4bK[0-9a-f]{16}");
        assertThat(bench.last().fromTag()).matches("[0-9a-f]{16}");
        assertThat(bench.last().text(HeaderName.CALL_ID)).matches("[0-9a-f]{32}");
    }

    @Test
    void shouldSendWhatIsTooLongForADatagramOverTcp() {
        bench.tcp = true;
        dialLong();
        assertThat(bench.hops).containsExactly(new Hop(Endpoint.Protocol.TCP, Bench.PEER.remote(), 0));
        assertThat(bench.last().text(HeaderName.VIA)).startsWith("SIP/2.0/TCP");
        assertThat(bench.last().text(HeaderName.CONTACT)).contains("transport=tcp");
        bench.advance(1_000);
        assertThat(bench.count("INVITE")).as("by one way only").isEqualTo(1);
    }

    @Test
    void shouldGoBackToUdpWhenTcpIsRefusedAndRememberIt() {
        bench.tcp = true;
        bench.refusesTcp = true;
        for (int i = 0; i < 2; i++) {
            dialLong();
            assertThat(bench.last().text(HeaderName.VIA)).startsWith("SIP/2.0/UDP");
            assertThat(bench.last().text(HeaderName.CONTACT)).doesNotContain("transport=tcp");
            bench.respond(bench.last(), 200, "t" + i, Bench.OFFER);
        }
        assertThat(bench.connects).as("asked once").hasSize(1);
        assertThat(bench.hops).noneMatch(Hop::reliable);
        assertThat(bench.heard.words).containsExactly("answered", "answered");
    }

    @Test
    void shouldWaitForTcpNoLongerThanAPhoneMayStaySilent() {
        bench.tcp = true;
        bench.dropsSyns = true;
        Leg leg = dialLong();
        String before = leg.resumeToken();
        bench.advance(149);
        assertThat(bench.sent).isEmpty();
        bench.advance(1);
        assertThat(bench.hops).containsExactly(Bench.PEER);
        assertThat(bench.last().cseq().orElseThrow().number()).as("the first that ever went out").isEqualTo(1);
        assertThat(leg.resumeToken()).as("what ends it after a restart").isNotEqualTo(before).contains("\"udp\"");
        assertThat(bench.journal).filteredOn(event -> event.kind() == SipJournal.Kind.INVITE_SENT).hasSize(1);
        bench.respond(bench.last(), 200, "t", Bench.OFFER);
        dialLong();
        assertThat(bench.connects).as("asked once").hasSize(1);
        bench.advance(301_000);
        dialLong();
        assertThat(bench.connects).as("asked again after a while").hasSize(2);
    }

    @Test
    void shouldSendNothingWhenItIsHungUpWhileItSeeksAConnection() {
        bench.tcp = true;
        bench.dropsSyns = true;
        Leg leg = dialLong();
        leg.hangUp("no longer needed");
        bench.advance(1_000);
        assertThat(bench.sent).isEmpty();
        assertThat(bench.heard.ends).hasSize(1);
        assertThat(bench.core.calls()).isZero();
    }

    @Test
    void shouldWaitNoLongerForTcpWithinACall() {
        Leg leg = answeredAtALongAddress();
        leg.hold();
        bench.advance(149);
        assertThat(bench.count("INVITE")).isEqualTo(1);
        bench.advance(1);
        assertThat(bench.latest("INVITE").text(HeaderName.VIA)).startsWith("SIP/2.0/UDP");
        assertThat(bench.latest("INVITE").number()).isEqualTo(2);
    }

    @Test
    void shouldSayNothingMoreOfACallThatIsHungUpWhileAConnectionIsSought() {
        answeredAtALongAddress().hangUp("over");
        Leg held = answeredAtALongAddress();
        held.hold();
        held.hangUp("over");
        bench.advance(1_000);
        assertThat(bench.count("INVITE")).as("two calls, no hold").isEqualTo(2);
        assertThat(bench.latest("BYE").number()).isEqualTo(2);
    }

    private Leg answeredAtALongAddress() {
        Leg leg = bench.dial();
        bench.respond(bench.latest("INVITE"), 200, "t", "<sip:" + "expert".repeat(200) + "@127.0.0.1:5080>", Bench.OFFER);
        bench.tcp = true;
        bench.dropsSyns = true;
        return leg;
    }

    private Leg dialLong() {
        Leg leg = bench.core.prepare(new CallOrder("sip:expert@127.0.0.1:5080", LONG, Optional.empty(), bench.audio), bench.heard);
        leg.dial();
        bench.time.settle();
        return leg;
    }
}
