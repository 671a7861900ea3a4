package org.infrafabric.sip;

import static org.assertj.core.api.Assertions.assertThat;

import org.infrafabric.call.CallFailure;
import org.infrafabric.call.Leg;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 4028 with each side as refresher: a phone that died in the middle of a call is noticed, and one that lives is left alone. */
class SessionTimerTest {
    private static final String TIMED = "Supported: timer\n";
    private final Bench bench = new Bench();
    private final Leg[] leg = new Leg[1];

    private SipMessage calledOut(String extra) { return bench.established(leg, extra); }

    private String calledIn(String extra) {
        bench.request("INVITE", "in", "in@peer", "", 1, extra, Bench.OFFER);
        leg[0] = bench.incoming.getLast().answer(bench.audio, bench.heard);
        String tag = bench.last().toTag();
        bench.request("ACK", "inack", "in@peer", tag, 1, "", "");
        return tag;
    }

    @Test
    void shouldAskForATimerOnEachCall() {
        calledOut("");
        assertThat(bench.first("INVITE").text(HeaderName.SESSION_EXPIRES)).isEqualTo("1800");
        bench.advance(4_000_000);
        assertThat(bench.heard.words).as("a peer that knows no timers is not bothered").containsExactly("answered");
        assertThat(bench.count("INVITE")).isEqualTo(1);
    }

    @Test
    void shouldRefreshByUpdateAtHalfTimeWhereThePeerTakesIt() {
        calledOut("Session-Expires: 200;refresher=uac\nRequire: timer\nAllow: INVITE, UPDATE\n");
        for (int i = 1; i <= 3; i++) {
            bench.advance(100_000);
            assertThat(bench.count("UPDATE")).isEqualTo(i);
            SipMessage update = bench.latest("UPDATE");
            assertThat(update.text(HeaderName.SESSION_EXPIRES)).isEqualTo("200;refresher=uac");
            assertThat(update.hasBody()).isFalse();
            bench.respondWith(update, 200, "t", "Contact: <sip:expert@127.0.0.1:5080>\nSession-Expires: 200;refresher=uac\n", "");
        }
        assertThat(bench.heard.words).containsExactly("answered");
    }

    @Test
    void shouldRefreshByInviteThatSaysTheSameAgainWhereItDoesNot() {
        SipMessage invite = calledOut("Session-Expires: 200;refresher=uac\nAllow: INVITE\n");
        bench.advance(100_000);
        SipMessage again = bench.latest("INVITE");
        assertThat(again.number()).isEqualTo(2);
        assertThat(again.toTag()).isEqualTo("t");
        assertThat(new String(again.body())).as("not a word is other, not even the version").isEqualTo(new String(invite.body()));
        bench.respondWith(again, 200, "t", "Contact: <sip:expert@127.0.0.1:5080>\nSession-Expires: 200;refresher=uac\n", Bench.OFFER);
        assertThat(bench.latest("ACK").number()).isEqualTo(2);
        assertThat(bench.heard.words).containsExactly("answered");
    }

    @Test
    void shouldHangUpWhenNobodyAnswersItsRefresh() {
        calledOut("Session-Expires: 200;refresher=uac\nAllow: INVITE, UPDATE\n");
        bench.advance(100_000 + 32_000);
        assertThat(bench.count("BYE")).isEqualTo(1);
        assertThat(bench.heard.ends.getFirst().failure()).contains(CallFailure.UNREACHABLE);
        bench.advance(40_000);
        assertThat(bench.core.transactions().open()).isZero();
        assertThat(bench.core.calls()).isZero();
    }

    @Test
    void shouldHangUpWhenThePeerShouldHaveRefreshed() {
        calledOut("Session-Expires: 300;refresher=uas\n");
        bench.advance(267_999);
        assertThat(bench.count("BYE")).isZero();
        bench.advance(1);
        assertThat(bench.count("BYE")).as("32 s before the end, §10").isEqualTo(1);
        assertThat(bench.heard.words).containsExactly("answered", "ended unreachable by us");
    }

    @Test
    void shouldLetAPeerRefreshByUpdateOrByInvite() {
        String tag = calledIn(TIMED + "Session-Expires: 90;refresher=uac\n");
        assertThat(bench.sent.getFirst().text(HeaderName.SESSION_EXPIRES)).isEqualTo("90;refresher=uac");
        assertThat(bench.sent.getFirst().text(HeaderName.REQUIRE)).isEqualTo("timer");
        bench.advance(59_000);
        bench.request("UPDATE", "u", "in@peer", tag, 2, TIMED + "Session-Expires: 90;refresher=uac\n", "");
        assertThat(bench.last().status()).isEqualTo(200);
        assertThat(bench.last().text(HeaderName.SESSION_EXPIRES)).isEqualTo("90;refresher=uac");
        bench.advance(59_000);
        bench.request("INVITE", "i", "in@peer", tag, 3, TIMED + "Session-Expires: 90;refresher=uac\n", Bench.OFFER);
        bench.request("ACK", "ia", "in@peer", tag, 3, "", "");
        bench.advance(59_999);
        assertThat(bench.heard.words).containsExactly("answered");
        bench.advance(1);
        assertThat(bench.heard.words).containsExactly("answered", "ended unreachable by us");
        assertThat(bench.count("BYE")).isEqualTo(1);
    }

    @Test
    void shouldRefreshACallerThatKnowsNoTimers() {
        calledIn("Allow: INVITE, ACK, BYE, CANCEL\n");
        assertThat(bench.sent.getFirst().text(HeaderName.SESSION_EXPIRES)).isEqualTo("1800;refresher=uas");
        assertThat(bench.sent.getFirst().count(HeaderName.REQUIRE)).isZero();
        bench.advance(900_000);
        bench.respond(bench.latest("INVITE"), 200, "p", Bench.OFFER);
        assertThat(bench.count("ACK")).isEqualTo(1);
        assertThat(bench.heard.words).containsExactly("answered");
    }

    @ParameterizedTest
    @CsvSource({"89,422", "90,200"})
    void shouldSayHowShortIsTooShort(int seconds, int status) {
        bench.request("INVITE", "in", "in@peer", "", 1, TIMED + "Session-Expires: " + seconds + "\n", Bench.OFFER);
        bench.incoming.forEach(call -> call.answer(bench.audio, bench.heard));
        assertThat(bench.last().status()).isEqualTo(status);
        assertThat(bench.last().text(HeaderName.MIN_SE)).isEqualTo(status == 422 ? "90" : "");
    }

    @Test
    void shouldAskForALongerOneWhenThePeerWantsIt() {
        leg[0] = bench.dial();
        SipMessage invite = bench.last();
        bench.respondWith(invite, 422, "s", "Min-SE: 3600\n", "");
        SipMessage again = bench.last();
        assertThat(again.text(HeaderName.SESSION_EXPIRES)).isEqualTo("3600");
        assertThat(again.text(HeaderName.MIN_SE)).isEqualTo("3600");
        bench.respondWith(again, 422, "s", "Min-SE: 3600\n", "");
        assertThat(bench.count("INVITE")).isEqualTo(2);
        assertThat(bench.heard.ends).hasSize(1);
    }
}
