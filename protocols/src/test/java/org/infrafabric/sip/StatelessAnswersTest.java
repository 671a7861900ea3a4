package org.infrafabric.sip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.infrafabric.call.CallFailure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Whoever may have forged an address draws no more answers than it sends requests, RFC 3261 §8.2.7. */
class StatelessAnswersTest {
    private final Bench bench = new Bench();

    @ParameterizedTest
    @EnumSource(value = CallFailure.class, names = {"DENIED_BY_GUARD", "OVERLOAD"})
    void shouldRefuseAStrangersCallOnceARequest(CallFailure why) {
        bench.receiver = call -> call.refuse(why);
        bench.request("INVITE", "a", "c", "", 1, "", Bench.OFFER);
        bench.advance(40_000);
        assertThat(bench.sent).hasSize(1);
        assertThat(bench.core.transactions().open()).isZero();
        bench.request("INVITE", "a", "c", "", 1, "", Bench.OFFER);
        bench.advance(40_000);
        assertThat(bench.sent).hasSize(2);
        assertThat(tags()).as("the same To tag to the same request").hasSize(1).doesNotContain("");
        bench.request("ACK", "a", "c", tags().getFirst(), 1, "", "");
        assertThat(bench.sent).hasSize(2);
    }

    @Test
    void shouldKeepTheTransactionOfACallThatWasRefusedForAnotherReason() {
        bench.receiver = call -> call.refuse(CallFailure.BUSY);
        bench.request("INVITE", "a", "c", "", 1, "", Bench.OFFER);
        bench.advance(40_000);
        assertThat(bench.sent).hasSize(11).allMatch(answer -> answer.status() == 486); // timer G
    }

    @Test
    void shouldAnswerForgedHeadersOnce() {
        Bench checking = new Bench(EscalationHeaders.checking(key -> java.util.Optional.empty()));
        checking.request("INVITE", "a", "c", "", 1, "X-IF-Trace-ID: " + "0".repeat(32) + "\n", Bench.OFFER);
        checking.advance(40_000);
        assertThat(checking.sent).hasSize(1);
        assertThat(checking.last().status()).isEqualTo(403);
        assertThat(checking.core.transactions().open()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"INVITE,tag,481", "BYE,tag,481", "BYE,'',481", "OPTIONS,'',200", "CANCEL,'',481", "REGISTER,'',405", "NEWMETHOD,'',501"})
    void shouldKeepNothingOfStrayRequests(String method, String toTag, int status) {
        for (int i = 0; i < 2; i++) bench.request(method, "a", "c", toTag, 1, "", "");
        bench.advance(40_000);
        assertThat(bench.sent).hasSize(2).allMatch(answer -> answer.status() == status);
        assertThat(bench.core.transactions().open()).isZero();
    }

    @Test
    void shouldAnswerOnceWhenNoMoreCallsAreTaken() {
        for (int i = 0; i < 4; i++) bench.request("INVITE", "b" + i, "c" + i, "", 1, "", Bench.OFFER);
        assertThat(bench.last().status()).isEqualTo(503);
        int before = bench.core.transactions().open();
        assertThat(before).isEqualTo(3);
    }

    private List<String> tags() { return bench.sent.stream().map(SipMessage::toTag).distinct().toList(); }
}
