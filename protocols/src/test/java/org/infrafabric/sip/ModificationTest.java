package org.infrafabric.sip;

import static org.assertj.core.api.Assertions.assertThat;

import org.infrafabric.call.Leg;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Changes of a call that stands, from both sides: hold, resume, glare, streams that go, and hanging up in the middle of it (RFC 3261 §14, RFC 3264 §8). */
class ModificationTest {
    private final Bench bench = new Bench();
    private final Leg[] leg = new Leg[1];

    private static String sdp(SipMessage message) { return new String(message.body()); }

    private SipMessage latestInvite() { return bench.latest("INVITE"); }

    @Test
    void shouldHoldAndResumeFromOurSide() {
        bench.established(leg, "");
        assertThat(leg[0].hold()).isTrue();
        SipMessage hold = latestInvite();
        assertThat(sdp(hold)).contains("a=sendonly").containsPattern("o=- [0-9]+ 2 ");
        bench.respond(hold, 200, "t", Bench.OFFER + "a=recvonly\r\n");
        assertThat(bench.latest("ACK").number()).isEqualTo(hold.number());
        assertThat(leg[0].hold()).as("held already: nothing is sent").isTrue();
        assertThat(bench.count("INVITE")).isEqualTo(2);
        assertThat(leg[0].resume()).isTrue();
        assertThat(sdp(latestInvite())).doesNotContain("a=sendonly", "a=inactive").containsPattern("o=- [0-9]+ 3 ");
        bench.respond(latestInvite(), 200, "t", Bench.OFFER);
        assertThat(bench.audio.connected).extracting(media -> media.sending()).containsExactly(true, true, true);
        assertThat(bench.heard.words).containsExactly("answered");
    }

    @Test
    void shouldAskForTheLastWishOnlyWhenSeveralComeWhileOneIsOut() {
        bench.established(leg, "");
        leg[0].hold();
        leg[0].resume();
        leg[0].hold();
        leg[0].resume();
        assertThat(bench.count("INVITE")).isEqualTo(2);
        bench.respond(latestInvite(), 200, "t", Bench.OFFER + "a=recvonly\r\n");
        assertThat(bench.count("INVITE")).isEqualTo(3);
        assertThat(sdp(latestInvite())).doesNotContain("a=sendonly", "a=inactive");
        bench.respond(latestInvite(), 200, "t", Bench.OFFER);
        assertThat(bench.count("INVITE")).isEqualTo(3);
    }

    @Test
    void shouldHoldACallThatCameInToo() {
        String tag = bench.answered(leg);
        assertThat(leg[0].hold()).isTrue();
        assertThat(sdp(latestInvite())).contains("a=sendonly");
        assertThat(latestInvite().fromTag()).isEqualTo(tag);
        bench.respond(latestInvite(), 200, "p", Bench.OFFER + "a=inactive\r\n");
        bench.request("INVITE", "re", "in@peer", tag, 2, "", Bench.OFFER);
        assertThat(sdp(bench.last())).as("we hold still").contains("a=sendonly");
    }

    @ParameterizedTest
    @CsvSource({"true,2100,4000", "false,0,2000"})
    void shouldTryAgainAfterAGlareAsLongAsItsSideWaits(boolean ours, long least, long most) {
        if (ours) bench.established(leg, "");
        else bench.answered(leg);
        String tag = ours ? "t" : "p";
        leg[0].hold();
        long number = latestInvite().number();
        bench.respond(latestInvite(), 491, tag, "");
        if (ours) bench.advance(least - 1);
        if (ours) assertThat(latestInvite().number()).isEqualTo(number);
        bench.advance(most - least + 1);
        assertThat(latestInvite().number()).isEqualTo(number + 1);
        bench.respond(latestInvite(), 200, tag, Bench.OFFER + "a=recvonly\r\n");
        assertThat(bench.heard.words).containsExactly("answered");
    }

    @Test
    void shouldGiveUpAWishThatAlwaysGlares() {
        bench.established(leg, "");
        leg[0].hold();
        for (int i = 0; i < 20; i++) {
            bench.respond(latestInvite(), 491, "t", "");
            bench.advance(4_000);
        }
        assertThat(latestInvite().number()).as("the call, the wish, and five times more").isEqualTo(7);
        assertThat(bench.heard.words).as("the call goes on as it was").containsExactly("answered");
    }

    @ParameterizedTest
    @CsvSource({"500,7,7000", "503,120 (busy),60000", "500,'',1000"})
    void shouldAskAgainWhenThePeerWantsToBeAsked(int status, String retryAfter, int millis) {
        bench.established(leg, "");
        leg[0].hold();
        bench.respondWith(latestInvite(), status, "t", retryAfter.isEmpty() ? "" : "Retry-After: " + retryAfter + "\n", "");
        bench.advance(millis - 1);
        assertThat(bench.count("INVITE")).isEqualTo(2);
        bench.advance(1);
        assertThat(bench.count("INVITE")).isEqualTo(3);
        assertThat(sdp(latestInvite())).contains("a=sendonly");
    }

    @Test
    void shouldTellThePeerThatItsReinviteCrossedOurs() {
        SipMessage invite = bench.established(leg, "");
        leg[0].hold();
        bench.requestBack(invite, "INVITE", 1, "", Bench.OFFER);
        assertThat(bench.last().status()).isEqualTo(491);
        bench.requestBack(invite, "UPDATE", 2, "", Bench.OFFER);
        assertThat(bench.last().status()).isEqualTo(491);
    }

