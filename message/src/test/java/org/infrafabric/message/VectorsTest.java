package org.infrafabric.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class VectorsTest {
    @TestFactory
    Stream<DynamicTest> shouldReadAndJudgeEveryGoldenMessage() {
        VerifyKey agent = VerifyKey.parse(Vectors.read("messages.json").path("publicKey").asString());
        return Vectors.messages().stream().map(vector -> DynamicTest.dynamicTest(vector.path("name").asString(), () -> {
            IfMessage message = IfMessage.parse(vector.path("message").toString().getBytes(UTF_8));
            assertThat(new String(message.canonical(), UTF_8)).isEqualTo(vector.path("canonical").asString());
            assertThat(Signatures.verify(message, agent)).isEqualTo(vector.path("signatureValid").asBoolean());
            assertThat(Signatures.verify(message.original(), agent)).isEqualTo(vector.path("signatureValid").asBoolean());
            assertThat(message.requestSha256()).isEqualTo(Sha256.hex(vector.path("canonical").asString().getBytes(UTF_8)));
        }));
    }

    @TestFactory
    Stream<DynamicTest> shouldMakeTheSameSignatures() {
        SigningKey agent = Vectors.key("agent");
        return Vectors.messages().stream().filter(v -> v.path("signatureValid").asBoolean())
                .map(v -> DynamicTest.dynamicTest(v.path("name").asString(),
                        () -> assertThat(Signatures.sign((ObjectNode) v.path("message"), agent)).isEqualTo(v.path("message"))));
    }

    @TestFactory
    Stream<DynamicTest> shouldDeriveEveryKey() {
        return Vectors.read("keys.json").properties().stream().map(e -> DynamicTest.dynamicTest(e.getKey(), () -> {
            SigningKey key = SigningKey.ofSeed(e.getValue().path("seed").asString());
            assertThat(key.verifyKey()).hasToString(e.getValue().path("publicKey").asString());
            assertThat(key.keyId()).isEqualTo(e.getValue().path("keyId").asString());
            assertThat(VerifyKey.parse(e.getValue().path("publicKey").asString())).isEqualTo(key.verifyKey());
        }));
    }

    @Test
    void shouldMakeTheGoldenDecisionByteForByte() throws Exception {
        JsonNode vector = Vectors.read("decision.json");
        IfMessage request = IfMessage.of(Vectors.plain());
        Decision decision = new Decision("esc-0001", request.requestSha256(), Decision.Verdict.APPROVE_WITH_CONDITIONS,
                List.of("publish after counsel signs"),
                "majority 2 to 1",
                List.of(new Decision.Vote("sage", "approve", Instant.parse("2026-11-21T12:02:10Z")),
                        new Decision.Vote("skeptic", "reject", Instant.parse("2026-11-21T12:02:20Z")),
                        new Decision.Vote("ethicist", "approve", Instant.parse("2026-11-21T12:02:40Z"))),
                2, "823412d1eacb67956220e532959f0104603057c88704863ca38e7cd188fda812",
                new Decision.WitnessEntry(21, "5354d4f5af1fbb0c460d89ca721f57535d9ebc70db0d6f30e27a7ffd43fc42ac"));

        ObjectNode signed = decision.signed("if://bus/node-1", request.source(), request.traceId().orElseThrow(), request.level(),
                Instant.parse("2026-11-21T12:03:00Z"), Vectors.key("bus"));

        assertThat(signed.toString()).isEqualTo(vector.path("message").toString());
        ObjectNode bare = signed.deepCopy();
        bare.remove("signature");
        assertThat(new String(CanonicalJson.of(bare), UTF_8)).isEqualTo(vector.path("canonical").asString());
        assertThat(Signatures.verify(signed, VerifyKey.parse(vector.path("publicKey").asString()))).isTrue();
        assertThat(Decision.read(signed)).isEqualTo(decision);
    }
}
