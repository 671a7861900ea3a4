package org.infrafabric.sip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.infrafabric.call.CallFailure;
import org.infrafabric.call.CallOrder;
import org.infrafabric.call.Leg;
import org.infrafabric.call.LegEnd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens to an INVITE of ours on its way to an answer: phones that ring at once, reliable provisionals, and being sent elsewhere. */
class ForksTest {
    private final List<String> asked = new ArrayList<>();
    private final Bench bench = new Bench(EscalationHeaders.none(), new SipAccess(List.of(), uri -> {
        asked.add(uri);
        return uri.contains("good");
    }, "", SipAccess.USUAL_HASHES, List.of()));

    private static String reliable(int sequence) { return "Require: 100rel\nRSeq: " + sequence + "\nContact: <sip:expert@127.0.0.1:5080>\n"; }

    @Test
    void shouldAcknowledgeReliableProvisionalsOfEachForkOnceAndInOrder() {
        bench.dial();
        SipMessage invite = bench.last();
        assertThat(Validator.options(invite, HeaderName.SUPPORTED)).contains("100rel");
        bench.respondWith(invite, 180, "one", reliable(7), "");
        bench.respondWith(invite, 180, "one", reliable(7), "");
        bench.respondWith(invite, 183, "one", reliable(9), "");
        bench.respondWith(invite, 180, "two", reliable(40), "");
        bench.respondWith(invite, 183, "one", reliable(8), Bench.OFFER);
        List<SipMessage> pracks = bench.sent.stream().filter(m -> m.method().equals("PRACK")).toList();
        assertThat(pracks).extracting(m -> m.text(HeaderName.RACK)).containsExactly("7 1 INVITE", "40 1 INVITE", "8 1 INVITE");
        assertThat(pracks).extracting(SipMessage::toTag).containsExactly("one", "two", "one");
        assertThat(pracks).extracting(SipMessage::number).containsExactly(2L, 2L, 3L);
        bench.respond(invite, 200, "one", Bench.OFFER.replace("30000", "30006"));
        assertThat(bench.audio.connected).as("the reliable answer holds, RFC 3262 §5").extracting(media -> media.remote().getPort())
                .containsExactly(30_000);
        assertThat(bench.first("ACK").number()).isEqualTo(1);
        bench.respond(invite, 200, "two", Bench.OFFER);
        assertThat(bench.first("BYE").toTag()).isEqualTo("two");
        assertThat(bench.first("BYE").number()).as("above its PRACK").isEqualTo(3);
        assertThat(bench.heard.words).containsExactly("ringing 180", "answered");
    }

    @Test
    void shouldAnswerAnUpdateOfWhoStillRings() {
        bench.dial();
        SipMessage invite = bench.last();
        bench.respondWith(invite, 183, "t", reliable(1), Bench.OFFER);
        bench.requestBack(invite, "UPDATE", 1, "", Bench.OFFER.replace("30000", "30008"));
        assertThat(bench.last().status()).isEqualTo(200);
        assertThat(new String(bench.last().body())).contains("m=audio 40000");
        assertThat(bench.audio.connected).as("nothing flows before the answer").isEmpty();
        bench.respond(invite, 200, "t", "");
        assertThat(bench.audio.connected).extracting(media -> media.remote().getPort()).containsExactly(30_008);
        assertThat(bench.heard.words).containsExactly("ringing 183", "answered");
    }

    @Test
    void shouldTakeNoOfferFromWhoHasNotAnsweredOursForGood() {
        bench.dial();
        SipMessage invite = bench.last();
        bench.respondWith(invite, 180, "t", reliable(1), "");
        bench.requestBack(invite, "UPDATE", 1, "", Bench.OFFER);
        assertThat(bench.last().status()).isEqualTo(491);
        bench.requestBack(invite, "UPDATE", 2, "", "");
        assertThat(bench.last().status()).isEqualTo(200);
    }

