package org.infrafabric.escalate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class DeliveriesTest {
    private final Bus bus = new Bus();

    @Test
    void shouldTryAgainUntilTheCallbackTakesIt() {
        bus.courierAnswers = new int[] {0, 503, 302, 204};
        bus.decided().advance(Duration.ofSeconds(5)); // pauses of 1, 2 and 4 s, each up to a quarter shorter
        assertThat(bus.posts).hasSize(3);
        bus.advance(Duration.ofSeconds(2));
        assertThat(bus.posts).hasSize(4);
        assertThat(bus.entries().stream().filter(entry -> entry.path("event").asString("").equals("decision_delivered")).findFirst().orElseThrow()
                .path("payload").path("attempts").intValue()).isEqualTo(4);
        bus.advance(Duration.ofDays(2));
        assertThat(bus.posts).hasSize(4);
    }

    @Test
    void shouldGiveUpAfterADayAndSaySo() {
        bus.courierAnswers = new int[] {500};
        bus.decided().advance(Duration.ofDays(3));
        assertThat(bus.events("IF.message")).containsExactly("delivery_failed");
        assertThat(bus.posts.size()).isBetween(30, 50);
    }

    @Test
    void shouldGoOnAfterARestart() {
        bus.courierAnswers = new int[] {500, 500, 200};
        bus.decided().advance(Duration.ofMillis(500));
        assertThat(bus.posts).hasSize(1);
        bus.crash().advance(Duration.ofMinutes(1));
        assertThat(bus.posts).hasSize(3);
        assertThat(bus.events("IF.message")).containsExactly("decision_delivered");
        bus.crash().advance(Duration.ofDays(1));
        assertThat(bus.posts).hasSize(3);
    }

    @Test
    void shouldGoNowhereThatTheOperatorDidNotName() {
        bus.start();
        ObjectNode message = bus.message("esc-1");
        ((ObjectNode) message.path("payload")).put("callback", "http://169.254.169.254/latest");
        bus.submit(message);
        bus.desk.cancel("esc-1", "op");
        bus.advance(Duration.ofMinutes(1));
        assertThat(bus.posts).isEmpty();
        assertThat(bus.events("IF.message")).containsExactly("delivery_failed");
    }
}
