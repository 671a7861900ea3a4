package org.infrafabric.acceptance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** JSON that was written to hurt, sent to a running bus: a clear 400 that says where, nothing created, and the bus goes on. */
class HostileJsonTest {
    @TempDir static Path folder;
    private static Site site;

    @BeforeAll
    static void startTheBus() throws Exception {
        site = new Site(folder).expert("sip:nobody@127.0.0.1:9", "safety", "dtmf", "PT2S").guardian("sage", "sip:sage@127.0.0.1:9", "answer").start();
    }

    @AfterAll
    static void stop() throws Exception {
        if (site != null) site.close();
    }

    /** A sound message with one place spoilt; the signature does not matter, since the text is refused before anybody looks at it. */
    private static byte[] with(String sound, String spoilt) {
        String message = site.sign(Site.message("safety")).toString();
        assertThat(message).contains(sound);
        return message.replace(sound, spoilt).getBytes(ISO_8859_1);
    }

    private static Map<String, byte[]> bodies() {
        Map<String, byte[]> bodies = new LinkedHashMap<>();
        bodies.put("a name twice", with("\"level\":2", "\"level\":2,\"level\":3"));
        bodies.put("a name twice, once escaped", with("\"level\":2", "\"level\":2,\"l\\u0065vel\":3"));
        bodies.put("a name twice, deep inside", with("\"severity\":\"high\"", "\"severity\":\"high\",\"x\":{\"a\":1,\"b\":[{\"c\":1,\"c\":2}]}"));
        bodies.put("a lone high surrogate", with("\"severity\":\"high\"", "\"x\":\"\\ud800\""));
        bodies.put("a lone low surrogate", with("\"severity\":\"high\"", "\"x\":\"\\udc00a\""));
        bodies.put("a lone surrogate in a name", with("\"severity\":\"high\"", "\"\\ud800\":1"));
        bodies.put("an integer that no double holds", with("\"level\":2", "\"level\":2,\"x\":9007199254740993"));
        bodies.put("a number beyond any double", with("\"level\":2", "\"level\":2,\"x\":1e999"));
        bodies.put("a number of a hundred thousand digits", with("\"level\":2", "\"level\":2,\"x\":" + "9".repeat(100_000)));
        bodies.put("NaN", with("\"level\":2", "\"level\":NaN"));
        bodies.put("Infinity", with("\"level\":2", "\"level\":-Infinity"));
        bodies.put("a number with a leading zero", with("\"level\":2", "\"level\":02"));
        bodies.put("depth 33", with("\"severity\":\"high\"", "\"x\":" + "[".repeat(31) + "]".repeat(31)));
        bodies.put("depth 100,000", ("{\"x\":" + "[".repeat(100_000)).getBytes(UTF_8));
        bodies.put("depth 100,000, of objects", "{\"a\":".repeat(100_000).getBytes(UTF_8));
        bodies.put("a name of 300,000 characters", with("\"severity\"", "\"" + "n".repeat(300_000) + "\""));
        bodies.put("bytes that are no UTF-8", with("\"severity\":\"high\"", "\"x\":\"\u00ff\u00fe\""));
        bodies.put("an overlong form", with("\"severity\":\"high\"", "\"x\":\"\u00c0\u0080\""));
        bodies.put("a surrogate in UTF-8", with("\"severity\":\"high\"", "\"x\":\"\u00ed\u00a0\u0080\""));
        bodies.put("a character cut off by the end", "{\"x\":\"\u00e2\u0082".getBytes(ISO_8859_1));
        bodies.put("UTF-16", site.sign(Site.message("safety")).toString().getBytes(UTF_16LE));
        bodies.put("a byte order mark", with("{\"id\"", "\u00ef\u00bb\u00bf{\"id\""));
        bodies.put("a second message after the first", with("}}", "}}{\"id\":\"b\"}"));
        bodies.put("something after the message", with("}}", "}} x"));
        bodies.put("a NUL after the message", with("}}", "}}\u0000"));
        bodies.put("a comment", with("{\"id\"", "/* */{\"id\""));
        bodies.put("a comma too many", with("\"level\":2,", "\"level\":2,,"));
        bodies.put("a control character in a string", with("\"severity\":\"high\"", "\"x\":\"\u0000\""));
        bodies.put("single quotes", with("\"level\"", "'level'"));
        bodies.put("an array", "[]".getBytes(UTF_8));
        bodies.put("a string", "\"id\"".getBytes(UTF_8));
        bodies.put("nothing", new byte[0]);
        bodies.put("half a message", java.util.Arrays.copyOf(with("\"level\":2", "\"level\":2"), 40));
        return bodies;
    }

    @TestFactory
    Stream<DynamicTest> shouldRefuseAsMalformedAndCreateNothing() {
        return bodies().entrySet().stream().map(body -> DynamicTest.dynamicTest(body.getKey(), () -> {
            int before = escalations();
            Site.Answer answer = post(body.getValue());
            assertThat(answer.status()).as(answer.raw().body()).isEqualTo(400);
            assertThat(answer.code()).as(answer.raw().body()).isEqualTo("malformed");
            assertThat(answer.json().path("detail").asString()).isNotBlank();
            assertThat(answer.raw().body()).as("does not repeat the input at length").hasSizeLessThan(2_000);
            assertThat(escalations()).isEqualTo(before);
        }));
    }

    @Test
    void shouldRefuseAStringThatIsTooLongForItsField() throws Exception {
        ObjectNode message = Site.message("safety");
        ((ObjectNode) message.path("payload")).put("summary", "x".repeat(500_000));
        Site.Answer answer = post(site.sign(message).toString().getBytes(UTF_8));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("schema");
        assertThat(answer.json().path("field").asString()).isEqualTo("/payload/summary");
    }

    @Test
    void shouldTakeWhatIsUnusualAndSound() throws Exception {
        ObjectNode message = Site.message("safety");
        message.put("x", 1e300).put("y", -0.0).putObject("deep").put("\ud83d\ude00", "\u0000\u2028");
        Site.Answer answer = post(site.sign(message).toString().getBytes(UTF_8));
        assertThat(answer.status()).as(answer.raw().body()).isEqualTo(202);
        site.delete("agent", "/v1/escalations/" + message.path("id").asString());
    }

    private static Site.Answer post(byte[] body) throws Exception {
        return site.send("agent", "/v1/escalations",
                HttpRequest.newBuilder().header("Content-Type", "application/json").POST(BodyPublishers.ofByteArray(body)));
    }

    private static int escalations() throws Exception { return site.get("op", "/v1/escalations?limit=500").json().path("escalations").size(); }
}
