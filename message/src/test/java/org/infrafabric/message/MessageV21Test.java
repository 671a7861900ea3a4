package org.infrafabric.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Supplier;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The two versions say the same: any case that one can put, the other puts as well, and each is signed as it came. */
class MessageV21Test {
    private static final SigningKey AGENT = SigningKey.generate();
    private static final List<String> CONTENT = List.of("summary", "severity", "evidence", "confidence", "callback", "deadline");

    @Property(seed = "1", tries = 500)
    void shouldReadTheSameOutOfBothVersions(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        ObjectNode v10 = v10(random), v21 = v21(v10, random);
        IfMessage old = IfMessage.of(v10), fresh = IfMessage.parse(Signatures.sign(v21, AGENT).toString().getBytes(UTF_8));

        assertThat(fresh.v10()).isEqualTo(old.v10());
        assertThat(fresh.hazards()).isEqualTo(old.hazards());
        assertThat(fresh.summary()).isEqualTo(old.summary());
        assertThat(fresh.severity()).isEqualTo(old.severity());
        assertThat(fresh.evidence()).isEqualTo(old.evidence());
        assertThat(fresh.confidence()).isEqualTo(old.confidence());
        assertThat(fresh.callback()).isEqualTo(old.callback());
        assertThat(fresh.deadline()).isEqualTo(old.deadline());
        assertThat(fresh.conversationId()).isEqualTo(old.conversationId());
        assertThat(fresh.traceId()).isEqualTo(old.traceId());
        assertThat(fresh.level()).isEqualTo(old.level());
    }

    @Property(seed = "1", tries = 500)
    void shouldSignHashAndKeepTheMessageAsItCame(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        ObjectNode v21 = v21(v10(random), random), signed = Signatures.sign(v21, AGENT);
        IfMessage message = IfMessage.parse(signed.toString().getBytes(UTF_8));
        assertThat(message.original()).isEqualTo(signed);
        assertThat(message.requestSha256()).isEqualTo(Sha256.hex(CanonicalJson.of(v21)));
        assertThat(Signatures.verify(message, AGENT.verifyKey())).isTrue();
        assertThat(message.requestSha256()).as("the mapped form is another text").isNotEqualTo(IfMessage.of(message.v10()).requestSha256());

        ObjectNode mapped = message.v10().deepCopy();
        mapped.set("signature", signed.path("signature"));
        assertThat(Signatures.verify(mapped, AGENT.verifyKey())).as("a signature over 2.1 is none over what it maps to").isFalse();
        ObjectNode altered = signed.deepCopy();
        altered.put("performative", swapCase(altered.path("performative").asString()));
        assertThat(Signatures.verify(IfMessage.of(altered), AGENT.verifyKey())).as("any case is understood, the one that came is signed").isFalse();
    }

    /** Whatever a name of 1.0's means nothing in 2.1: it must not get in by that door unchecked. */
    @Property(seed = "1", tries = 200)
    void shouldNotTakeNamesOf10ForFieldsOf21(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        ObjectNode v10 = v10(random), v21 = v21(v10, random);
        v21.put("source", "if://agent/somebody/else").put("destination", 7).put("traceId", "none").put("payload", "nothing");
        ((ObjectNode) v21.path("content")).put("performative", "INFORM").put("conversationId", 5).putArray("hazards").add("none");
        assertThat(IfMessage.of(v21).v10()).isEqualTo(IfMessage.of(v10).v10());
    }

    private static ObjectNode v10(Random random) {
        ObjectNode message = JsonNodeFactory.instance.objectNode();
        message.put("id", "m-" + Math.abs(random.nextLong())).put("timestamp", Rfc3339.format(Instant.ofEpochSecond(random.nextInt(2_000_000_000))));
        message.put("level", 1 + random.nextInt(5)).put("source", "if://agent/" + word(random)).put("destination", "if://service/" + word(random));
        sometimes(random, () -> message.put("traceId", TraceIds.random(random)));
        message.put("version", "1.0");
        ObjectNode payload = message.putObject("payload").put("performative", "ESCALATE");
        payload.putArray("hazards").add(word(random)).add(word(random));
        payload.put("summary", word(random) + " \u00e4\u20ac\ud83d\ude00 \"quoted\"\n");
        sometimes(random, () -> payload.put("conversationId", word(random)));
        sometimes(random, () -> payload.put("severity", List.of("low", "medium", "high", "critical").get(random.nextInt(4))));
        sometimes(random, () -> payload.putObject("confidence").put("normalized", random.nextInt(101) / 100.0));
        sometimes(random, () -> payload.put("callback", "https://" + word(random) + ".example/x"));
        sometimes(random, () -> payload.put("deadline", Rfc3339.format(Instant.ofEpochSecond(random.nextInt(2_000_000_000)))));
        sometimes(random, () -> payload.putArray("evidence").addObject().put("name", word(random)).put("mediaType", "text/plain")
                .put("sha256", "0".repeat(64)).put("data", "AAAA"));
        sometimes(random, () -> payload.put("x-" + word(random), random.nextInt()));
        sometimes(random, () -> message.put("x-" + word(random), random.nextBoolean()));
        return message;
    }

    /** The table of CONTRACT §3, from right to left. */
    private static ObjectNode v21(ObjectNode v10, Random random) {
        ObjectNode message = JsonNodeFactory.instance.objectNode();
        JsonNode payload = v10.path("payload");
        message.set("id", v10.path("id"));
        message.set("timestamp", v10.path("timestamp"));
        message.put("version", "2.1");
        message.set("sender", v10.path("source"));
        message.set("receiver", v10.path("destination"));
        if (v10.has("traceId")) message.set("trace_id", v10.path("traceId"));
        if (v10.path("level").intValue() != 2 || random.nextBoolean()) message.set("level", v10.path("level"));
        message.put("performative", random.nextBoolean() ? "escalate" : swapCase("eScAlAtE"));
        message.set("hazards", payload.path("hazards"));
        if (payload.has("conversationId")) message.set("conversation_id", payload.path("conversationId"));
        ObjectNode content = message.putObject("content");
        for (var field : payload.properties()) {
            if (CONTENT.contains(field.getKey()) || field.getKey().startsWith("x-")) content.set(field.getKey(), field.getValue());
        }
        for (var field : v10.properties()) if (field.getKey().startsWith("x-")) message.set(field.getKey(), field.getValue());
        return message;
    }

    private static void sometimes(Random random, Supplier<?> what) {
        if (random.nextBoolean()) what.get();
    }

    private static String word(Random random) {
        StringBuilder word = new StringBuilder();
        for (int i = 1 + random.nextInt(8); i > 0; i--) word.append((char) ('a' + random.nextInt(26)));
        return word.toString();
    }

    private static String swapCase(String text) {
        StringBuilder swapped = new StringBuilder();
        for (char c : text.toCharArray()) {
            String one = String.valueOf(c);
            swapped.append(Character.isUpperCase(c) ? one.toLowerCase(Locale.ROOT) : one.toUpperCase(Locale.ROOT));
        }
        return swapped.toString();
    }
}
