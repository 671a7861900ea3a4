package org.infrafabric.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.infrafabric.message.Sha256;
import org.infrafabric.message.SigningKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class EdgeRoutesTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String UUID = "0af76519-16cd-43dd-8448-eb211c80319c";
    private final RunningApi api = new RunningApi();
    private final SigningKey key = SigningKey.generate();

    @AfterEach
    void close() { api.close(); }

    @Test
    void shouldLetPassWhatARosteredKeySigned() {
        api.callKeys.put(key.keyId(), key.verifyKey());

        var answer = check("edge", signed(Instant.now(), TRACE)).json();
        assertThat(answer.toString()).isEqualTo("{\"allow\":true,\"status\":200,\"reason\":\"\",\"setHeaders\":{}}");
        assertThat(check("op", signed(Instant.now(), UUID).put("callId", "again")).json().path("reason").asString()).isEqualTo("bad-signature");
    }

    @Test
    void shouldGiveTheTraceIdWithoutItsDashes() {
        api.callKeys.put(key.keyId(), key.verifyKey());
        ObjectNode body = signed(Instant.now(), TRACE);
        ((ObjectNode) body.path("headers")).put("X-IF-Trace-ID", UUID);

        assertThat(check("edge", body).json().at("/setHeaders/X-IF-Trace-ID").asString()).isEqualTo(TRACE);
    }

    @Test
    void shouldNameTheFaultAsOnTheWayIntoTheBusAndWriteItDown() {
        assertThat(check("edge", signed(Instant.now(), TRACE)).json().path("reason").asString()).isEqualTo("unknown-key");
        api.callKeys.put(key.keyId(), key.verifyKey());

        var stale = check("edge", signed(Instant.now().minusSeconds(301), TRACE)).json();
        assertThat(stale.path("allow").asBoolean()).isFalse();
        assertThat(stale.path("status").asInt()).isEqualTo(403);
        assertThat(stale.at("/setHeaders/Reason").asString()).isEqualTo("SIP;cause=403;text=\"stale\"");
        ObjectNode missing = signed(Instant.now(), TRACE);
        ((ObjectNode) missing.path("headers")).remove("X-IF-Date");
        assertThat(check("edge", missing).json().path("reason").asString()).isEqualTo("missing-header");
        ObjectNode twice = signed(Instant.now(), TRACE);
        ((ObjectNode) twice.path("headers")).putArray("x-if-hazard").add("legal");
        assertThat(check("edge", twice).json().path("reason").asString()).isEqualTo("missing-header");
        assertThat(check("edge", signed(Instant.now(), TRACE)).json().path("allow").asBoolean()).isTrue();
        assertThat(check("edge", signed(Instant.now(), TRACE)).json().path("reason").asString()).isEqualTo("replay");
        assertThat(api.guard.events()).filteredOn("call_refused"::equals).hasSize(5);
        assertThat(api.guard.last("call_refused").path("cause").asString()).isEqualTo("replay, asked by edge-1");
    }

    @Test
    void shouldAskTheRosterAboutOrdinaryCalls() {
        ObjectNode body = JsonMapper.shared().createObjectNode().put("method", "INVITE").put("callId", "c").put("cseq", 1).put("to",
                "sip:bus@ifbus.local");
        assertThat(check("edge", body.put("from", "\"Ada\" <sip:ada@127.0.0.1:5080>;tag=1")).json().path("allow").asBoolean()).isTrue();
        assertThat(check("edge", body.put("from", "sip:ada@127.0.0.1:5080")).json().path("allow").asBoolean()).isTrue();
        assertThat(check("edge", body.put("from", "<sip:eve@127.0.0.1:5080>")).json().path("reason").asString()).isEqualTo("not-in-roster");
        assertThat(check("edge", body.put("from", "nonsense")).json().path("reason").asString()).isEqualTo("not-in-roster");
    }

    @Test
    void shouldWriteDownABoundedNumberOfRefusals() {
        ObjectNode body = JsonMapper.shared().createObjectNode().put("method", "INVITE").put("callId", "c").put("cseq", 1).put("to", "sip:b@c").put(
                "from",
                "sip:eve@x.example");
        for (int i = 0; i < 40; i++) check("edge", body);
        assertThat(api.guard.events()).filteredOn("call_refused"::equals).hasSizeBetween(20, 30);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"method":"invite"}        | /method
            {"method":7}               | /method
            {"cseq":-1}                | /cseq
            {"cseq":2147483648}        | /cseq
            {"cseq":1.5}               | /cseq
            {"callId":""}              | /callId
            {"from":null}              | /from
            {"headers":[]}             | /headers
            {"headers":{"Subject":1}}  | /headers/Subject
            {"bodySha256":"ABC"}       | /bodySha256
            """)
    void shouldRefuseWhatIsNoQuestion(String change, String field) {
        ObjectNode body = JsonMapper.shared().createObjectNode().put("method", "INVITE").put("callId", "c").put("cseq", 1).put("to", "sip:b@c").put(
                "from",
                "sip:a@b");
        body.setAll((ObjectNode) JsonMapper.shared().readTree(change));
        var answer = check("edge", body);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().path("field").asString()).isEqualTo(field);
    }

    @Test
    void shouldBoundTheQuestionAndAskForTheRightToken() {
        ObjectNode body = signed(Instant.now(), TRACE);
        assertThat(check("a", body).status()).isEqualTo(403);
        assertThat(check("", body).status()).isEqualTo(401);
        assertThat(check("edge", body.put("source", "x".repeat(70_000))).status()).isEqualTo(413);
        assertThat(api.get("/v1/escalations", "edge").status()).as("an edge can do nothing else").isEqualTo(403);
        ObjectNode many = signed(Instant.now(), TRACE);
        for (int i = 0; i < 201; i++) ((ObjectNode) many.path("headers")).put("h" + i, "x");
        assertThat(check("edge", many).status()).isEqualTo(400);
    }

    private Answer check(String token, ObjectNode body) { return api.post("/v1/guard/check", token, body.toString()); }

    /** CONTRACT §4, written out here once more. */
    private ObjectNode signed(Instant now, String trace) {
        String body = Sha256.hex("v=0".getBytes(US_ASCII));
        String date = now.truncatedTo(ChronoUnit.SECONDS).toString();
        String hash = "sha256:" + "1".repeat(64);
        String lines = String.join("\n", "IFBUS-SIP-1", "INVITE", "call-1", "1", "sip:bus@ifbus.local", "sip:ada@127.0.0.1:5080", trace,
                "legal,safety", date,
                hash, body);
        ObjectNode node = JsonMapper.shared().createObjectNode().put("method", "INVITE").put("callId", "call-1").put("cseq", 1)
                .put("from", "<sip:bus@IFBUS.local>;tag=a").put("to", "sip:ada@127.0.0.1:5080").put("source", "192.0.2.7:5060")
                .put("bodySha256", body);
        node.putObject("headers").put("X-IF-Trace-ID", trace).put("X-IF-Hazard", "legal,safety").put("X-IF-Date", date).put("X-IF-Witness-Hash", hash)
                .put("x-if-signature", "keyid=\"" + key.keyId() + "\";alg=ed25519;sig=\"" + key.signBase64Url(lines.getBytes(US_ASCII)) + "\"");
        return node;
    }
}
