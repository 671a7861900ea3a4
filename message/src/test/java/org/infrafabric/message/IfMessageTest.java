package org.infrafabric.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class IfMessageTest {
    @Test
    void shouldReadEveryFieldOfAnEscalation() throws Exception {
        IfMessage message = message(m -> payload(m).put("callback", "https://agent.example/decided"));
        assertThat(message.id()).isEqualTo("esc-0001");
        assertThat(message.timestamp()).isEqualTo("2026-11-21T12:00:00Z");
        assertThat(message.level()).isEqualTo(2);
        assertThat(message.source()).isEqualTo("if://agent/swarm/legal-1");
        assertThat(message.destination()).isEqualTo("if://service/guard/council");
        assertThat(message.traceId()).contains("0af7651916cd43dd8448eb211c80319c");
        assertThat(message.performative()).isEqualTo("ESCALATE");
        assertThat(message.hazards()).containsExactly("legal", "safety");
        assertThat(message.summary()).startsWith("Revenue conflict");
        assertThat(message.severity()).contains("high");
        assertThat(message.confidence()).hasValue(0.19);
        assertThat(message.conversationId()).contains("conv-7");
        assertThat(message.callback()).contains("https://agent.example/decided");
        assertThat(message.deadline()).contains(Instant.parse("2026-11-21T12:05:00Z"));
        assertThat(message.signature().orElseThrow().keyId()).isEqualTo("e35aff40695aa1be");
        Evidence evidence = message.evidence().get(0);
        assertThat(evidence.name()).isEqualTo("filing.md");
        assertThat(evidence.uri()).isEmpty();
        assertThat(new String(evidence.bytes().orElseThrow(), UTF_8)).isEqualTo("# Filing\n");
        assertThat(evidence.isIntact(evidence.bytes().orElseThrow())).isTrue();
    }

    @Test
    void shouldMapEveryFieldOfV21AndKeepTheMessageAsItCame() throws Exception {
        ObjectNode v21 = (ObjectNode) Vectors.message("v2.1").path("message").deepCopy();
        v21.put("level", 4).put("x-own", 1).put("payload", "not v2.1's").put("source", "if://agent/somebody/else");
        ObjectNode content = (ObjectNode) v21.path("content");
        content.put("severity", "low").put("deadline", "2026-11-21T13:05:00+01:00").put("callback", "http://127.0.0.1/cb").put("note", "kept");
        content.putArray("hazards").add("safety");
        String before = v21.toString();

        IfMessage message = IfMessage.parse(before.getBytes(UTF_8));

        assertThat(message.source()).isEqualTo("if://agent/swarm/legal-1");
        assertThat(message.destination()).isEqualTo("if://service/guard/council");
        assertThat(message.traceId()).contains("0af7651916cd43dd8448eb211c80319c");
        assertThat(message.level()).isEqualTo(4);
        assertThat(message.performative()).isEqualTo("ESCALATE");
        assertThat(message.hazards()).containsExactly("legal");
        assertThat(message.conversationId()).contains("conv-7");
        assertThat(message.summary()).isEqualTo("v2.1 form");
        assertThat(message.severity()).contains("low");
        assertThat(message.confidence()).hasValue(0.25);
        assertThat(message.deadline()).contains(Instant.parse("2026-11-21T12:05:00Z"));
        assertThat(message.callback()).contains("http://127.0.0.1/cb");
        assertThat(message.v10().path("x-own").intValue()).isEqualTo(1);
        assertThat(message.v10().path("payload").path("note").asString()).isEqualTo("kept");
        assertThat(message.original()).hasToString(before);
        assertThat(IfMessage.of(message.v10()).summary()).isEqualTo("v2.1 form");
    }

    @Test
    void shouldGiveV21WithoutALevelLevel2() throws Exception {
        assertThat(IfMessage.of((ObjectNode) Vectors.message("v2.1").path("message")).level()).isEqualTo(2);
    }

    @Test
    void shouldTakeAMessageThatIsNoEscalation() throws Exception {
        IfMessage message = message(m -> m.putObject("payload").put("performative", "INFORM").putObject("confidence").put("normalized", 1));
        assertThat(message.performative()).isEqualTo("INFORM");
        assertThat(message.hazards()).isEmpty();
        assertThat(message.summary()).isEmpty();
        assertThat(message.evidence()).isEmpty();
        assertThat(message.confidence()).hasValue(1);
        assertThat(message.deadline()).isEmpty();
    }

    @Test
    void shouldTakeAMessageWithoutSignatureVersionAndTrace() throws Exception {
        IfMessage message = message(m -> m.remove(List.of("signature", "version", "traceId")));
        assertThat(message.signature()).isEmpty();
        assertThat(message.traceId()).isEmpty();
        assertThat(Signatures.verify(message, Vectors.key("agent").verifyKey())).isFalse();
    }

    @Test
    void shouldTakeTheDashesFromATraceIdThatIsAUuid() throws Exception {
        assertThat(message(m -> m.put("traceId", "0AF76519-16cd-43dd-8448-eb211c80319c")).traceId()).contains("0af7651916cd43dd8448eb211c80319c");
        assertThat(TraceIds.parse("0AF76519-16cd-43dd-8448-eb211c80319c")).contains("0af7651916cd43dd8448eb211c80319c");
        assertThat(TraceIds.parse("0AF7651916cd43dd8448eb211c80319c")).isEmpty();
        assertThat(TraceIds.parse(TraceIds.random(new java.util.SplittableRandom(7)))).isPresent();
    }

    @Test
    void shouldTakeALevelWrittenAsADouble() throws Exception {
        assertThat(IfMessage.parse(Vectors.plain().toString().replace("\"level\":2", "\"level\":2.0").getBytes(UTF_8)).level()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"id", "timestamp", "level", "source", "destination", "payload"})
    void shouldNameTheFieldThatIsMissing(String name) {
        MessageRefused refused = refused(m -> m.remove(name));
        assertThat(refused.field()).isEqualTo("/" + name);
        assertThat(refused.detail()).contains("is missing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"performative", "hazards", "summary"})
    void shouldNameTheFieldThatIsMissingInThePayload(String name) {
        assertThat(refused(m -> payload(m).remove(name)).field()).isEqualTo("/payload/" + name);
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', value = {"/id|`\"a b\"`", "/id|`\"\"`", "/id|`7`", "/id|`\"esc-0001\\n\"`", "/level|`0`", "/level|`6`",
        "/level|`\"2\"`",
        "/level|`2.5`", "/level|`1e300`", "/level|`-1e300`", "/level|`null`", "/timestamp|`\"yesterday, at about noon\"`", "/timestamp|`1700000000`",
        "/timestamp|`\"2026-02-30T12:00:00Z\"`",
        "/source|`\"\"`", "/source|`\"if://a\\nb\"`", "/destination|`[]`", "/traceId|`\"0AF7651916CD43DD8448EB211C80319C\"`",
        "/traceId|`\"0af7651916cd43dd8448eb211c80319c\\n\"`", "/version|`\"3.0\"`", "/version|`1.0`", "/payload|`\"text\"`", "/signature|`\"text\"`",
        "/payload/performative|`\"escalate\"`", "/payload/hazards|`[]`", "/payload/hazards|`\"legal\"`", "/payload/hazards/0|`[7]`",
        "/payload/summary|`\"\"`", "/payload/severity|`\"urgent\"`", "/payload/confidence|`0.19`",
        "/payload/confidence/normalized|`{\"normalized\":1.01}`",
        "/payload/confidence/normalized|`{\"normalized\":\"0.2\"}`", "/payload/deadline|`\"2026-11-21T25:00:00.000Z\"`",
        "/payload/callback|`\"file:///etc/passwd\"`", "/payload/evidence/0/sha256|`[{\"name\":\"a\",\"mediaType\":\"a/b\",\"uri\":\"http://a/\"}]`",
        "/payload/evidence/0|`[{\"name\":\"a\",\"mediaType\":\"a/b\",\"sha256\":\"bd1474b3eb7639e46a453d59514e6b704600316085a8f3c96b35e686fc7cf2f2\"}]`"},
            delimiter = '|')
    void shouldNameTheFieldThatIsWrong(String field, String value) {
        String[] names = field.split("/");
        JsonNode wrong = JsonMapper.shared().readTree(value);
        MessageRefused refused = refused(m -> {
            if (names.length > 2) payload(m).set(names[2], wrong);
            else m.set(names[1], wrong);
        });
        assertThat(refused.code()).isEqualTo(MessageRefused.Code.SCHEMA);
        assertThat(refused.field()).isEqualTo(field);
        assertThat(refused.detail()).isNotBlank();
    }

    @Test
    void shouldBoundLengthsAndCounts() {
        assertThat(refused(m -> m.put("id", "x".repeat(120))).field()).isEqualTo("/id");
        assertThat(refused(m -> m.put("source", "x".repeat(513))).field()).isEqualTo("/source");
        assertThat(refused(m -> payload(m).put("summary", "x".repeat(8193))).field()).isEqualTo("/payload/summary");
        assertThat(refused(m -> {
            for (int i = 0; i < 20; i++) ((ArrayNode) payload(m).path("hazards")).add("h" + i);
        }).field()).isEqualTo("/payload/hazards");
        assertThat(refused(m -> {
            for (int i = 0; i < 80; i++) m.put("x" + i, i);
        }).field()).isEmpty();
    }

    @Test
    void shouldLeaveRoomForTheDecisionOfTheLongestId() throws Exception {
        Decision decision = new Decision("x".repeat(119), "0".repeat(64), Decision.Verdict.HOLD, List.of(), "no quorum", List.of(), 2,
                "0".repeat(64), new Decision.WitnessEntry(1, "0".repeat(64)));
        ObjectNode message = decision.signed("if://bus/a", "if://agent/b", TraceIds.random(new java.util.SplittableRandom(7)), 1, Instant.EPOCH,
                Vectors.key("bus"));
        assertThat(Decision.read(message)).isEqualTo(decision);
    }

    @Test
    void shouldSpeakEnglishWhereverItRuns() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.GERMANY);
            assertThat(refused(m -> m.put("level", 9)).detail()).contains("expected: 1 to 5");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void shouldRefuseWhatIsNoJsonAsMalformed() {
        MessageRefused refused = catchThrowableOfType(MessageRefused.class, () -> IfMessage.parse("{".getBytes(UTF_8)));
        assertThat(refused.code()).isEqualTo(MessageRefused.Code.MALFORMED);
    }

    @Test
    void shouldCallAMessageStaleAfter300Seconds() {
        Instant now = Instant.parse("2026-11-21T12:00:00Z");
        for (Duration off : new Duration[] {Duration.ZERO, Duration.ofSeconds(300), Duration.ofSeconds(-300)})
            assertThat(Signatures.isStale(now.plus(off), now)).isFalse();
        for (Duration off : new Duration[] {Duration.ofMillis(300_001), Duration.ofMillis(-300_001)})
            assertThat(Signatures.isStale(now.plus(off), now)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"algorithm,ed448", "keyId,0000000000000000", "value,AAAA", "value,''"})
    void shouldRefuseASignatureThatIsNotTheKeys(String part, String text) throws Exception {
        IfMessage message = message(m -> ((ObjectNode) m.path("signature")).put(part, text));
        assertThat(Signatures.verify(message, Vectors.key("agent").verifyKey())).isFalse();
    }

    @Test
    void shouldPublishBothSchemas() {
        for (MessageSchema schema : MessageSchema.values()) {
            assertThat(JsonMapper.shared().readTree(schema.text()).path("$id").asString()).endsWith(schema.file());
        }
    }

    private static ObjectNode payload(ObjectNode message) { return (ObjectNode) message.path("payload"); }

    private static IfMessage message(Consumer<ObjectNode> change) throws MessageRefused {
        ObjectNode message = Vectors.plain();
        change.accept(message);
        return IfMessage.parse(message.toString().getBytes(UTF_8));
    }

    private static MessageRefused refused(Consumer<ObjectNode> change) {
        MessageRefused refused = catchThrowableOfType(MessageRefused.class, () -> message(change));
        assertThat(refused).isNotNull();
        return refused;
    }
}
