package org.infrafabric.escalate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.infrafabric.escalate.Feedback.Rater;
import org.infrafabric.escalate.Feedback.Result;
import org.infrafabric.escalate.Feedback.Role;
import org.infrafabric.escalate.Feedback.Standing;
import org.junit.jupiter.api.Test;

class FeedbackTest {
    private static final Rater AGENT = new Rater(Role.AGENT, Bus.AGENT);
    private static final Rater SAGE = new Rater(Role.GUARDIAN, "sage");
    private final Bus bus = new Bus().start();

    @Test
    void shouldKeepTheLastWordOfEachRaterForRouting() {
        decided("esc-1");
        assertThat(say("esc-1", AGENT, 2)).isInstanceOf(Result.Kept.class);
        assertThat(say("esc-1", AGENT, 4)).isInstanceOfSatisfying(Result.Kept.class, kept -> {
            assertThat(kept.feedback().expert()).isEqualTo("sip:ada@test");
            assertThat(kept.feedback().usefulness()).isEqualTo(4);
        });
        say("esc-1", SAGE, 5);
        say("esc-1", new Rater(Role.OPERATOR, "op"), 1);

        assertThat(bus.desk.standings()).containsExactly(new Standing("sip:ada@test", "legal", 3, 10));
        assertThat(bus.desk.feedback("esc-1")).extracting(one -> one.rater().id()).containsExactlyInAnyOrder(Bus.AGENT, "sage", "op");
        assertThat(bus.events("IF.call").stream().filter("feedback_given"::equals)).hasSize(4);
        bus.crash();
        assertThat(bus.desk.standings()).containsExactly(new Standing("sip:ada@test", "legal", 3, 10));
    }

    @Test
    void shouldKeepTheWordsAsABlobThatCanBeDeleted() {
        decided("esc-1");
        CompletableFuture<Result> said = bus.desk.feedback("esc-1", SAGE, 5, Optional.of("Knew the case by heart."));
        bus.timers.settle();
        assertThat(said).isCompletedWithValueMatching(Result.Kept.class::isInstance);
        assertThat(bus.entries().getLast().path("payload").path("note").path("blob").path("size").asInt(0)).isEqualTo(23);
        assertThat(bus.entries().toString()).doesNotContain("by heart");
    }

    @Test
    void shouldTakeNothingFromStrangersOrTooEarlyOrOfNobody() {
        bus.submit(bus.message("esc-1"));
        assertThat(say("esc-1", AGENT, 3)).isInstanceOf(Result.TooEarly.class);
        bus.desk.cancel("esc-1", "op");
        bus.advance(Duration.ofMinutes(1));
        assertThat(say("esc-1", AGENT, 3)).isInstanceOf(Result.NobodyToRate.class);
        decided("esc-2");
        assertThat(say("esc-2", new Rater(Role.AGENT, "if://agent/other"), 3)).isInstanceOf(Result.NotEntitled.class);
        assertThat(say("esc-2", new Rater(Role.GUARDIAN, "nobody"), 3)).isInstanceOf(Result.NotEntitled.class);
        assertThat(say("esc-9", AGENT, 3)).isInstanceOf(Result.NoSuchEscalation.class);
        for (int wrong : List.of(0, 6)) assertThatIllegalArgumentException().isThrownBy(() -> say("esc-2", AGENT, wrong));
        assertThatIllegalArgumentException().isThrownBy(() -> bus.desk.feedback("esc-2", AGENT, 3, Optional.of("x".repeat(2_001))));
        assertThat(bus.desk.standings()).isEmpty();
    }

    private void decided(String id) {
        bus.submit(bus.message(id));
        bus.answer("ada").press("ada", '1').advance(Duration.ofSeconds(2));
        bus.answer("sage").answer("skeptic");
        bus.vote(id, "sage", Escalations.Vote.APPROVE).vote(id, "skeptic", Escalations.Vote.APPROVE).vote(id, "ethicist", Escalations.Vote.APPROVE);
        bus.advance(Duration.ofMinutes(1));
        assertThat(bus.view(id).state()).isEqualTo("CLOSED");
    }

    private Result say(String id, Rater rater, int usefulness) {
        CompletableFuture<Result> said = bus.desk.feedback(id, rater, usefulness, Optional.empty());
        bus.timers.settle();
        return said.join();
    }
}
