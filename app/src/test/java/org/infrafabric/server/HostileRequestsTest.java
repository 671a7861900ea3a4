package org.infrafabric.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Every operation of {@code openapi.yaml}, asked in all the ways in which it must not be, at a whole bus that runs. Each answer is one that the file describes, each refusal a
 * problem document that names the field; and nothing has changed afterwards.
 */
class HostileRequestsTest {
    private static final Set<String> ROLES = Set.of("operator", "agent", "guardian", "edge");
    private static final String HASH = "0".repeat(64);
    /** A body that each operation would take. */
    private static final Map<String, String> GOOD = Map.of(
            "POST /v1/escalations/{id}/votes", "{\"vote\":\"approve\",\"conditions\":[\"ask\"],\"reason\":\"because\"}",
            "POST /v1/escalations/{id}/feedback", "{\"usefulness\":3,\"note\":\"fine\"}",
            "POST /v1/calls", "{\"from\":\"sip:a@127.0.0.1\",\"to\":\"sip:b@127.0.0.1\"}",
            "POST /v1/calls/{id}/transfer", "{\"mode\":\"blind\",\"target\":\"sip:b@127.0.0.1\"}",
            "POST /v1/conferences/{id}/participants", "{\"uri\":\"sip:b@127.0.0.1\"}",
            "POST /v1/guard/check",
            "{\"method\":\"INVITE\",\"callId\":\"c\",\"cseq\":1,\"from\":\"sip:a@x\",\"to\":\"sip:b@x\",\"source\":\"1.2.3.4\","
                    + "\"headers\":{\"X-A\":\"1\"},\"bodySha256\":\"" + HASH + "\"}",
            "POST /mcp", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}");

    @TempDir static Path folder;
    private static RealBus bus;
    private static long before;
    private static final DescribedApi FILE = new DescribedApi();
    private static final List<Operation> OPERATIONS = Operation.all();

    @BeforeAll
    static void start() throws Exception {
        bus = new RealBus(folder);
        bus.denyOne();
        before = bus.entries();
    }

    @AfterAll
    static void stop() {
        List<String> written = new ArrayList<>();
        bus.get("/v1/witness/entries?limit=1000&from=" + (before + 1), "operator").json().path("entries")
                .forEach(entry -> written.add(entry.path("event").asString()));
        int escalations = bus.get("/v1/escalations", "operator").json().path("escalations").size();
        bus.close();
        assertThat(written).as("what the log says of all this").containsOnly("message_refused");
        assertThat(escalations).isEqualTo(1);
    }

