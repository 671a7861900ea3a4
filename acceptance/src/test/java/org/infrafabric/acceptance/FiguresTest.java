package org.infrafabric.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.infrafabric.testkit.Requires;
import org.infrafabric.testkit.Sipp;
import org.infrafabric.testkit.SippScenario;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tools.jackson.databind.JsonNode;

/** What {@code /metrics} says after a real escalation, held to what the log says of it (CONTRACT §7). */
@Execution(ExecutionMode.CONCURRENT) // it has a bus of its own
class FiguresTest {
    private static final List<String> OUTCOMES = List.of("decided", "denied", "held", "shared", "exhausted", "expired", "cancelled");

    @TempDir Path folder;

    @Test
    void shouldCountWhatTheLogTells() throws Exception {
        Requires.programs("sipp", "openssl");
        SippScenario answers = SippScenario.invited().ring().answer().play(Path.of("/usr/share/sip-tester/g711a.pcap")).awaitBye();
        try (Sipp expert = Sipp.callee(folder.resolve("expert"), answers, 1);
                Sipp sage = Sipp.callee(folder.resolve("sage"), answers, 1);
                Site site = new Site(folder).expert(expert.uri("expert"), "safety", "answer", "PT10S").guardian("sage", sage.uri("sage"), "answer")
                        .council("{ quorum: 1, deadline: PT60S, gather: PT10S }").start()) {
            nothingHasHappened(scrape(site));
            String id = site.escalate("safety");
            site.await(id, "IN_COUNCIL", Duration.ofSeconds(40));
            PrometheusText during = scrape(site);
            assertThat(during.value("ifbus_calls_active")).isEqualTo(2);
            assertThat(during.value("ifbus_conference_participants")).isEqualTo(2);
            site.vote("sage", id, "approve");
            JsonNode closed = site.await(id, "CLOSED", Duration.ofSeconds(30));
            assertThat(expert.await(Duration.ofSeconds(10))).as("sipp's own verdict").isZero();
            assertThat(sage.await(Duration.ofSeconds(10))).as("sipp's own verdict").isZero();
            String nobody = site.escalate("safety"); // a second one rings a phone that is gone
            site.delete("op", "/v1/escalations/" + nobody);
            site.await(nobody, "CANCELLED", Duration.ofSeconds(20));

            List<JsonNode> log = site.soundLog();
            PrometheusText after = scrape(site);
            countsEscalations(after, closed, log);
            countsMessages(after, log);
            assertThat(after.value("ifbus_calls_active")).isZero();
            assertThat(after.value("ifbus_conference_participants")).isZero();
        }
    }

    private static PrometheusText scrape(Site site) throws Exception {
        Site.Answer answer = site.get("", "/metrics");
        assertThat(answer.raw().headers().firstValue("Content-Type")).hasValue("text/plain; version=0.0.4; charset=utf-8");
        return PrometheusText.of(answer.raw().body());
    }

    /** Every figure of the contract is there before anything happens: one that is missing looks like one that nobody feeds. */
    private static void nothingHasHappened(PrometheusText scrape) {
        assertThat(scrape.types()).containsAllEntriesOf(Map.ofEntries(Map.entry("ifbus_escalations_total", "counter"),
                Map.entry("ifbus_escalation_ring_seconds", "histogram"), Map.entry("ifbus_calls_active", "gauge"),
                Map.entry("ifbus_call_setup_seconds", "histogram"), Map.entry("ifbus_sip_retransmissions_total", "counter"),
                Map.entry("ifbus_rtp_packets_total", "counter"), Map.entry("ifbus_conference_participants", "gauge"),
                Map.entry("ifbus_mix_late_total", "counter"), Map.entry("ifbus_witness_entries_total", "counter"),
                Map.entry("ifbus_witness_commit_seconds", "histogram")));
        for (String outcome : OUTCOMES) assertThat(scrape.value("ifbus_escalations_total", "outcome", outcome)).as(outcome).isZero();
        assertThat(scrape.value("ifbus_calls_active")).isZero();
        assertThat(scrape.value("ifbus_escalation_ring_seconds_count")).isZero();
        assertThat(scrape.value("ifbus_call_setup_seconds_count", "protocol", "sip")).isZero();
        for (String direction : List.of("in", "out")) assertThat(scrape.value("ifbus_rtp_packets_total", "direction", direction)).isZero();
    }

    private static void countsEscalations(PrometheusText scrape, JsonNode closed, List<JsonNode> log) {
        for (String outcome : OUTCOMES)
            assertThat(scrape.value("ifbus_escalations_total", "outcome", outcome)).as(outcome).isEqualTo(count(log, outcome));
        assertThat(scrape.value("ifbus_escalations_total", "outcome", "decided")).isEqualTo(1);
        assertThat(scrape.value("ifbus_witness_entries_total")).isEqualTo(log.size());
        assertThat(scrape.value("ifbus_witness_commit_seconds_count")).isBetween(1.0, (double) log.size() + 10);
        double rang = scrape.value("ifbus_escalation_ring_seconds_count");
        assertThat(rang).as("times an expert's phone rang").isEqualTo(1);
        assertThat(scrape.value("ifbus_escalation_ring_seconds_sum")).isCloseTo(closed.path("ringMillis").asDouble() / 1_000, within(0.002));
        assertThat(scrape.value("ifbus_call_setup_seconds_count", "protocol", "sip")).isEqualTo(count(log, "call_answered"));
        assertThat(scrape.value("ifbus_call_setup_seconds_sum", "protocol", "sip")).isBetween(0.0, 20.0);
        assertThat(scrape.samples("ifbus_guard_decisions_total").keySet()).allMatch(labels -> labels.keySet().equals(Set.of("result", "rule")));
        assertThat(scrape.samples("ifbus_guard_decisions_total").values().stream().mapToDouble(Double::doubleValue).sum())
                .isEqualTo(count(log, "guard_decided"));
    }

    private static void countsMessages(PrometheusText scrape, List<JsonNode> log) {
        double again = scrape.value("ifbus_sip_retransmissions_total");
        double invites = scrape.value("ifbus_sip_messages_total", "direction", "out", "method", "INVITE", "transport", "udp");
        assertThat(invites).as("INVITEs sent, with those sent again").isBetween((double) count(log, "invite_sent"),
                count(log, "invite_sent") + again);
        for (String direction : List.of("in", "out"))
            assertThat(scrape.value("ifbus_sip_messages_total", "direction", direction, "method", "BYE", "transport", "udp")).as(direction)
                    .isGreaterThanOrEqualTo(2);
        double in = scrape.value("ifbus_rtp_packets_total", "direction", "in");
        double out = scrape.value("ifbus_rtp_packets_total", "direction", "out");
        assertThat(in).as("of two phones that speak for seconds").isGreaterThan(200);
        assertThat(out).as("to two phones").isGreaterThan(400);
        assertThat(scrape.value("ifbus_mix_late_total")).isLessThan(out);
    }

    private static long count(List<JsonNode> log, String event) {
        return log.stream().filter(entry -> entry.path("event").stringValue().equals(event)).count();
    }
}
