package org.infrafabric.sip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.infrafabric.call.CallFailure;
import org.infrafabric.call.Leg;
import org.infrafabric.media.AudioPort;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What RFC 3261 asks of a user agent, message by message, on a wire that the test holds in its hands. */
class CoreTest {
    private final Bench bench = new Bench();

    @Test
    void shouldAckEachRepeatedAnswerAndConnectOnce() {
        bench.dial();
        SipMessage invite = bench.last();
        bench.respond(invite, 180, "t", "");
        bench.respond(invite, 200, "t", Bench.OFFER);
        bench.respond(invite, 200, "t", Bench.OFFER);
        assertThat(bench.count("ACK")).isEqualTo(2);
        assertThat(bench.sent.getLast().bytes()).isEqualTo(bench.first("ACK").bytes());
        assertThat(bench.heard.words).containsExactly("ringing 180", "answered");
        assertThat(bench.audio.connected).hasSize(1);
    }

    @Test
    void shouldKeepTheFirstForkAndHangUpTheOthers() {
        bench.dial();
        SipMessage invite = bench.last();
        bench.respond(invite, 200, "first", Bench.OFFER);
        bench.respond(invite, 200, "second", Bench.OFFER);
        SipMessage bye = bench.first("BYE");
        assertThat(NameAddr.parse(bye.text(HeaderName.TO)).tag()).isEqualTo("second");
        assertThat(bench.count("ACK")).isEqualTo(2);
        assertThat(bench.heard.words).containsExactly("answered");
    }

    @Test
    void shouldWaitForAProvisionalBeforeItCancels() {
        Leg leg = bench.dial();
        SipMessage invite = bench.last();
        leg.hangUp("no");
        bench.time.settle();
        assertThat(bench.count("CANCEL")).isZero();
        assertThat(bench.heard.words).containsExactly("ended cancelled by us");
        bench.respond(invite, 180, "t", "");
        SipMessage cancel = bench.first("CANCEL");
        assertThat(cancel.text(HeaderName.VIA)).isEqualTo(invite.text(HeaderName.VIA));
        assertThat(cancel.text(HeaderName.CSEQ)).isEqualTo("1 CANCEL");
        bench.respond(invite, 487, "t", "");
        assertThat(bench.count("ACK")).isEqualTo(1);
        assertThat(bench.heard.words).hasSize(1);
    }

    @Test
    void shouldAckAndHangUpAnAnswerThatCrossedTheCancel() {
        Leg leg = bench.dial();
        SipMessage invite = bench.last();
        bench.respond(invite, 180, "t", "");
        leg.hangUp("no");
        bench.respond(invite, 200, "t", Bench.OFFER);
        assertThat(bench.count("ACK")).isEqualTo(1);
        assertThat(bench.count("BYE")).isEqualTo(1);
        assertThat(bench.heard.words).containsExactly("ringing 180", "ended cancelled by us");
    }

