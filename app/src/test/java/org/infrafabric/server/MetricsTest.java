package org.infrafabric.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class MetricsTest {
    @Test
    void shouldGiveTheFiguresOfTheContractByTheirNames() {
        try (Metrics metrics = new Metrics()) {
            metrics.escalationEnded("DECIDED");
            metrics.rang(Duration.ofMillis(120));
            metrics.callSetUp("sip", Duration.ofMillis(300));
            metrics.sipMessage("out", "INVITE", "udp");
            metrics.sipRetransmission();
            metrics.mixesLate(() -> 1);
            for (int i = 0; i < 3; i++) metrics.entryWritten();
            metrics.committed(Duration.ofMillis(2));
            metrics.guardDecided("allow", "people-for-legal");
            metrics.callsActive(() -> 4);
            metrics.conferenceParticipants(() -> 3);
            metrics.rtpPackets(() -> 10, () -> 20);
            System.gc(); // what a figure is read from must not be collected
            assertThat(metrics.scrape().lines()).contains("ifbus_escalations_total{outcome=\"decided\"} 1.0", "ifbus_escalation_ring_seconds_count 1",
                    "ifbus_call_setup_seconds_count{protocol=\"sip\"} 1",
                    "ifbus_sip_messages_total{direction=\"out\",method=\"INVITE\",transport=\"udp\"} 1.0",
                    "ifbus_sip_retransmissions_total 1.0", "ifbus_mix_late_total 1.0", "ifbus_witness_entries_total 3.0",
                    "ifbus_witness_commit_seconds_count 1",
                    "ifbus_guard_decisions_total{result=\"allow\",rule=\"people-for-legal\"} 1.0", "ifbus_calls_active 4.0",
                    "ifbus_conference_participants 3.0",
                    "ifbus_rtp_packets_total{direction=\"in\"} 10.0", "ifbus_rtp_packets_total{direction=\"out\"} 20.0");
        }
    }

    @Test
    void shouldNotLetAPeerGrowTheFigures() {
        try (Metrics metrics = new Metrics()) {
            for (int i = 0; i < 1_000; i++) {
                metrics.sipMessage("in", "X" + i, "udp");
                metrics.guardDecided("deny", "rule-" + i);
            }
            List<String> lines = metrics.scrape().lines()
                    .filter(line -> line.startsWith("ifbus_sip_messages_total{") || line.startsWith("ifbus_guard_decisions_total{")).toList();
            assertThat(lines).hasSize(202).contains("ifbus_sip_messages_total{direction=\"in\",method=\"other\",transport=\"udp\"} 1000.0",
                    "ifbus_guard_decisions_total{result=\"deny\",rule=\"other\"} 800.0");
        }
    }
}