    @ParameterizedTest
    @ValueSource(ints = {488, 403, 415, 606})
    void shouldLeaveTheCallAsItWasWhenThePeerRefuses(int status) {
        bench.established(leg, "");
        leg[0].hold();
        bench.respond(latestInvite(), status, "t", "");
        assertThat(bench.heard.words).containsExactly("answered");
        assertThat(bench.audio.connected).hasSize(1);
        leg[0].resume();
        assertThat(sdp(latestInvite())).doesNotContain("a=sendonly", "a=inactive");
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 481})
    void shouldHangUpWhenThePeerKnowsNothingOfTheCallAnyMore(int status) {
        bench.established(leg, "");
        leg[0].hold();
        bench.respond(latestInvite(), status, "t", "");
        bench.time.settle();
        assertThat(bench.count("BYE")).isEqualTo(1);
        assertThat(bench.heard.words).containsExactly("answered", "ended unreachable by us");
    }

    @Test
    void shouldAcknowledgeWhatComesForItsReinviteAfterItHungUp() {
        bench.established(leg, "");
        leg[0].hold();
        SipMessage hold = latestInvite();
        leg[0].hangUp("enough");
        bench.respond(hold, 200, "t", Bench.OFFER);
        assertThat(bench.latest("ACK").number()).isEqualTo(hold.number());
        bench.respond(bench.first("BYE"), 200, "t", "");
        bench.advance(70_000);
        assertThat(bench.core.transactions().open()).isZero();
        assertThat(bench.heard.words).containsExactly("answered", "ended well by us");
    }

    @Test
    void shouldTakeTheByeThatCrossesItsReinvite() {
        SipMessage invite = bench.established(leg, "");
        leg[0].hold();
        bench.requestBack(invite, "BYE", 1, "", "");
        assertThat(bench.last().status()).isEqualTo(200);
        bench.respond(latestInvite(), 481, "t", "");
        bench.time.settle();
        assertThat(bench.heard.words).containsExactly("answered", "ended well by peer");
        assertThat(bench.count("BYE")).isZero();
    }

    @Test
    void shouldAnswerTheByeThatCrossesOurs() {
        SipMessage invite = bench.established(leg, "");
        leg[0].hangUp("done");
        bench.requestBack(invite, "BYE", 1, "", "");
        assertThat(bench.last().status()).isEqualTo(200);
        bench.respond(bench.first("BYE"), 481, "t", "");
        bench.requestBack(invite, "BYE", 2, "", "");
        assertThat(bench.last().status()).as("long gone").isEqualTo(481);
        assertThat(bench.heard.words).containsExactly("answered", "ended well by us");
    }

    @Test
    void shouldTakeAHoldOfTheOldKindAndAStreamThatIsTakenAway() {
        SipMessage invite = bench.established(leg, "");
        bench.requestBack(invite, "INVITE", 1, "", Bench.OFFER.replace("c=IN IP4 127.0.0.1", "c=IN IP4 0.0.0.0"));
        assertThat(sdp(bench.last())).contains("a=recvonly");
        bench.requestBack(invite, "ACK", 1, "", "");
        bench.requestBack(invite, "INVITE", 2, "", Bench.OFFER.replace("audio 30000", "audio 0"));
        assertThat(bench.last().status()).isEqualTo(200);
        assertThat(sdp(bench.last())).contains("m=audio 0");
        bench.requestBack(invite, "ACK", 2, "", "");
        bench.requestBack(invite, "UPDATE", 3, "", Bench.OFFER);
        assertThat(bench.last().status()).isEqualTo(200);
        assertThat(sdp(bench.last())).contains("m=audio 40000");
        assertThat(bench.audio.connected).extracting(media -> media.sending()).containsExactly(true, false, false, true);
    }

    @Test
    void shouldMakeTheOfferWhenAReinviteBringsNone() {
        SipMessage invite = bench.established(leg, "");
        bench.requestBack(invite, "INVITE", 1, "", "");
        assertThat(sdp(bench.last())).contains("m=audio 40000").containsPattern("o=- [0-9]+ 1 ");
        assertThat(leg[0].hold()).as("waits for its turn").isTrue();
        bench.requestBack(invite, "UPDATE", 2, "", Bench.OFFER);
        assertThat(bench.last().status()).isEqualTo(491);
        assertThat(bench.count("INVITE")).isEqualTo(1);
        bench.requestBack(invite, "ACK", 1, "", Bench.OFFER.replace("30000", "30010"));
        assertThat(bench.audio.connected).extracting(media -> media.remote().getPort()).containsExactly(30_000, 30_010);
        assertThat(sdp(latestInvite())).contains("a=sendonly");
    }

    @Test
    void shouldSayWhyItHasNoCodecInCommon() {
        bench.request("INVITE", "a", "c", "", 1, "", Bench.OFFER.replace("AVP 8 101", "AVP 18").replace("a=rtpmap:8 PCMA/8000\r\n", ""));
        bench.incoming.getFirst().answer(bench.audio, bench.heard);
        assertThat(bench.last().status()).isEqualTo(488);
        assertThat(bench.last().text(HeaderName.WARNING)).startsWith("305 ");
        bench.request("INVITE", "b", "d", "", 1, "", Bench.OFFER.replace("m=audio", "m=video"));
        bench.incoming.getLast().answer(bench.audio, bench.heard);
        assertThat(bench.last().text(HeaderName.WARNING)).startsWith("304 ");
    }

    @Test
    void shouldNotAskAnythingMoreOfWhoSendsANewInviteBeforeTheAckOfTheLast() {
        SipMessage invite = bench.established(leg, "");
        bench.requestBack(invite, "INVITE", 1, "", Bench.OFFER);
        bench.requestBack(invite, "INVITE", 2, "", Bench.OFFER);
        assertThat(bench.last().status()).isEqualTo(500);
        assertThat(Integer.parseInt(bench.last().text(HeaderName.RETRY_AFTER))).isBetween(0, 10);
    }
}
