package org.infrafabric.sip;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.infrafabric.call.CallFailure;
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

    @Test
    void shouldTakeTheAnswerOutOfTheProvisionalWhenThe200HasNone() {
        bench.dial();
        SipMessage invite = bench.last();
        bench.respond(invite, 183, "other", Bench.OFFER.replace("30000", "30006"));
        bench.respond(invite, 183, "t", Bench.OFFER);
        bench.respond(invite, 200, "t", "");
        assertThat(bench.heard.words).containsExactly("ringing 183", "answered");
        assertThat(bench.audio.connected).extracting(media -> media.remote().getPort()).containsExactly(30_000);
    }

    @Test
    void shouldGoByThe200WhenItDiffersFromTheProvisional() {
        bench.dial();
        SipMessage invite = bench.last();
        bench.respond(invite, 183, "t", Bench.OFFER);
        bench.respond(invite, 180, "t", "");
        bench.respond(invite, 200, "t", Bench.OFFER.replace("30000", "30006"));
        assertThat(bench.heard.words).containsExactly("ringing 183", "answered");
        assertThat(bench.audio.connected).extracting(media -> media.remote().getPort()).containsExactly(30_006);
    }

    @Test
    void shouldHangUpWhenNeitherThe200NorAProvisionalOfItsForkHasAnAnswer() {
        bench.dial();
        SipMessage invite = bench.last();
        bench.respond(invite, 183, "other", Bench.OFFER);
        bench.respond(invite, 200, "t", "");
        assertThat(bench.count("BYE")).isEqualTo(1);
        assertThat(bench.heard.words).containsExactly("ringing 183", "ended no-common-codec by us");
    }

    @Test
    void shouldAnswer500WhenWhoeverDecidesFailsAndForgetTheCall() {
        bench.receiver = call -> { throw new IllegalStateException("a fault of ours"); };
        assertThatThrownBy(() -> bench.request("INVITE", "a", "c", "", 1, "", Bench.OFFER)).hasMessage("a fault of ours");
        assertThat(bench.last().status()).isEqualTo(500);
        assertThat(bench.core.calls()).isZero();
        bench.advance(70_000);
        assertThat(bench.core.transactions().open()).isZero();
    }

    @Test
    void shouldAnswer500WhenARequestCannotBeHandled() {
        String tag = bench.answered(new Leg[1]);
        bench.audio.broken = true;
        assertThatThrownBy(() -> bench.request("INVITE", "re", "in@peer", tag, 2, "", Bench.OFFER)).hasMessage("a fault of ours");
        assertThat(bench.last().status()).isEqualTo(500);
        bench.request("ACK", "re", "in@peer", tag, 2, "", "");
        bench.request("BYE", "bye", "in@peer", tag, 3, "", "");
        bench.advance(70_000);
        assertThat(bench.core.transactions().open()).isZero();
    }

    @Test
    void shouldHoldOnlySoManyBytesOfWhatStrangersSendAndLetGoOfThemWhenTheyAreAnswered() throws NotSip {
        List<ServerTransaction> open = new ArrayList<>();
        List<Integer> refused = new ArrayList<>();
        Transactions transactions = new Transactions(bench.time, bench, SipCounters.NONE, new Transactions.User() {
            @Override
            public void onRequest(ServerTransaction transaction) { open.add(transaction); }

            @Override
            public void onCancel(ServerTransaction invite, SipMessage cancel) {}

            @Override
            public void onAck(SipMessage ack) {}

            @Override
            public void onRefused(SipMessage request, Hop from, int status) { refused.add(status); }
        }, 200_000);
        String padding = "Subject: " + "x".repeat(50_000) + "\n";
        for (int i = 0; i < 5; i++)
            transactions.onRequest(SipParser.parse(Bench.text("OPTIONS", "o" + i, "c" + i, "", 1, padding, "")
                    .getBytes(ISO_8859_1)), Bench.PEER);
        assertThat(transactions.open()).isEqualTo(3);
        assertThat(refused).containsExactly(503, 503);
        open.forEach(each -> each.respond(200, each.answer(200, "OK", "t").end()));
        transactions.onRequest(SipParser.parse(Bench.text("OPTIONS", "p", "p", "", 1, padding, "").getBytes(ISO_8859_1)), Bench.PEER);
        assertThat(transactions.open()).isEqualTo(4);
        assertThat(refused).hasSize(2);
        open.getLast().respond(200, open.getLast().answer(200, "OK", "t").end());
        bench.advance(33_000);
        assertThat(transactions.open()).isZero();
    }

    @Test
    void shouldWriteDownOnlySoManyCallsOfStrangers() {
        bench.receiver = call -> call.refuse(CallFailure.DENIED_BY_GUARD);
        for (int i = 0; i < 3 * StrangerNotes.BURST; i++) bench.request("INVITE", "s" + i, "s" + i, "", 1, "", Bench.OFFER);
        assertThat(bench.sent).hasSize(3 * StrangerNotes.BURST).allMatch(answer -> answer.status() == 403);
        assertThat(bench.journal).hasSize(2 * StrangerNotes.BURST);
        bench.journal.clear();
        bench.advance(60_000);
        for (int i = 0; i < 3; i++) bench.request("INVITE", "t" + i, "t" + i, "", 1, "", Bench.OFFER);
        assertThat(bench.journal).hasSize(6);
        assertThat(bench.journal.getFirst().detail()).isEqualTo("200 others were not written down");
        assertThat(bench.journal.get(2).detail()).isEmpty();
    }

    @Test
    void shouldEndAStrayWhoseContactLeadsNowhereWhereItWasCalled() {
        Leg leg = bench.dial();
        bench.respond(bench.last(), 200, "t", "<sip:expert@phone.invalid>", Bench.OFFER);
        Bench reborn = new Bench();
        reborn.core.endStray(leg.resumeToken());
        reborn.time.settle();
        assertThat(reborn.first("BYE").requestUri()).isEqualTo("sip:expert@phone.invalid");
        assertThat(reborn.hops).containsExactly(Bench.PEER);
    }

    @Test
    void shouldEndAStrayThatWasAnsweredInBetweenThoughItsContactLeadsNowhere() {
        String token = bench.dial().resumeToken();
        SipMessage invite = bench.last();
        Bench reborn = new Bench();
        reborn.core.endStray(token);
        reborn.respond(invite, 200, "t", "<sip:expert@phone.invalid>", Bench.OFFER);
        assertThat(reborn.count("ACK")).isEqualTo(1);
        assertThat(reborn.count("BYE")).isEqualTo(1);
    }
}
