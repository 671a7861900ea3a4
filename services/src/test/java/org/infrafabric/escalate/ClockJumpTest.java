package org.infrafabric.escalate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.infrafabric.escalate.Escalations.Submission;
import org.infrafabric.escalate.Escalations.Vote;
import org.infrafabric.message.Rfc3339;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** What has begun keeps its time; what the message says of the wall clock follows the wall clock. */
class ClockJumpTest {
    private final Bus bus = new Bus().start();

    @ParameterizedTest
    @ValueSource(ints = {1, -1})
    void shouldNeitherShortenNorProlongWhatHasBegun(int direction) {
        bus.submit(bus.message("esc-1"));
        jump(direction);
        assertThat(bus.rings("ada")).isTrue();
        bus.answer("ada").press("ada", '1').advance(Duration.ofSeconds(2));
        bus.answer("sage"); // in council for five minutes
        assertThat(bus.view("esc-1").state()).isEqualTo("IN_COUNCIL");
        bus.advance(Duration.ofMinutes(2));
        jump(direction);
        bus.advance(Duration.ofMinutes(2));
        assertThat(bus.view("esc-1").state()).as("four minutes are not five").isEqualTo("IN_COUNCIL");
        bus.advance(Duration.ofMinutes(1));
        assertThat(bus.view("esc-1").state()).isEqualTo("CLOSED");
        assertThat(bus.events("IF.call").stream().filter("clock_jumped"::equals)).hasSize(2);
    }

    @Test
    void shouldFollowTheWallClockWithTheMessagesDeadline() {
        submit(Duration.ofMinutes(30));
        jump(-1);
        bus.advance(Duration.ofMinutes(1));
        assertThat(bus.view("esc-1").state()).isNotEqualTo("EXPIRED");
        submit("esc-2", Duration.ofMinutes(30));
        bus.timers.jumpWall(Duration.ofHours(1));
        bus.advance(Duration.ofSeconds(6));
        assertThat(bus.view("esc-2").state()).isEqualTo("EXPIRED");
    }

    @Test
    void shouldCloseACouncilWhoseMessagesDeadlineAJumpHasPassed() {
        submit(Duration.ofMinutes(30));
        bus.answer("ada").press("ada", '1').advance(Duration.ofSeconds(2));
        bus.answer("sage").vote("esc-1", "sage", Vote.APPROVE).vote("esc-1", "skeptic", Vote.APPROVE);
        jump(1);
        assertThat(bus.view("esc-1").decision().orElseThrow()).contains("\"approve\"");
    }

    @Test
    void shouldStoreTheCouncilsEndInTheNewTimeSoThatARestartKeepsIt() {
        bus.submit(bus.message("esc-1"));
        bus.answer("ada").press("ada", '1').advance(Duration.ofSeconds(2));
        bus.answer("sage");
        jump(1);
        bus.crash();
        assertThat(bus.view("esc-1").state()).isEqualTo("IN_COUNCIL");
        Instant ends = Rfc3339.parse(bus.view("esc-1").council().deadline().orElseThrow());
        assertThat(Duration.between(bus.timers.wallTime(), ends)).isBetween(Duration.ofMinutes(4), Duration.ofMinutes(5));
    }

    @Test
    void shouldJudgeTheAgeOfAMessageByTheWallClock() {
        ObjectNode message = bus.message("esc-1");
        jump(1);
        assertThat(bus.submit(message)).isInstanceOfSatisfying(Submission.Refused.class,
                no -> assertThat(no.refusal().code()).isEqualTo(Escalations.Refusal.Code.STALE));
    }

    @Test
    void shouldGoOnDeliveringAfterAJumpOfDays() {
        bus.courierAnswers = new int[] {0, 0, 0, 200};
        bus.submit(bus.message("esc-1"));
        bus.desk.cancel("esc-1", "op");
        bus.timers.settle();
        bus.timers.jumpWall(Duration.ofDays(3));
        bus.advance(Duration.ofMinutes(1));
        assertThat(bus.events("IF.message")).containsExactly("decision_delivered");
    }

    @Test
    void shouldCallNoSlewingAJump() {
        for (int i = 0; i < 50; i++) {
            bus.timers.jumpWall(Duration.ofMillis(100));
            bus.advance(Duration.ofSeconds(5));
        }
        assertThat(bus.events("IF.call")).doesNotContain("clock_jumped");
    }

    private void jump(int hours) {
        bus.timers.jumpWall(Duration.ofHours(hours));
        bus.advance(Duration.ofSeconds(6));
    }

    private void submit(Duration deadline) { submit("esc-1", deadline); }

    private void submit(String id, Duration deadline) {
        ObjectNode message = bus.message(id);
        ((ObjectNode) message.path("payload")).put("deadline", Rfc3339.format(bus.timers.wallTime().plus(deadline)));
        bus.submit(message);
    }
}
