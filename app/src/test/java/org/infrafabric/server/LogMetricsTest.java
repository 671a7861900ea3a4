package org.infrafabric.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.infrafabric.message.Rfc3339;
import org.infrafabric.witness.Entry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LogMetricsTest {
    private static final Instant BEGIN = Instant.parse("2026-11-21T12:00:00.000Z");

    private final Metrics metrics = new Metrics();
    private final LogMetrics log = new LogMetrics(metrics);
    private long seq;

    @AfterEach
    void close() { metrics.close(); }

    @Test
    void shouldCountTheExpertsFirstRingingOnceAnEscalation() {
        placed(1, "expert", 10);
        call("call_ringing", 1, 120, 120);
        call("call_ringing", 1, 150, 150); // 183 after 180
        call("call_answered", 1, 900, 900);
        placed(2, "guardian", 1_000);
        call("call_ringing", 2, 1_100, 1_100);
        call("call_ended", 1, 1_200, 0);
        placed(3, "expert", 1_300);
        call("call_ringing", 3, 1_400, 1_400); // the next rung's
        assertThat(figures()).contains("ifbus_escalation_ring_seconds_count 1", "ifbus_escalation_ring_seconds_sum 0.12");
    }

    @Test
    void shouldTakeAnAnswerForRingingWhenThePhoneNeverSaidThatItRings() {
        placed(1, "expert", 10);
        call("call_answered", 1, 300, 300);
        assertThat(figures()).contains("ifbus_escalation_ring_seconds_count 1", "ifbus_escalation_ring_seconds_sum 0.3");
    }

    @Test
    void shouldNotMeasureRingingFromAMessageThatAFormerLifeRead() {
        entry("IF.escalate", "ringing", 0, "\"rung\":1,\"restarted\":true");
        placed(1, "expert", 10);
        call("call_ringing", 1, 120, 120);
        assertThat(figures()).contains("ifbus_escalation_ring_seconds_count 0");
    }

    @Test
    void shouldMeasureEachCallFromItsRequestToItsAnswer() {
        placed(1, "expert", 1_000);
        call("call_answered", 1, 1_250, 1_250);
        placed(2, "guardian", 60_000);
        call("call_answered", 2, 60_500, 60_500);
        placed(3, "guardian", 60_000);
        call("call_ended", 3, 61_000, 0);
        assertThat(figures()).contains("ifbus_call_setup_seconds_count{protocol=\"sip\"} 2", "ifbus_call_setup_seconds_sum{protocol=\"sip\"} 0.75");
    }

    @Test
    void shouldCountEndsAndWhatTheGuardSaid() {
        entry("IF.guard", "guard_decided", 0, "\"result\":\"people\",\"rule\":\"escalations\"");
        entry("IF.guard", "call_denied", 0, "\"party\":\"sip:a@b\",\"reason\":\"too many\"");
        entry("IF.escalate", "exhausted", 0, "\"decision\":\"hold\"");
        assertThat(figures()).contains("ifbus_guard_decisions_total{result=\"people\",rule=\"escalations\"} 1.0",
                "ifbus_guard_decisions_total{result=\"deny\",rule=\"calls-per-minute\"} 1.0", "ifbus_escalations_total{outcome=\"exhausted\"} 1.0",
                "ifbus_escalations_total{outcome=\"decided\"} 0.0");
    }

    private List<String> figures() { return metrics.scrape().lines().toList(); }

    private void placed(int leg, String role, long millis) {
        entry("IF.call", "call_placed", millis, "\"leg\":" + leg + ",\"role\":\"" + role + "\"");
    }

    private void call(String event, int leg, long at, long millis) {
        entry("IF.call", event, at, "\"leg\":" + leg + ",\"millis\":" + millis);
    }

    private void entry(String component, String event, long millis, String payload) {
        log.on(new Entry(++seq, Rfc3339.format(BEGIN.plusMillis(millis)), component, event, "0".repeat(32), "",
                "{\"payload\":{\"escalation\":\"e\"," + payload + "}}"));
    }
}
