package org.infrafabric.sip;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.infrafabric.message.Sha256;
import org.infrafabric.message.VerifyKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class EdgeCheckTest {
    private static final JsonNode VECTORS = vectors();
    private final EdgeCheck check = new EdgeCheck(
            keyId -> Optional.ofNullable(VECTORS.path("keys").path(keyId).stringValue(null)).map(VerifyKey::parse));

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void shouldSayWhatTheGoldenVectorsSay(String name, JsonNode vector) {
        EdgeCheck.Answer answer = check.check(asked(vector, Map.of()), now(vector));

        String verdict = vector.path("verdict").asString();
        if (verdict.equals("ok")) assertThat(answer).isEqualTo(new EdgeCheck.Answer.Genuine(vector.at("/headers/X-IF-Trace-ID").asString()));
        else assertThat(answer).isEqualTo(new EdgeCheck.Answer.Refused(verdict));
    }

    @Test
    void shouldTakeTheSameRequestOnce() {
        JsonNode plain = VECTORS.path("cases").get(0);
        assertThat(check.check(asked(plain, Map.of()), now(plain))).isInstanceOf(EdgeCheck.Answer.Genuine.class);
        assertThat(check.check(asked(plain, Map.of()), now(plain))).isEqualTo(new EdgeCheck.Answer.Refused("replay"));
    }

    @Test
    void shouldCountHeadersThatAreMissingOrThereTwice() {
        JsonNode plain = VECTORS.path("cases").get(0);
        for (String name : List.of("X-IF-Trace-ID", "X-IF-Hazard", "X-IF-Date", "X-IF-Witness-Hash", "X-IF-Signature")) {
            String value = plain.path("headers").path(name).asString();
            assertThat(check.check(asked(plain, Map.of(name, List.of())), now(plain))).isEqualTo(new EdgeCheck.Answer.Refused("missing-header"));
            assertThat(check.check(asked(plain, Map.of(name, List.of(value, value))), now(plain)))
                    .isEqualTo(new EdgeCheck.Answer.Refused("missing-header"));
        }
        assertThat(check.check(new EdgeCheck.Asked("INVITE", "c", 1, "sip:a@b", "sip:c@d", Map.of("subject", List.of("x")), "0"), now(plain)))
                .isInstanceOf(EdgeCheck.Answer.Ordinary.class);
    }

    @Test
    void shouldRefuseWhatDiffersInAnythingSigned() {
        JsonNode plain = VECTORS.path("cases").get(0);
        EdgeCheck.Asked good = asked(plain, Map.of());
        for (EdgeCheck.Asked changed : List.of(
                new EdgeCheck.Asked("REFER", good.callId(), 1, good.from(), good.to(), good.headers(), good.bodySha256()),
                new EdgeCheck.Asked("INVITE", "other", 1, good.from(), good.to(), good.headers(), good.bodySha256()),
                new EdgeCheck.Asked("INVITE", good.callId(), 2, good.from(), good.to(), good.headers(), good.bodySha256()),
                new EdgeCheck.Asked("INVITE", good.callId(), 1, "<sip:eve@ifbus.local>", good.to(), good.headers(), good.bodySha256()),
                new EdgeCheck.Asked("INVITE", good.callId(), 1, good.from(), "no uri", good.headers(), good.bodySha256()),
                new EdgeCheck.Asked("INVITE", good.callId(), 1, good.from(), good.to(), good.headers(), Sha256.hex(new byte[] {1})))) {
            assertThat(check.check(changed, now(plain))).isEqualTo(new EdgeCheck.Answer.Refused("bad-signature"));
        }
    }

    static List<Object[]> cases() {
        return VECTORS.path("cases").valueStream().map(vector -> new Object[] {vector.path("name").asString(), vector}).toList();
    }

    private static EdgeCheck.Asked asked(JsonNode vector, Map<String, List<String>> instead) {
        Map<String, List<String>> headers = new HashMap<>();
        vector.path("headers").properties().forEach(
                header -> headers.put(header.getKey().toLowerCase(Locale.ROOT),
                        instead.getOrDefault(header.getKey(), List.of(header.getValue().asString()))));
        return new EdgeCheck.Asked(vector.path("method").asString(), vector.path("callId").asString(), vector.path("cseq").asLong(),
                vector.path("from").asString(), vector.path("to").asString(), headers, Sha256.hex(vector.path("body").asString().getBytes(UTF_8)));
    }

    private static Instant now(JsonNode vector) { return Instant.parse(vector.path("now").asString()); }

    private static JsonNode vectors() {
        try (InputStream in = EdgeCheckTest.class.getResourceAsStream("/vectors/sip-headers.json")) {
            return JsonMapper.shared().readTree(in);
        } catch (IOException unreadable) {
            throw new java.io.UncheckedIOException(unreadable);
        }
    }
}