    @ParameterizedTest
    @CsvSource({"486,BUSY", "600,BUSY", "480,NO_ANSWER", "408,NO_ANSWER", "603,DECLINED", "403,DECLINED", "404,NOT_FOUND", "604,NOT_FOUND",
        "488,NO_COMMON_CODEC",
        "606,NO_COMMON_CODEC", "503,OVERLOAD", "500,SERVER_ERROR", "302,UNREACHABLE", "400,BAD_REQUEST"})
    void shouldClassifyARefusal(int status, CallFailure why) {
        bench.dial();
        SipMessage invite = bench.last();
        bench.respond(invite, status, "t", "");
        assertThat(bench.heard.ends.getFirst().failure()).contains(why);
        assertThat(bench.heard.ends.getFirst().status()).isEqualTo(status);
        assertThat(bench.first("ACK").text(HeaderName.VIA)).isEqualTo(invite.text(HeaderName.VIA));
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            120                             | 120
            18000;duration=3600             | 18000
            5 (In a meeting)                | 5
            99999999999                     | 86400
            soon                            | 0
            -5                              | 0
            """, delimiter = '|')
    void shouldSayWhenThePeerWantsToBeCalledAgain(String retryAfter, long seconds) {
        bench.dial();
        bench.respondWith(bench.last(), 503, "t", "Retry-After: " + retryAfter + "\n", "");
        assertThat(bench.heard.ends.getFirst().retryAfter()).hasSeconds(seconds);
    }

    @Test
    void shouldCallAPeerThatNeverAnswersUnreachable() {
        bench.dial();
        bench.advance(32_000);
        assertThat(bench.heard.words).containsExactly("ended unreachable by us");
        assertThat(bench.core.calls()).isZero();
        assertThat(bench.core.transactions().open()).isZero();
    }

    @Test
    void shouldHangUpWhenTheAnswerHasNoCodecOfOurs() {
        bench.dial();
        bench.respond(bench.last(), 200, "t", Bench.OFFER.replace("AVP 8 101", "AVP 18").replace("a=rtpmap:8 PCMA/8000\r\n", ""));
        assertThat(bench.count("ACK")).isEqualTo(1);
        assertThat(bench.first("BYE").text(HeaderName.REASON)).contains("488");
        assertThat(bench.heard.words).containsExactly("ended no-common-codec by us");
    }

    @Test
    void shouldFollowTheRecordedRouteInReverse() {
        Leg leg = bench.dial();
        SipMessage invite = bench.last();
        bench.receive("SIP/2.0 200 OK\nVia: " + invite.text(HeaderName.VIA) + "\nFrom: " + invite.text(HeaderName.FROM) + "\nTo: "
                + invite.text(HeaderName.TO)
                + ";tag=t\nCall-ID: " + invite.text(HeaderName.CALL_ID) + "\nCSeq: 1 INVITE\nContact: <sip:far@10.0.0.9>\n"
                + "Record-Route: <sip:p2@127.0.0.2;lr>, <sip:p1@127.0.0.1;lr>\nContent-Type: application/sdp\nContent-Length: " + Bench.OFFER.length()
                + "\n\n"
                + Bench.OFFER);
        leg.hangUp("done");
        SipMessage bye = bench.first("BYE");
        assertThat(bye.requestUri()).isEqualTo("sip:far@10.0.0.9");
        assertThat(bye.headers(HeaderName.ROUTE)).containsExactly("<sip:p1@127.0.0.1;lr>", "<sip:p2@127.0.0.2;lr>");
        assertThat(bye.text(HeaderName.CSEQ)).isEqualTo("2 BYE");
    }

    @Test
    void shouldRepeatTheAnswerUntilTheAckAndOnlyThenSayAnswered() {
        bench.request("INVITE", "a", "c", "", 1, "", Bench.OFFER);
        bench.incoming.getFirst().answer(bench.audio, bench.heard);
        bench.advance(1500);
        assertThat(bench.sent).hasSize(3).allMatch(m -> m.status() == 200);
        assertThat(bench.heard.words).isEmpty();
        bench.request("ACK", "b", "c", NameAddr.parse(bench.last().text(HeaderName.TO)).tag(), 1, "", "");
        bench.advance(60_000);
        assertThat(bench.sent).hasSize(3);
        assertThat(bench.heard.words).containsExactly("answered");
    }

    @Test
    void shouldHangUpWhenTheAnswerIsNeverAcknowledged() {
        bench.request("INVITE", "a", "c", "", 1, "", Bench.OFFER);
        bench.incoming.getFirst().answer(bench.audio, bench.heard);
        bench.advance(32_000);
        assertThat(bench.count("BYE")).isEqualTo(1);
        assertThat(bench.heard.words).containsExactly("ended unreachable by us");
    }

    @Test
    void shouldHoldItsByeBackUntilTheAck() {
        bench.request("INVITE", "a", "c", "", 1, "", Bench.OFFER);
        Leg leg = bench.incoming.getFirst().answer(bench.audio, bench.heard);
        leg.hangUp("at once");
        bench.time.settle();
        assertThat(bench.count("BYE")).isZero();
        bench.request("ACK", "b", "c", NameAddr.parse(bench.last().text(HeaderName.TO)).tag(), 1, "", "");
        assertThat(bench.count("BYE")).isEqualTo(1);
        assertThat(bench.heard.words).containsExactly("ended well by us");
    }

    @Test
    void shouldAnswerACancelAndTheInviteThatItEnds() {
        bench.request("INVITE", "a", "c", "", 1, "", Bench.OFFER);
        bench.incoming.getFirst().ring();
        List<String> told = new java.util.ArrayList<>();
        bench.incoming.getFirst().onCancelled(() -> told.add("cancelled"));
        bench.request("CANCEL", "a", "c", "", 1, "", "");
        assertThat(bench.sent).extracting(SipMessage::status).containsExactly(180, 200, 487);
        assertThat(bench.sent.get(1).text(HeaderName.TO)).isEqualTo(bench.sent.get(0).text(HeaderName.TO));
        assertThat(told).containsExactly("cancelled");
        bench.request("ACK", "a", "c", NameAddr.parse(bench.last().text(HeaderName.TO)).tag(), 1, "", "");
        bench.advance(40_000);
        assertThat(bench.core.transactions().open()).isZero();
    }

    @Test
    void shouldLetACancelComeTooLate() {
        bench.answered(new Leg[1]);
        bench.request("CANCEL", "in", "in@peer", "", 1, "", "");
        assertThat(bench.last().status()).isEqualTo(200);
        assertThat(bench.heard.words).containsExactly("answered");
    }

    @Test
    void shouldAnswerAHoldWithItsMirrorAndGiveItToThePort() {
        String tag = bench.answered(new Leg[1]);
        bench.request("INVITE", "hold", "in@peer", tag, 2, "", Bench.OFFER + "a=sendonly\r\n");
        assertThat(bench.last().status()).isEqualTo(200);
        assertThat(new String(bench.last().body())).contains("a=recvonly");
        assertThat(bench.audio.connected).extracting(AudioPort.Negotiated::sending).containsExactly(true, false);
        bench.request("ACK", "hold2", "in@peer", tag, 2, "", "");
        bench.request("INVITE", "resume", "in@peer", tag, 3, "", Bench.OFFER);
        assertThat(bench.audio.connected.getLast().sending()).isTrue();
    }

    @Test
    void shouldRefuseAReinviteWithoutCommonCodecAndKeepTheCall() {
        Leg[] leg = new Leg[1];
        String tag = bench.answered(leg);
        bench.request("INVITE", "x", "in@peer", tag, 2, "", Bench.OFFER.replace("AVP 8", "AVP 18").replace("a=rtpmap:8 PCMA/8000\r\n", ""));
        assertThat(bench.last().status()).isEqualTo(488);
        assertThat(bench.heard.words).containsExactly("answered");
        leg[0].hangUp("done");
        assertThat(bench.count("BYE")).isEqualTo(1);
    }

    @Test
    void shouldMakeTheOfferWhenTheCallerMadeNone() {
        bench.request("INVITE", "a", "c", "", 1, "", "");
        bench.incoming.getFirst().answer(bench.audio, bench.heard);
        assertThat(new String(bench.last().body())).contains("m=audio 40000");
        bench.request("ACK", "b", "c", NameAddr.parse(bench.last().text(HeaderName.TO)).tag(), 1, "", Bench.OFFER);
        assertThat(bench.heard.words).containsExactly("answered");
        assertThat(bench.audio.connected).hasSize(1);
    }

    @Test
    void shouldTellThePeerThatGlareIsGlare() {
        bench.dial();
        SipMessage invite = bench.last();
        bench.respond(invite, 180, "t", "");
        bench.request("INVITE", "g", invite.text(HeaderName.CALL_ID), NameAddr.parse(invite.text(HeaderName.FROM)).tag(), 1, "", Bench.OFFER);
        assertThat(bench.last().status()).isEqualTo(491);
    }

    @ParameterizedTest
    @CsvSource({"BYE,481", "INFO,481", "OPTIONS,200", "REGISTER,405", "MESSAGE,405", "UPDATE,481", "PRACK,481", "REFER,405", "NEWMETHOD,501"})
    void shouldAnswerStraysByTheirMethod(String method, int status) {
        bench.request(method, "s", "stray", "", 1, "", "");
        assertThat(bench.last().status()).isEqualTo(status);
        if (status == 405) assertThat(bench.last().text(HeaderName.ALLOW)).contains("INVITE");
    }

    @Test
    void shouldAnswerWhatIsInNoDialogWith481AndAnAckWithNothing() {
        bench.request("INVITE", "a", "gone", "tag", 2, "", Bench.OFFER);
        assertThat(bench.last().status()).isEqualTo(481);
        bench.request("BYE", "b", "gone", "tag", 3, "", "");
        assertThat(bench.last().status()).isEqualTo(481);
        bench.request("ACK", "c", "gone", "tag", 3, "", "");
        bench.request("CANCEL", "d", "gone", "", 3, "", "");
        assertThat(bench.sent).hasSize(3);
        assertThat(bench.last().status()).isEqualTo(481);
    }

    @Test
    void shouldRefuseARequestWithAnOldSequenceNumber() {
        String tag = bench.answered(new Leg[1]);
        bench.request("OPTIONS", "o", "in@peer", tag, 9, "", "");
        bench.request("BYE", "y", "in@peer", tag, 5, "", "");
        assertThat(bench.last().status()).isEqualTo(500);
        bench.request("BYE", "z", "in@peer", tag, 10, "", "");
        assertThat(bench.last().status()).isEqualTo(200);
        assertThat(bench.heard.words).containsExactly("answered", "ended well by peer");
    }

    @Test
    void shouldNotLetAStrangerWithTheWrongTagEndACall() {
        String tag = bench.answered(new Leg[1]);
        bench.receive(Bench.text("BYE", "evil", "in@peer", tag, 2, "", "").replace("tag=p\n", "tag=q\n"));
        assertThat(bench.last().status()).isEqualTo(481);
        assertThat(bench.heard.words).containsExactly("answered");
    }

    @Test
    void shouldSeeThatOneRequestCameByTwoWays() {
        bench.request("INVITE", "one", "c", "", 1, "", Bench.OFFER);
        bench.request("INVITE", "two", "c", "", 1, "", Bench.OFFER);
        assertThat(bench.last().status()).isEqualTo(482);
        assertThat(bench.incoming).hasSize(1);
    }

    @Test
    void shouldTakeARepeatedInviteForTheSame() {
        bench.request("INVITE", "one", "c", "", 1, "", Bench.OFFER);
        bench.incoming.getFirst().ring();
        bench.request("INVITE", "one", "c", "", 1, "", Bench.OFFER);
        assertThat(bench.incoming).hasSize(1);
        assertThat(bench.sent).extracting(SipMessage::status).containsExactly(180, 180);
    }

    @Test
    void shouldRefuseMoreCallsThanItIsSetTo() {
        for (int i = 0; i < 4; i++) bench.request("INVITE", "b" + i, "c" + i, "", 1, "", Bench.OFFER);
        assertThat(bench.incoming).hasSize(3);
        assertThat(bench.last().status()).isEqualTo(503);
        assertThat(bench.last().text(HeaderName.RETRY_AFTER)).isNotEmpty();
    }

    @Test
    void shouldSendAnswersBackToWhereTheRequestReallyCameFrom() {
        bench.request("OPTIONS", "o", "c", "", 1, "", "");
        assertThat(bench.last().text(HeaderName.VIA)).contains("received=127.0.0.1").contains("rport=5080");
    }

    @Test
    void shouldRepeatThe180EachMinute() {
        bench.request("INVITE", "a", "c", "", 1, "", Bench.OFFER);
        bench.incoming.getFirst().ring();
        bench.advance(125_000);
        assertThat(bench.sent).hasSize(3);
    }

    @Test
    void shouldCancelAStrayThatWasRingingAndHangUpIfItWasAnsweredInBetween() {
        Leg leg = bench.dial();
        SipMessage invite = bench.last();
        String token = leg.resumeToken();
        Bench reborn = new Bench();
        reborn.core.endStray(token);
        SipMessage cancel = reborn.first("CANCEL");
        assertThat(cancel.text(HeaderName.VIA)).isEqualTo(invite.text(HeaderName.VIA));
        assertThat(cancel.text(HeaderName.CALL_ID)).isEqualTo(invite.text(HeaderName.CALL_ID));
        assertThat(cancel.text(HeaderName.FROM)).isEqualTo(invite.text(HeaderName.FROM));
        assertThat(cancel.requestUri()).isEqualTo(invite.requestUri());
        reborn.respond(cancel, 200, "t", "");
        reborn.respond(invite, 200, "t", Bench.OFFER);
        assertThat(reborn.count("ACK")).isEqualTo(1);
        assertThat(reborn.count("BYE")).isEqualTo(1);
        reborn.respond(reborn.first("BYE"), 200, "t", "");
        reborn.advance(70_000);
        assertThat(reborn.core.transactions().open()).isZero();
    }

    @Test
    void shouldAckTheRefusalOfAStrayThatItCancelled() {
        String token = bench.dial().resumeToken();
        SipMessage invite = bench.last();
        Bench reborn = new Bench();
        reborn.core.endStray(token);
        reborn.respond(reborn.first("CANCEL"), 200, "t", "");
        reborn.respond(invite, 487, "t", "");
        assertThat(reborn.count("ACK")).isEqualTo(1);
        assertThat(reborn.count("BYE")).isZero();
    }

    @Test
    void shouldEndAnAnsweredStrayWithBye() {
        Leg[] leg = new Leg[1];
        String tag = bench.answered(leg);
        Bench reborn = new Bench();
        reborn.core.endStray(leg[0].resumeToken());
        SipMessage bye = reborn.first("BYE");
        assertThat(bye.text(HeaderName.FROM)).isEqualTo("<sip:bus@ifbus.test>;tag=" + tag);
        assertThat(bye.text(HeaderName.TO)).isEqualTo("<sip:peer@127.0.0.1:5080>;tag=p");
        assertThat(bye.text(HeaderName.CALL_ID)).isEqualTo("in@peer");
    }

    @Test
    void shouldEndAStrayThatWasHeldAndRefreshedSinceItsTokenWasKept() {
        Leg[] leg = new Leg[1];
        bench.established(leg, "");
        String token = leg[0].resumeToken();
        for (int i = 0; i < 20; i++) {
            if (i % 2 == 0) leg[0].hold();
            else leg[0].resume();
            bench.respond(bench.latest("INVITE"), 200, "t", Bench.OFFER);
        }
        Bench reborn = new Bench();
        reborn.core.endStray(token);
        assertThat(reborn.first("BYE").number()).as("not below what the peer has seen, §12.2.2").isGreaterThan(bench.latest("INVITE").number());
    }
}
