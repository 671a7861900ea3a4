package org.infrafabric.sip;

import static org.assertj.core.api.Assertions.assertThat;

import org.infrafabric.call.Leg;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers that do what is allowed but rare, or what is wrong but found in the wild. */
class OddPeersTest {
    private final Bench bench = new Bench();

    @ParameterizedTest
    @ValueSource(strings = {"<sip:expert@phone.invalid>", "<sip:expert@127.0.0.1:5080;transport=tcp>", "<sip:expert@127.0.0.1;transport=tls>",
        "<sips:expert@127.0.0.1:5061>"})
    void shouldAnswerAPeerWhoseContactCannotBeReachedWhereItSpokeFrom(String contact) {
        Leg leg = bench.dial();
        bench.respond(bench.last(), 200, "t", contact, Bench.OFFER);
        assertThat(bench.heard.words).containsExactly("answered");
        assertThat(bench.first("ACK").text(HeaderName.VIA)).startsWith("SIP/2.0/UDP");
        leg.hangUp("done");
        bench.time.settle();
        assertThat(bench.count("BYE")).isEqualTo(1);
        assertThat(bench.hops).allMatch(Bench.PEER::equals);
        assertThat(bench.heard.words).containsExactly("answered", "ended well by us");
        assertThat(bench.core.calls()).isZero();
    }

    @Test
    void shouldHangUpOnAnAnswerThatCannotBeFollowed() {
        bench.dial();
        bench.respond(bench.last(), 200, "t", "<mailto:expert@example.com>", Bench.OFFER);
        assertThat(bench.count("ACK")).isEqualTo(1);
        assertThat(NameAddr.parse(bench.first("BYE").text(HeaderName.TO)).tag()).isEqualTo("t");
        assertThat(bench.heard.words).containsExactly("ended server-error by peer");
    }

    @Test
    void shouldNotLetAnotherForksBrokenAnswerEndTheCall() {
        Leg leg = bench.dial();
        SipMessage invite = bench.last();
        bench.respond(invite, 200, "good", Bench.OFFER);
        bench.respond(invite, 200, "bad", "<mailto:expert@example.com>", Bench.OFFER);
        assertThat(NameAddr.parse(bench.first("BYE").text(HeaderName.TO)).tag()).isEqualTo("bad");
        assertThat(bench.heard.words).containsExactly("answered");
        assertThat(bench.core.calls()).isEqualTo(1);
        leg.hangUp("done");
        bench.time.settle();
        assertThat(bench.heard.words).containsExactly("answered", "ended well by us");
    }
}
