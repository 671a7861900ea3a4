package org.infrafabric.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.infrafabric.message.SigningKey;
import org.infrafabric.testkit.Await;
import org.infrafabric.testkit.Ports;
import org.infrafabric.testkit.Requires;
import org.infrafabric.testkit.Sipp;
import org.infrafabric.testkit.SippScenario;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Calls that come in and carry X-IF- headers are let in only when every header is there, signed, of now, and seen for the first time (CONTRACT §4). */
class IncomingCallTest {
    private static final String TRACE = "0123456789abcdef0123456789abcdef";
    private static final String HASH = "sha256:" + "ab".repeat(32);
    @TempDir static Path folder;
    private static final int EXPERTS_PORT = Ports.free(2);
    private static Site site;
    private static int calls;

    @BeforeAll
    static void startTheBus() throws Exception {
        Requires.programs("sipp", "openssl");
        site = new Site(folder).expert("sip:sipp@127.0.0.1:" + EXPERTS_PORT, "safety", "answer", "PT2S").start();
    }

    @AfterAll
    static void stop() throws Exception {
        if (site == null) return;
        try {
            site.soundLog();
        } finally {
            site.close();
        }
    }

    /** The header lines of a call from the rostered expert, signed over what sipp will say. */
    private static String headers(String callId, Instant date, SigningKey key) throws Exception {
        String time = date.truncatedTo(ChronoUnit.SECONDS).toString();
        String signed = String.join("\n", "IFBUS-SIP-1", "INVITE", callId, "1", "sip:sipp@127.0.0.1:" + EXPERTS_PORT,
                "sip:council@127.0.0.1:" + site.sipPort, TRACE, "safety", time, HASH, LogCheck.sha256(""));
        return "X-IF-Trace-ID: " + TRACE + "\nX-IF-Hazard: safety\nX-IF-Date: " + time + "\nX-IF-Witness-Hash: " + HASH + "\nX-IF-Signature: keyid=\""
                + key.keyId() + "\";alg=ed25519;sig=\"" + key.signBase64Url(signed.getBytes(StandardCharsets.UTF_8)) + "\"\n";
    }

    private static String newCallId() { return "incoming-" + ++calls + "-" + System.nanoTime(); }

    /** Calls once over TCP, where a transaction is over as soon as it is acknowledged; gives what went over the wire. */
    private static String call(String callId, String headers, int status) throws Exception {
        SippScenario scenario = SippScenario.inviteWithoutBody(headers).expect(status).ackRefusal();
        try (Sipp caller = Sipp.caller(folder.resolve("caller-" + System.nanoTime()), scenario, "127.0.0.1:" + site.sipPort, "council", EXPERTS_PORT,
                callId)) {
            assertThat(caller.await(Duration.ofSeconds(20))).as("sipp's verdict; on the wire:\n" + caller.messages()).isZero();
            return caller.messages();
        }
    }

    private static void refused(String callId, String headers, String reason) throws Exception {
        assertThat(call(callId, headers, 403)).contains("Reason: SIP;cause=403;text=\"" + reason + "\"");
        Await.that("an entry of the refusal", Duration.ofSeconds(10), () -> {
            for (JsonNode entry : site.get("op", "/v1/witness/entries?limit=1000").json().path("entries")) {
                String text = entry.toString();
                if (entry.path("component").asString("").equals("IF.sip") && text.contains(callId) && text.contains(reason)) return true;
            }
            return false;
        });
    }

    @Test
    void shouldRefuseAMissingHeader() throws Exception {
        String callId = newCallId();
        refused(callId, headers(callId, Instant.now(), site.key).replaceFirst("X-IF-Date: .*\n", ""), "missing-header");
    }

    @Test
    void shouldRefuseADoubleHeader() throws Exception {
        String callId = newCallId();
        refused(callId, headers(callId, Instant.now(), site.key) + "X-IF-Hazard: legal\n", "missing-header");
    }

    @Test
    void shouldRefuseAnUnknownKey() throws Exception {
        String callId = newCallId();
        refused(callId, headers(callId, Instant.now(), SigningKey.generate()), "unknown-key");
    }

    @Test
    void shouldRefuseAnOldDate() throws Exception {
        String callId = newCallId();
        refused(callId, headers(callId, Instant.now().minusSeconds(310), site.key), "stale");
    }

    @Test
    void shouldRefuseASignatureOfAnotherCall() throws Exception {
        refused(newCallId(), headers(newCallId(), Instant.now(), site.key), "bad-signature");
    }

    @Test
    void shouldTakeAGenuineCallOnceAndItsReplayNever() throws Exception {
        String callId = newCallId(), headers = headers(callId, Instant.now(), site.key);
        assertThat(call(callId, headers, 404)).as("genuine, of the roster, for no escalation that runs").doesNotContain("cause=403");
        refused(callId, headers, "replay");
    }

    @Test
    void shouldTakeNoStrangersCallWithoutTheHeaders() throws Exception { call(newCallId(), "", 403); }

    @Test
    void shouldAnswerOptions() throws Exception {
        try (Sipp caller = Sipp.caller(folder.resolve("options"), SippScenario.options().expect(200), "127.0.0.1:" + site.sipPort, "council", 1)) {
            assertThat(caller.await(Duration.ofSeconds(20))).as(caller.messages()).isZero();
            assertThat(caller.messages()).contains("Allow:").contains("INVITE");
        }
    }
}
