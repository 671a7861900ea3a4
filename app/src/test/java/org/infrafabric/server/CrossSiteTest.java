package org.infrafabric.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a page of another site can make a browser send: to every operation of {@code openapi.yaml}, at a whole bus that runs, and with a token that would do. */
class CrossSiteTest {
    private static final String EVIL = "https://evil.example";
    private static final List<Operation> OPERATIONS = Operation.all();

    @TempDir static Path folder;
    private static RealBus bus;

    @BeforeAll
    static void start() throws Exception {
        bus = new RealBus(folder);
        bus.denyOne();
    }

    @AfterAll
    static void stop() { bus.close(); }

    @Test
    void shouldRefuseEveryChangeThatAnotherSiteAsksForAndChangeNothing() {
        long before = bus.entries();
        int asked = 0;
        for (Operation one : OPERATIONS) {
            if (!one.changes()) continue;
            for (Map<String, String> hostile : List.of(Map.of("Origin", EVIL), Map.of("Origin", "null"), Map.of("Origin", "http://localhost:1"),
                    Map.of("Origin", "file://"), Map.of("Sec-Fetch-Site", "cross-site"), Map.of("Sec-Fetch-Site", "same-site"),
                    Map.of("Origin", EVIL, "Sec-Fetch-Site", "same-origin"), Map.of("Origin", bus.self(), "Sec-Fetch-Site", "cross-site"),
                    Map.of("Origin", EVIL, "Content-Type", "text/plain"), // what a form may send without asking first
                    Map.of("Origin", EVIL, "Content-Type", "application/x-www-form-urlencoded"))) {
                Answer answer = bus.send(with(hostile, good(one)));
                assertThat(answer.status()).as(one + " " + hostile).isEqualTo(403);
                assertThat(answer.code()).as(one + " " + hostile).isEqualTo("origin");
                assertThat(answer.response().headers().map().keySet()).as(one.toString()).noneMatch(name -> name.startsWith("access-control"));
                asked++;
            }
        }
        assertThat(asked).as("requests").isGreaterThan(150);
        assertThat(bus.entries()).as("entries of the log").isEqualTo(before);
    }

    @Test
    void shouldRefuseReadingFromAnotherOriginToo() {
        for (Operation one : OPERATIONS) {
            if (one.changes()) continue;
            Answer answer = bus.send(with(Map.of("Origin", EVIL), good(one)));
            assertThat(answer.status()).as(one.toString()).isEqualTo(403);
            assertThat(answer.code()).as(one.toString()).isEqualTo("origin");
        }
    }

    @Test
    void shouldPermitNothingToAPreflight() {
        for (Operation one : OPERATIONS) {
            Answer answer = bus.send(bus.request(one.at(RealBus.PLACES), "").header("Origin", EVIL)
                    .header("Access-Control-Request-Method", one.method()).header("Access-Control-Request-Headers", "authorization")
                    .method("OPTIONS", BodyPublishers.noBody()));
            assertThat(answer.status()).as(one.toString()).isIn(403, 405);
            assertThat(answer.response().headers().map().keySet()).as(one.toString()).noneMatch(name -> name.startsWith("access-control"));
        }
    }

    @Test
    void shouldGiveNoCookieAndTakeNone() {
        for (Operation one : OPERATIONS) {
            Answer answer = bus.send(bus.request(one.at(RealBus.PLACES), "").header("Cookie", "token=operator-token-0123456789")
                    .method(one.method(), BodyPublishers.noBody()));
            assertThat(answer.header("Set-Cookie")).as(one.toString()).isEmpty();
            if (!one.open()) assertThat(answer.status()).as(one.toString()).isEqualTo(401);
        }
    }

    @Test
    void shouldLetNoAnswerBeFramedGuessedOrTold() throws Exception {
        Map<String, Answer> answers = new LinkedHashMap<>();
        for (Operation one : OPERATIONS) {
            if (one.path().endsWith("/events")) continue;     // no page, and it does not end
            if (!one.changes()) answers.put(one.toString(), bus.send(good(one)));
            answers.put(one + " without a token", bus.send(bus.request(one.at(RealBus.PLACES), "").method(one.method(), BodyPublishers.noBody())));
        }
        answers.put("/web/index.html", bus.get("/web/index.html", ""));
        answers.put("nothing", bus.get("/nothing", ""));
        answers.put("another method", bus.send(bus.request("/", "").method("PUT", BodyPublishers.noBody())));
        answers.put("what Jetty refuses", bus.get("/" + "x".repeat(17_000), ""));
        assertThat(answers.values()).filteredOn(answer -> answer.header("Content-Type").startsWith("text/html")).hasSizeGreaterThanOrEqualTo(2);
        answers.forEach((what, answer) -> {
            assertThat(answer.header("Content-Security-Policy")).as(what).contains("default-src 'none'").contains("frame-ancestors 'none'")
                    .contains("base-uri 'none'").contains("form-action 'none'").doesNotContain("unsafe").doesNotContain("*");
            assertThat(answer.header("X-Frame-Options")).as(what).isEqualTo("DENY");
            assertThat(answer.header("X-Content-Type-Options")).as(what).isEqualTo("nosniff");
            assertThat(answer.header("Referrer-Policy")).as(what).isEqualTo("no-referrer");
            assertThat(answer.header("Cross-Origin-Resource-Policy")).as(what).isEqualTo("same-origin");
        });
    }

    /** As the operation wants to be asked, by one who may. */
    private static HttpRequest.Builder good(Operation one) {
        HttpRequest.Builder request = bus.request(one.at(RealBus.PLACES), one.open() ? "" : one.roles().iterator().next());
        return request.method(one.method(), one.body().isPresent() ? BodyPublishers.ofString(body(one)) : BodyPublishers.noBody());
    }

    private static String body(Operation one) {
        return switch (one.path()) {
            case "/v1/escalations" -> RealBus.message("of-another-site");
            case "/v1/guard/check" -> "{\"method\":\"INVITE\",\"callId\":\"c\",\"cseq\":1,\"from\":\"sip:a@x\",\"to\":\"sip:b@x\"}";
            default ->
                "{\"vote\":\"approve\",\"usefulness\":5,\"from\":\"sip:a@x\",\"to\":\"sip:b@x\",\"mode\":\"blind\",\"target\":\"sip:b@x\",\"uri\":\"sip:b@x\"}";
        };
    }

    private static HttpRequest.Builder with(Map<String, String> headers, HttpRequest.Builder request) {
        headers.forEach(request::header);
        return request;
    }
}