    @Test
    void shouldTakeTheMethodsThatItDescribesAndNoOthers() {
        Map<String, Set<String>> described = new LinkedHashMap<>();
        for (Operation one : OPERATIONS) {
            Set<String> methods = described.computeIfAbsent(one.path(), path -> new TreeSet<>());
            methods.add(one.method());
            if (one.method().equals("GET")) methods.add("HEAD");
        }
        for (Operation one : OPERATIONS) {
            for (String method : List.of("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "BREW")) {
                if (described.get(one.path()).contains(method)) continue;
                Answer answer = bus.send(bus.request(one.at(RealBus.PLACES), "operator").method(method, BodyPublishers.noBody()));
                assertThat(answer.status()).as(method + " " + one.path()).isEqualTo(405);
                assertThat(answer.code()).as(method + " " + one.path()).isEqualTo("method");
                assertThat(answer.header("Allow").split(", ")).as(method + " " + one.path())
                        .containsExactlyInAnyOrderElementsOf(described.get(one.path()));
            }
        }
    }

    @Test
    void shouldSayThatNothingIsThereBelowBesideAndAboveItsPaths() {
        Set<String> paths = OPERATIONS.stream().map(one -> one.at(RealBus.PLACES)).collect(Collectors.toSet());
        for (String path : paths) {
            for (String other : List.of(path + "/nothing", path + "x/y/z/", "/v2" + path)) {
                Answer answer = bus.get(other, "operator");
                assertThat(answer.status()).as(other).isIn(400, 404, 405); // below /{id} there may be a path of another method
                if (answer.status() == 404) assertThat(answer.code()).as(other).isEqualTo("not-found");
            }
            assertThat(bus.get("/v2" + path, "operator").status()).as(path).isEqualTo(404);
        }
    }

    @Test
    void shouldAskForATokenAndTakeItFromTheHeaderAlone() {
        for (Operation one : OPERATIONS) {
            if (one.open()) continue;
            Answer without = bus.send(body(one, bus.request(one.at(RealBus.PLACES) + "?token=operator-token-0123456789", "")
                    .header("Cookie", "token=operator-token-0123456789; Authorization=Bearer operator-token-0123456789")));
            Answer wrong = bus.send(body(one, bus.request(one.at(RealBus.PLACES), "a-token-of-nobody")));
            for (Answer answer : List.of(without, wrong)) {
                assertThat(answer.status()).as(one.toString()).isEqualTo(401);
                assertThat(answer.code()).as(one.toString()).isEqualTo("token");
                assertThat(answer.header("WWW-Authenticate")).as(one.toString()).isEqualTo("Bearer");
            }
        }
    }

    @Test
    void shouldRefuseEveryRoleThatAnOperationDoesNotName() {
        int refused = 0;
        for (Operation one : OPERATIONS) {
            if (one.open()) continue;
            for (String role : ROLES) {
                if (one.roles().contains(role)) continue;
                Answer answer = bus.send(body(one, bus.request(one.at(RealBus.PLACES), role)));
                assertThat(answer.status()).as(role + ": " + one).isEqualTo(403);
                assertThat(answer.code()).as(role + ": " + one).isEqualTo("forbidden");
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(60);
    }

    @Test
    void shouldRefuseParametersOfOtherTypesAndOutOfRange() {
        int tried = 0;
        for (Operation one : OPERATIONS) {
            for (Operation.Parameter parameter : one.parameters("query")) {
                for (String value : wrong(parameter.schema())) {
                    refusesParameter(one, parameter.name(), one.at(RealBus.PLACES) + "?" + parameter.name() + "=" + value);
                    tried++;
                }
                String good = one.at(RealBus.PLACES) + "?" + parameter.name() + "=1";
                refusesParameter(one, parameter.name(), good + "&" + parameter.name() + "=1");
            }
            for (Operation.Parameter parameter : one.parameters("header")) {
                if (!parameter.name().equals("Last-Event-ID")) continue;
                for (String value : List.of("abc", "-1", "1.5", "99999999999999999999", "1,2")) {
                    Answer answer = bus.send(bus.request(one.at(RealBus.PLACES), "operator").header(parameter.name(), value));
                    assertThat(answer.status()).as(one + " " + value).isEqualTo(400);
                    assertThat(answer.json().path("field").asString()).isEqualTo(parameter.name());
                    tried++;
                }
            }
        }
        assertThat(tried).isGreaterThan(60);
    }

    private static void refusesParameter(Operation one, String name, String asked) {
        Answer answer = bus.send(body(one, bus.request(asked, one.roles().iterator().next())));
        assertThat(answer.status()).as(one.method() + " " + asked).isEqualTo(400);
        assertThat(answer.code()).as(one.method() + " " + asked).isEqualTo("parameter");
        assertThat(answer.json().path("field").asString()).as(one.method() + " " + asked).isEqualTo(name);
    }

    private static List<String> wrong(JsonNode schema) {
        List<String> values = new ArrayList<>();
        if (schema.path("type").asString("").equals("integer")) {
            values.addAll(List.of("", "ten", "1.5", "0x10", "1e2", "%201", "99999999999999999999", "-99999999999999999999", "%D9%A1"));
            if (schema.has("minimum")) values.add(Long.toString(schema.path("minimum").asLong() - 1));
            if (schema.has("maximum")) values.add(Long.toString(schema.path("maximum").asLong() + 1));
        } else if (schema.path("type").asString("").equals("boolean")) {
            values.addAll(List.of("", "yes", "1", "TRUE"));
        } else if (schema.has("enum") || schema.has("pattern")) {
            values.addAll(List.of("", "nonsense", "%00", "x".repeat(500)));
        } else if (schema.has("maxLength")) {
            values.addAll(List.of("x".repeat(schema.path("maxLength").asInt() + 1), "a%0Ab"));
        }
        return values;
    }

    @Test
    void shouldRefusePartsOfAPathThatCannotBeOne() {
        for (Operation one : OPERATIONS) {
            if (one.open()) continue;
            for (Operation.Parameter parameter : one.parameters("path")) {
                for (String value : List.of("%20", "a%0Ab", "%E2%82%AC", "x".repeat(256))) {
                    String path = one.path().replace("{" + parameter.name() + "}", value).replaceAll("\\{id}", "esc-1").replaceAll("\\{\\w+}", "x");
                    Answer answer = bus.send(body(one, bus.request(path, one.roles().iterator().next())));
                    assertThat(answer.status()).as(one.method() + " " + path).isEqualTo(400);
                    if (value.equals("a%0Ab")) continue; // Jetty knows that already
                    assertThat(answer.code()).as(one.method() + " " + path).isEqualTo("parameter");
                    assertThat(answer.json().path("field").asString()).isEqualTo(parameter.name());
                }
            }
        }
    }

    @Test
    void shouldRefuseBodiesThatAreNoStrictJson() {
        for (Operation one : OPERATIONS) {
            if (one.body().isEmpty()) continue;
            for (Map.Entry<String, byte[]> broken : broken(good(one)).entrySet()) {
                Answer answer = bus.send(bus.request(one.at(RealBus.PLACES), one.roles().iterator().next()).header("Content-Type", "application/json")
                        .header("Accept", "application/json, text/event-stream").POST(BodyPublishers.ofByteArray(broken.getValue())));
                assertThat(answer.status()).as(one + ": " + broken.getKey()).isEqualTo(400);
                if (!one.path().equals("/mcp")) assertThat(answer.code()).as(one + ": " + broken.getKey()).isEqualTo("malformed");
            }
        }
    }

    /** A good body, spoilt. */
    private static Map<String, byte[]> broken(String good) {
        String rest = good.substring(1);
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put("nothing", "");
        texts.put("blanks", "  \n ");
        texts.put("a list", "[" + good + "]");
        texts.put("a text", "\"" + "x" + "\"");
        texts.put("null", "null");
        texts.put("cut off", good.substring(0, good.length() - 1));
        texts.put("two", good + good);
        texts.put("something behind", good + " x");
        texts.put("a name twice", "{\"x\":1,\"x\":2," + rest);
        texts.put("a name twice, spelt otherwise", "{\"x\":1,\"\\u0078\":2," + rest);
        texts.put("too deep", "{\"x\":" + "[".repeat(40) + "]".repeat(40) + "," + rest);
        texts.put("very deep", "{\"x\":" + "[".repeat(1_900) + "]".repeat(1_900) + "," + rest);
        texts.put("a number beyond any double", "{\"x\":1e999," + rest);
        texts.put("an integer between two doubles", "{\"x\":9007199254740993," + rest);
        texts.put("a number of a thousand digits", "{\"x\":" + "9".repeat(1_000) + "," + rest);
        texts.put("a lone surrogate", "{\"x\":\"\\ud800\"," + rest);
        texts.put("half a name", "{\"\\udc00\":1," + rest);
        texts.put("NaN", "{\"x\":NaN," + rest);
        texts.put("single quotes", "{'x':1," + rest);
        texts.put("a comment", "{/* x */" + rest);
        texts.put("a trailing comma", good.substring(0, good.length() - 1) + ",}");
        texts.put("a control character", "{\"x\":\"\u0001\"," + rest);
        texts.put("a zero before a number", "{\"x\":01," + rest);
        Map<String, byte[]> bodies = new LinkedHashMap<>();
        texts.forEach((what, text) -> bodies.put(what, text.getBytes(StandardCharsets.UTF_8)));
        bodies.put("Latin-1", ("{\"x\":\"\u00e9\"," + rest).getBytes(StandardCharsets.ISO_8859_1));
        bodies.put("an overlong UTF-8", ("{\"x\":\"\u00c0\u00af\"," + rest).getBytes(StandardCharsets.ISO_8859_1));
        bodies.put("a surrogate in UTF-8", ("{\"x\":\"\u00ed\u00a0\u0080\"," + rest).getBytes(StandardCharsets.ISO_8859_1));
        bodies.put("UTF-16", good.getBytes(StandardCharsets.UTF_16));
        return bodies;
    }

    @Test
    void shouldNameTheFieldOfABodyThatIsNotWhatItsSchemaAsksFor() {
        int tried = 0;
        for (Operation one : OPERATIONS) {
            if (one.body().isEmpty() || one.path().equals("/mcp")) continue;
            ObjectNode good = (ObjectNode) JsonMapper.shared().readTree(good(one));
            for (var property : one.body().get().path("properties").properties()) {
                if (!good.has(property.getKey())) continue;
                List<JsonNode> values = new ArrayList<>(wrongValues(property.getValue()));
                for (JsonNode value : values) {
                    refusesField(one, property.getKey(), (ObjectNode) good.deepCopy().set(property.getKey(), value));
                    tried++;
                }
            }
            for (JsonNode required : one.body().get().path("required")) {
                ObjectNode without = good.deepCopy();
                without.remove(required.asString());
                refusesField(one, required.asString(), without);
            }
        }
        assertThat(tried).isGreaterThan(60);
    }

    private static void refusesField(Operation one, String field, ObjectNode body) {
        Answer answer = bus.post(one.at(RealBus.PLACES), one.roles().iterator().next(), body.toString());
        String what = one + " " + body.toString().substring(0, Math.min(200, body.toString().length()));
        assertThat(answer.status()).as(what).isEqualTo(400);
        assertThat(answer.code()).as(what).isEqualTo("schema");
        assertThat(answer.json().path("field").asString()).as(what).startsWith("/" + field);
    }

    private static List<JsonNode> wrongValues(JsonNode given) {
        JsonNode schema = FILE.resolved(given);
        JsonMapper json = JsonMapper.shared();
        List<String> texts = new ArrayList<>(List.of("{}", "true", "[[]]"));
        String type = schema.has("enum") ? "enum" : schema.path("type").asString("");
        if (type.equals("object")) texts.remove("{}");
        if (!type.equals("integer")) texts.add("7");
        if (!type.equals("string")) texts.add("\"nonsense\"");
        if (type.equals("enum")) texts.add("\"\"");
        if (type.equals("integer")) texts.addAll(List.of("1.5", "1e300", "-1e300"));
        if (schema.has("minimum")) texts.add(Long.toString(schema.path("minimum").asLong() - 1));
        if (schema.has("maximum")) texts.add(Long.toString(schema.path("maximum").asLong() + 1));
        if (schema.has("maxLength")) texts.add("\"" + "x".repeat(schema.path("maxLength").asInt() + 1) + "\"");
        if (schema.path("minLength").asInt(0) > 0) texts.addAll(List.of("\"\"", "\"  \""));
        if (schema.has("pattern")) texts.add("\" \u20ac\"");
        if (schema.has("maxItems")) texts.add("[" + "\"x\",".repeat(schema.path("maxItems").asInt()) + "\"x\"]");
        JsonNode items = schema.path("items");
        if (items.isObject()) wrongValues(items).forEach(item -> texts.add("[" + item + "]"));
        if (schema.has("maxProperties")) {
            ObjectNode many = json.createObjectNode();
            for (int i = 0; i <= schema.path("maxProperties").asInt(); i++) many.put("h" + i, "x");
            texts.add(many.toString());
        }
        return texts.stream().map(json::readTree).toList();
    }

    @Test
    void shouldTakeNoBodyOverItsLimitDeclaredOrNot() {
        byte[] big = ("{\"x\":\"" + "x".repeat(RealBus.MAX_BODY + 1) + "\"}").getBytes(StandardCharsets.US_ASCII);
        for (Operation one : OPERATIONS) {
            if (one.body().isEmpty()) continue;
            for (HttpRequest.BodyPublisher body : List.of(BodyPublishers.ofByteArray(big), BodyPublishers.ofByteArrays(List.of(big)))) {
                Answer answer = bus.send(bus.request(one.at(RealBus.PLACES), one.roles().iterator().next()).header("Content-Type", "application/json")
                        .POST(body));
                assertThat(answer.status()).as(one.toString()).isEqualTo(413);
                assertThat(answer.code()).as(one.toString()).isEqualTo("too-large");
            }
        }
    }

    @Test
    void shouldTakeNoBodyInAnotherCharsetOrPacked() {
        for (Operation one : OPERATIONS) {
            if (one.body().isEmpty()) continue;
            for (Map.Entry<String, String> header : Map.of("Content-Type", "application/json; charset=utf-16", "Content-Encoding", "gzip")
                    .entrySet()) {
                Answer answer = bus.send(bus.request(one.at(RealBus.PLACES), one.roles().iterator().next()).header(header.getKey(), header.getValue())
                        .POST(BodyPublishers.ofString(good(one))));
                assertThat(answer.status()).as(one.toString()).isEqualTo(415);
                assertThat(answer.json().path("field").asString()).as(one.toString()).isEqualTo(header.getKey());
            }
        }
    }

    @Test
    void shouldLookAtAcceptForMcpAlone() {
        Answer mcp = bus.send(bus.request("/mcp", "agent").header("Accept", "text/html").header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(good(operation("POST /mcp")))));
        assertThat(mcp.status()).isEqualTo(406);
        for (String path : List.of("/v1/keys", "/", "/metrics", "/openapi.yaml"))
            assertThat(bus.send(bus.request(path, "").header("Accept", "image/png")).status()).as(path).isEqualTo(200);
    }

    /** With a bucket of one: whatever comes next is too much, on every path. */
    @Test
    void shouldTellWhoeverAsksTooOftenWhenToAskAgainOnEveryPath() {
        HttpSettings usual = HttpSettings.defaults("127.0.0.1", 0);
        HttpSettings strict = new HttpSettings("127.0.0.1", 0, List.of(), 1 << 20, 1, 1, 4, 4, 200, 200, 16_384, usual.headWithin(), 200,
                usual.heartbeat(), Duration.ofSeconds(5));
        Map<String, String> tokens = Map.of("operator", "op", "agent", "a", "guardian", "sage", "edge", "edge");
        try (RunningApi slow = new RunningApi(strict)) {
            for (Operation one : OPERATIONS) {
                if (one.open()) continue;
                String token = tokens.get(one.roles().iterator().next());
                Answer answer;
                int asked = 0;
                do {                                          // a second may have passed, and filled the bucket with one
                    slow.get("/v1/whoami", token);
                    answer = slow.send(body(one, slow.request(one.at(Map.of("id", "nothing-there")), token)));
                } while (answer.status() != 429 && ++asked < 5);
                assertThat(answer.status()).as(one.toString()).isEqualTo(429);
                assertThat(answer.code()).as(one.toString()).isEqualTo("rate");
                assertThat(answer.header("Retry-After")).as(one.toString()).isEqualTo("1");
            }
        }
    }

    private static Operation operation(String name) {
        return OPERATIONS.stream().filter(one -> one.toString().equals(name)).findFirst().orElseThrow();
    }

    private static String good(Operation one) {
        return one.path().equals("/v1/escalations") ? RealBus.message("never-there") : GOOD.get(one.toString());
    }

    private static HttpRequest.Builder body(Operation one, HttpRequest.Builder request) {
        if (one.body().isPresent())
            return request.header("Content-Type", "application/json").method(one.method(), BodyPublishers.ofString(good(one)));
        return request.method(one.method(), BodyPublishers.noBody());
    }
}
