package org.infrafabric.sip;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.infrafabric.call.Provenance;
import org.infrafabric.message.SigningKey;
import org.infrafabric.message.VerifyKey;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class EscalationHeadersTest {
    private static final JsonNode VECTORS = vectors();
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:30Z");
    private static final Provenance CASE = new Provenance("0af7651916cd43dd8448eb211c80319c", List.of("legal", "safety"), "17".repeat(32));

    private final SigningKey key = SigningKey.generate();
    private final Function<String, Optional<VerifyKey>> roster = id -> id.equals(key.keyId()) ? Optional.of(key.verifyKey()) : Optional.empty();
    private final EscalationHeaders headers = EscalationHeaders.signing(key, roster);

    @TestFactory
    Stream<DynamicTest> shouldJudgeTheGoldenVectorsAsTheyAre() {
        return VECTORS.path("cases").valueStream().map(vector -> dynamicTest(vector.path("name").asString(), () -> {
            EscalationHeaders checker = EscalationHeaders.checking(EscalationHeadersTest::rostered);
            SipMessage invite = invite(vector);
            EscalationHeaders.Verdict verdict = checker.check(invite, Instant.parse(vector.path("now").asString()));
            String expected = vector.path("verdict").asString();
            if (expected.equals("ok")) {
                assertThat(verdict).isInstanceOf(EscalationHeaders.Verdict.Genuine.class);
                assertThat(new String(signedBytes(invite), UTF_8)).isEqualTo(vector.path("signedBytes").asString());
            } else {
                assertThat(verdict).isEqualTo(new EscalationHeaders.Verdict.Refused(expected));
            }
        }));
    }

    @Test
    void shouldTakeWhatItSignedOnceAndThenCallItAReplay() throws NotSip {
        SipMessage invite = signed(NOW, "c1");
        assertThat(headers.check(invite, NOW)).isEqualTo(new EscalationHeaders.Verdict.Genuine(CASE));
        assertThat(headers.check(invite, NOW.plusSeconds(299))).isEqualTo(new EscalationHeaders.Verdict.Refused("replay"));
        assertThat(headers.check(invite, NOW.plusSeconds(301))).isEqualTo(new EscalationHeaders.Verdict.Refused("stale"));
        assertThat(headers.check(signed(NOW, "c2"), NOW)).isInstanceOf(EscalationHeaders.Verdict.Genuine.class);
    }

    @Test
    void shouldRememberADateFromTheFutureAsLongAsItWouldPass() throws NotSip {
        SipMessage invite = signed(NOW.plusSeconds(300), "c1");
        assertThat(headers.check(invite, NOW)).isInstanceOf(EscalationHeaders.Verdict.Genuine.class);
        assertThat(headers.check(invite, NOW.plusSeconds(600))).isEqualTo(new EscalationHeaders.Verdict.Refused("replay"));
    }

    @Test
    void shouldNameAMissingAndADoubleHeaderBeforeAnythingElse() throws NotSip {
        for (HeaderName name : List.of(HeaderName.X_IF_TRACE_ID, HeaderName.X_IF_HAZARD, HeaderName.X_IF_DATE, HeaderName.X_IF_WITNESS_HASH,
                HeaderName.X_IF_SIGNATURE)) {
            String text = new String(signed(NOW, "c1").bytes(), UTF_8);
            String line = text.lines().filter(l -> l.startsWith(name.text())).findFirst().orElseThrow() + "\r\n";
            assertThat(check(text.replace(line, ""))).as("without " + name).isEqualTo("missing-header");
            assertThat(check(text.replace(line, line + line))).as("two of " + name).isEqualTo("missing-header");
        }
    }

    @Test
    void shouldCheckTheKeyBeforeTheDateAndTheDateBeforeTheSignature() throws NotSip {
        String text = new String(signed(NOW.minusSeconds(301), "c1").bytes(), UTF_8);
        assertThat(check(text.replace(key.keyId(), "0123456789abcdef"))).isEqualTo("unknown-key");
        assertThat(check(text.replace("legal", "bias"))).isEqualTo("stale");
        assertThat(check(new String(signed(NOW, "c1").bytes(), UTF_8).replace("legal", "bias"))).isEqualTo("bad-signature");
    }

    @Test
    void shouldTakeAnInviteWithoutAnyOfThemForAnOrdinaryCall() throws NotSip {
        SipMessage plain = SipParser.parse("INVITE sip:a@b SIP/2.0\r\n\r\n".getBytes(UTF_8));
        assertThat(headers.check(plain, NOW)).isEqualTo(new EscalationHeaders.Verdict.Ordinary());
        SipMessage stranger = SipParser.parse("INVITE sip:a@b SIP/2.0\r\nx-if-anything: 1\r\n\r\n".getBytes(UTF_8));
        assertThat(headers.check(stranger, NOW)).isEqualTo(new EscalationHeaders.Verdict.Refused("missing-header"));
    }

    @Test
    void shouldTakeNoneRatherThanForgetOneEarly() {
        ReplayCache cache = new ReplayCache(2);
        assertThat(cache.take("a", NOW.plusSeconds(1), NOW)).isEqualTo(ReplayCache.Outcome.NEW);
        assertThat(cache.take("b", NOW.plusSeconds(9), NOW)).isEqualTo(ReplayCache.Outcome.NEW);
        assertThat(cache.take("c", NOW.plusSeconds(9), NOW)).isEqualTo(ReplayCache.Outcome.FULL);
        assertThat(cache.take("a", NOW.plusSeconds(1), NOW)).isEqualTo(ReplayCache.Outcome.SEEN);
        assertThat(cache.take("c", NOW.plusSeconds(9), NOW.plusSeconds(2))).isEqualTo(ReplayCache.Outcome.NEW);
    }

    private String check(String text) throws NotSip {
        EscalationHeaders fresh = EscalationHeaders.signing(key, roster);
        return fresh.check(SipParser.parse(text.getBytes(UTF_8)), NOW) instanceof EscalationHeaders.Verdict.Refused refused ? refused.reason() : "";
    }

    private SipMessage signed(Instant date, String callId) throws NotSip {
        byte[] body = "v=0\r\n".getBytes(UTF_8);
        SipWriter writer = SipWriter.request("INVITE", "sip:expert@127.0.0.1").header(HeaderName.FROM, "<sip:bus@ifbus.local>;tag=1")
                .header(HeaderName.TO, "<sip:expert@127.0.0.1>").header(HeaderName.CALL_ID, callId).header(HeaderName.CSEQ, "1 INVITE");
        headers.sign(writer, new EscalationHeaders.Signed("INVITE", callId, 1, "<sip:bus@ifbus.local>", "<sip:expert@127.0.0.1>", body), CASE, date);
        return SipParser.parse(writer.end("application/sdp", body));
    }

    private static byte[] signedBytes(SipMessage invite) {
        return EscalationHeaders.signedBytes(
                new EscalationHeaders.Signed("INVITE", invite.text(HeaderName.CALL_ID), CSeq.of(invite).orElseThrow().number(),
                        invite.text(HeaderName.FROM),
                        invite.text(HeaderName.TO), invite.body()),
                invite.text(HeaderName.X_IF_TRACE_ID), invite.text(HeaderName.X_IF_HAZARD), invite.text(HeaderName.X_IF_DATE),
                invite.text(HeaderName.X_IF_WITNESS_HASH));
    }

    private static SipMessage invite(JsonNode vector) throws NotSip {
        SipWriter writer = SipWriter.request(vector.path("method").asString(), "sip:x@127.0.0.1")
                .header(HeaderName.FROM, vector.path("from").asString())
                .header(HeaderName.TO, vector.path("to").asString()).header(HeaderName.CALL_ID, vector.path("callId").asString())
                .header(HeaderName.CSEQ, vector.path("cseq").asLong() + " " + vector.path("method").asString());
        vector.path("headers").properties().forEach(header -> writer.header(header.getKey(), header.getValue().asString()));
        return SipParser.parse(writer.end("application/sdp", vector.path("body").asString().getBytes(UTF_8)));
    }

    private static Optional<VerifyKey> rostered(String keyId) {
        Map<String, VerifyKey> keys = new HashMap<>();
        VECTORS.path("keys").properties().forEach(entry -> keys.put(entry.getKey(), VerifyKey.parse(entry.getValue().asString())));
        return Optional.ofNullable(keys.get(keyId));
    }

    private static JsonNode vectors() {
        try (InputStream in = EscalationHeadersTest.class.getResourceAsStream("/vectors/sip-headers.json")) {
            return JsonMapper.shared().readTree(in);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