    @Test
    void shouldFollowARedirectionToWhomTheGuardPermits() {
        bench.dial();
        SipMessage first = bench.last();
        bench.respondWith(first, 302, "r",
                "Contact: <sip:bad@127.0.0.1:5082>;q=1.0, <sip:good2@127.0.0.1:5084>;q=0.4, <sip:good@127.0.0.1:5083>;q=0.7,"
                        + " <mailto:good@example.com>\n",
                "");
        assertThat(asked).containsExactly("sip:bad@127.0.0.1:5082", "sip:good@127.0.0.1:5083", "sip:good2@127.0.0.1:5084");
        SipMessage second = bench.last();
        assertThat(second.requestUri()).isEqualTo("sip:good@127.0.0.1:5083");
        assertThat(bench.hops.getLast().remote().getPort()).isEqualTo(5083);
        assertThat(second.text(HeaderName.TO)).isEqualTo(first.text(HeaderName.TO));
        assertThat(second.number()).isEqualTo(2);
        bench.respond(second, 486, "b", "");
        assertThat(bench.last().requestUri()).isEqualTo("sip:good2@127.0.0.1:5084");
        bench.respond(bench.last(), 200, "t", Bench.OFFER);
        assertThat(bench.heard.words).containsExactly("answered");
    }

    @Test
    void shouldNotFollowOneRedirectionAfterTheOtherNorInACircle() {
        bench.dial();
        bench.respondWith(bench.last(), 302, "r", "Contact: <sip:good@127.0.0.1:5083>\n", "");
        bench.respondWith(bench.last(), 302, "r", "Contact: <sip:good3@127.0.0.1:5085>\n", "");
        assertThat(bench.count("INVITE")).isEqualTo(2);
        assertThat(bench.heard.words).containsExactly("ended unreachable by peer");
        Bench circle = new Bench(EscalationHeaders.none(), new SipAccess(List.of(), uri -> true, "", SipAccess.USUAL_HASHES, List.of()));
        circle.dial();
        circle.respondWith(circle.last(), 302, "r", "Contact: <sip:expert@127.0.0.1:5080>\n", "");
        assertThat(circle.count("INVITE")).isEqualTo(1);
        assertThat(circle.heard.words).containsExactly("ended unreachable by peer");
    }

    @Test
    void shouldSendNothingMoreBeforeTheTokenThatEndsItIsKept() {
        List<Runnable> kept = new ArrayList<>();
        List<String> tokens = new ArrayList<>();
        Leg.Listener listener = new Leg.Listener() {
            @Override
            public void onTokenChanged(Leg leg, Runnable safe) {
                tokens.add(leg.resumeToken());
                kept.add(safe);
            }

            @Override
            public void onRinging(Leg leg, int status) {}

            @Override
            public void onAnswered(Leg leg) {}

            @Override
            public void onEnded(Leg leg, LegEnd end) { tokens.add("ended"); }
        };
        Leg leg = bench.core.prepare(new CallOrder("sip:expert@127.0.0.1:5080", "", Optional.empty(), bench.audio), listener);
        leg.dial();
        bench.respondWith(bench.last(), 302, "r", "Contact: <sip:good@127.0.0.1:5083>\n", "");
        assertThat(bench.count("INVITE")).isEqualTo(1);
        kept.getFirst().run();
        assertThat(bench.count("INVITE")).isEqualTo(2);
        assertThat(tokens.getFirst()).contains("sip:good@127.0.0.1:5083").contains(bench.last().via().branch());
        Bench reborn = new Bench();
        reborn.core.endStray(tokens.getFirst());
        assertThat(reborn.first("CANCEL").text(HeaderName.VIA)).isEqualTo(bench.last().text(HeaderName.VIA));
        assertThat(reborn.first("CANCEL").number()).isEqualTo(2);
        leg.hangUp("no");
        bench.time.settle();
        kept.getFirst().run();
        assertThat(bench.count("INVITE")).as("hung up meanwhile").isEqualTo(2);
        assertThat(tokens.getLast()).isEqualTo("ended");
    }

    @Test
    void shouldFailClosedWhenTheGuardPermitsNobody() {
        bench.dial();
        bench.respondWith(bench.last(), 301, "r", "Contact: <sip:bad@127.0.0.1:5082>\n", "");
        assertThat(bench.count("INVITE")).isEqualTo(1);
        assertThat(bench.heard.ends.getFirst().failure()).contains(CallFailure.DENIED_BY_GUARD);
        assertThat(bench.core.calls()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {600, 603, 604})
    void shouldTakeA6xxForAllWhoAreLeft(int status) {
        bench.dial();
        bench.respondWith(bench.last(), 302, "r", "Contact: <sip:good@127.0.0.1:5083>, <sip:good2@127.0.0.1:5084>\n", "");
        bench.respond(bench.last(), status, "x", "");
        assertThat(bench.count("INVITE")).isEqualTo(2);
        assertThat(bench.heard.ends).hasSize(1);
    }
}
