package org.infrafabric.sip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.infrafabric.call.Leg;
import org.junit.jupiter.api.Test;

/** A call that comes in and rings: what the caller may do meanwhile (RFC 3261 §15, RFC 3262 §3, RFC 3311 §5.2). */
class EarlyDialogTest {
    private final Bench bench = new Bench();
    private final List<String> told = new ArrayList<>();

    private String ringing(String extra, String offer) {
        bench.request("INVITE", "in", "in@peer", "", 1, extra, offer);
        bench.incoming.getFirst().onCancelled(() -> told.add("gone"));
        bench.incoming.getFirst().ring();
        return bench.sent.isEmpty() ? "" : bench.last().toTag();
    }

    @Test
    void shouldEndACallThatItsCallerHangsUpWhileItRings() {
        String tag = ringing("", Bench.OFFER);
        bench.request("BYE", "bye", "in@peer", tag, 2, "", "");
        assertThat(bench.sent).extracting(SipMessage::status).containsExactly(180, 200, 487);
        assertThat(bench.last().text(HeaderName.CSEQ)).isEqualTo("1 INVITE");
        assertThat(told).containsExactly("gone");
        assertThat(bench.core.calls()).isZero();
        bench.request("ACK", "in", "in@peer", tag, 1, "", "");
        bench.advance(70_000);
        assertThat(bench.core.transactions().open()).isZero();
        Leg late = bench.incoming.getFirst().answer(bench.audio, bench.heard);
        bench.time.settle();
        assertThat(bench.heard.words).as("answered too late").containsExactly("ended cancelled by peer");
        late.hangUp("again");
        assertThat(bench.core.calls()).isZero();
    }

    @Test
    void shouldNotLetAStrangerEndIt() {
        String tag = ringing("", Bench.OFFER);
        bench.receive(Bench.text("BYE", "evil", "in@peer", tag, 2, "", "").replace("tag=p\n", "tag=q\n"));
        assertThat(bench.last().status()).isEqualTo(481);
        assertThat(told).isEmpty();
        assertThat(bench.core.calls()).isEqualTo(1);
    }

    @Test
    void shouldRingReliablyForWhoRequiresIt() {
        String tag = ringing("Require: 100rel\n", Bench.OFFER);
        SipMessage ringing = bench.last();
        assertThat(ringing.text(HeaderName.REQUIRE)).isEqualTo("100rel");
        String sequence = ringing.text(HeaderName.RSEQ);
        bench.advance(3_500);
        assertThat(bench.sent).as("again after 500, 1500 and 3500 ms").hasSize(4);
        bench.request("PRACK", "p1", "in@peer", tag, 2, "RAck: " + (Long.parseLong(sequence) + 1) + " 1 INVITE\n", "");
        assertThat(bench.last().status()).isEqualTo(481);
        bench.request("PRACK", "p2", "in@peer", tag, 3, "RAck: " + sequence + " 1 INVITE\n", "");
        assertThat(bench.last().status()).isEqualTo(200);
        bench.advance(60_000);
        assertThat(bench.sent).hasSize(6);
        bench.incoming.getFirst().answer(bench.audio, bench.heard);
        bench.request("ACK", "ack", "in@peer", tag, 1, "", "");
        assertThat(bench.heard.words).containsExactly("answered");
    }

    @Test
    void shouldTakeAPrackThatComesAfterTheAnswer() {
        String tag = ringing("Require: 100rel\n", Bench.OFFER);
        String sequence = bench.last().text(HeaderName.RSEQ);
        bench.incoming.getFirst().answer(bench.audio, bench.heard);
        bench.request("PRACK", "p", "in@peer", tag, 2, "RAck: " + sequence + " 1 INVITE\n", "");
        assertThat(bench.last().status()).isEqualTo(200);
    }

    @Test
    void shouldRefuseWhoRequiresItAndNeverAcknowledges() {
        ringing("Require: 100rel\n", Bench.OFFER);
        bench.advance(32_000);
        assertThat(bench.last().status()).isEqualTo(504);
        assertThat(told).containsExactly("gone");
        assertThat(bench.core.calls()).isZero();
    }

    @Test
    void shouldSayNothingReliableBeforeItHasAnOfferToAnswer() {
        ringing("Require: 100rel\n", "");
        assertThat(bench.sent).isEmpty();
        bench.incoming.getFirst().answer(bench.audio, bench.heard);
        assertThat(bench.last().status()).isEqualTo(200);
    }

    @Test
    void shouldTakeARefreshButNoSecondOfferWhileItRings() {
        String tag = ringing("", Bench.OFFER);
        bench.request("UPDATE", "u1", "in@peer", tag, 2, "", "");
        assertThat(bench.last().status()).isEqualTo(200);
        bench.request("UPDATE", "u2", "in@peer", tag, 3, "", Bench.OFFER);
        assertThat(bench.last().status()).isEqualTo(500);
        assertThat(bench.last().text(HeaderName.RETRY_AFTER)).isNotEmpty();
        bench.request("PRACK", "p", "in@peer", tag, 4, "RAck: 1 1 INVITE\n", "");
        assertThat(bench.last().status()).isEqualTo(481);
        assertThat(told).isEmpty();
    }
}
