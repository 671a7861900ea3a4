package org.infrafabric.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DoorkeeperTest {
    private static final String BODY = "{\"vote\":\"approve\"}";
    private RunningApi api;

    @BeforeEach
    void start() {
        HttpSettings usual = HttpSettings.defaults("127.0.0.1", 0);
        api = new RunningApi(new HttpSettings("127.0.0.1", 0, List.of("bus.example"), usual.maxBodyBytes(), 200, 400, 256, 32, 200, 200, 16_384,
                usual.headWithin(), 200, usual.heartbeat(),
                usual.writeTimeout()));
        api.escalations.put(ToldEscalations.view("esc-1", "if://agent/a", "CANCELLED"));
    }

    @AfterEach
    void stop() { api.close(); }

    @Test
    void shouldLetEachRoleDoWhatIsItsAndNothingElse() {
        // token → what it gets, in the order of the requests below
        Map<String, List<Integer>> expected = Map.of(
                "", List.of(401, 401, 401, 401, 401, 401, 401, 401),
                "wrong", List.of(401, 401, 401, 401, 401, 401, 401, 401),
                "op", List.of(403, 200, 200, 403, 200, 200, 200, 404),
                "a", List.of(202, 200, 200, 403, 403, 200, 403, 403),
                "sage", List.of(403, 200, 403, 200, 403, 200, 200, 404),
                "any-agent", List.of(202, 200, 200, 403, 403, 200, 403, 403),
                "any-guardian", List.of(403, 200, 403, 403, 403, 200, 200, 404));
        expected.forEach((token, statuses) -> {
            assertThat(List.of(
                    api.post("/v1/escalations", token, "{}").status(),
                    api.get("/v1/escalations/esc-1", token).status(),
                    api.delete("/v1/escalations/esc-1", token).status(),
                    api.post("/v1/escalations/esc-1/votes", token, BODY).status(),
                    api.get("/v1/calls", token).status(),
                    api.get("/v1/witness/entries", token).status(),
                    api.get("/v1/witness/head", token).status(),
                    api.get("/v1/escalations/esc-1/recording", token).status())).as("token '%s'", token).isEqualTo(statuses);
        });
        assertThat(api.escalations.submitted).extracting(ToldEscalations.Submitted::agent).containsExactlyInAnyOrder("if://agent/a", "");
        assertThat(api.escalations.cancelled).contains("esc-1 by if://agent/a").doesNotContain("esc-1 by ");
        assertThat(api.escalations.votes).hasSize(1);
    }

    @Test
    void shouldLeaveOpenOnlyWhatTheContractLeavesOpen() {
        for (String path : List.of("/", "/healthz", "/readyz", "/metrics", "/openapi.yaml", "/v1/keys"))
            assertThat(api.get(path, "").status()).as(path).isEqualTo(200);
        for (String path : List.of("/v1/escalations", "/v1/events", "/v1/calls", "/v1/witness/entries", "/v1/witness/head", "/v1/whoami",
                "/v1/escalations/esc-1", "/v1/escalations/esc-1/events", "/v1/escalations/esc-1/recording")) {
            Answer answer = api.get(path, "");
            assertThat(answer.status()).as(path).isEqualTo(401);
            assertThat(answer.header("WWW-Authenticate")).as(path).isEqualTo("Bearer");
            assertThat(answer.code()).as(path).isEqualTo("token");
        }
    }

    @Test
    void shouldTakeTokensFromTheHeaderOnly() {
        assertThat(api.get("/v1/whoami?token=op&access_token=op", "").status()).isEqualTo(401);
        assertThat(api.send(api.request("/v1/whoami", "").header("Authorization", "Basic b3A6b3A=")).status()).isEqualTo(401);
        assertThat(api.send(api.request("/v1/whoami", "").header("Authorization", "bearer op")).json().path("role").asString()).isEqualTo("operator");
        assertThat(api.get("/v1/whoami", "op".repeat(1_000)).status()).isEqualTo(401);
    }

    @Test
    void shouldAnswerToItsOwnNamesOnly() throws IOException {
        for (String host : List.of("127.0.0.1:" + api.port, "localhost:" + api.port, "LOCALHOST", "127.0.0.1", "[::1]:8080", "bus.example"))
            assertThat(api.rawStatus("/v1/keys", "Host: " + host)).as(host).isEqualTo("200");
        for (String host : List.of("evil.example", "evil.example:" + api.port, "127.0.0.1.evil.example", "localhost.evil.example", "10.0.0.1",
                "xbus.example"))
            assertThat(api.rawStatus("/v1/keys", "Host: " + host)).as(host).isEqualTo("421");
        assertThat(api.rawStatus("/", "Host: evil.example")).isEqualTo("421");
        assertThat(api.rawStatus("/healthz", "Host: 10.1.2.3:8080")).isEqualTo("200"); // a probe comes with the pod's address
    }

    @Test
    void shouldRefuseRequestsFromOtherSites() {
        for (String origin : List.of("https://evil.example", "null", "http://localhost:1", "http://127.0.0.1:1",
                "http://127.0.0.1:" + api.port + ".evil.example")) {
            assertThat(vote("Origin", origin).status()).as(origin).isEqualTo(403);
            assertThat(api.send(api.request("/v1/escalations", "op").header("Origin", origin)).code()).as(origin).isEqualTo("origin");
        }
        assertThat(api.escalations.votes).isEmpty();
        assertThat(vote("Origin", "http://127.0.0.1:" + api.port).status()).isEqualTo(200);
        assertThat(vote("Sec-Fetch-Site", "cross-site").code()).isEqualTo("origin");
        assertThat(vote("Sec-Fetch-Site", "same-origin").status()).isEqualTo(200);
        assertThat(api
                .send(api.request("/v1/escalations", "op").header("Origin", "https://evil.example").method("OPTIONS",
                        HttpRequest.BodyPublishers.noBody()))
                .header("Access-Control-Allow-Origin")).isEmpty();
    }

    @Test
    void shouldSetHeadersThatKeepABrowserSafe() {
        for (String path : List.of("/", "/v1/keys", "/v1/nothing", "/v1/escalations")) {
            Answer answer = api.get(path, "");
            assertThat(answer.header("Content-Security-Policy")).as(path).contains("default-src 'none'").contains("frame-ancestors 'none'")
                    .doesNotContain("unsafe");
            assertThat(answer.header("X-Content-Type-Options")).as(path).isEqualTo("nosniff");
            assertThat(answer.header("Referrer-Policy")).as(path).isEqualTo("no-referrer");
            assertThat(answer.header("Server")).as(path).isEmpty();
        }
        assertThat(api.get("/v1/escalations", "op").header("Cache-Control")).isEqualTo("no-store");
    }

    @Test
    void shouldSlowDownATokenThatAsksTooOftenAndNoOther() {
        try (RunningApi slow = new RunningApi(
                new HttpSettings("127.0.0.1", 0, List.of(), 1 << 20, 1, 3, 256, 32, 200, 200, 16_384, Duration.ofSeconds(10), 200,
                        Duration.ofSeconds(15), Duration.ofSeconds(30)))) {
            for (int i = 0; i < 3; i++) assertThat(slow.get("/v1/whoami", "a").status()).isEqualTo(200);
            Answer refused = slow.get("/v1/whoami", "a");
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.code()).isEqualTo("rate");
            assertThat(refused.header("Retry-After")).isEqualTo("1");
            assertThat(slow.get("/v1/whoami", "b").status()).isEqualTo(200);
        }
    }

    @Test
    void shouldSlowDownWhoeverTriesTokens() {
        int last = 0;
        for (int i = 0; i < 400 && last != 429; i++) last = api.get("/v1/whoami", "guess-" + i).status();
        assertThat(last).isEqualTo(429);
        assertThat(api.get("/v1/whoami", "op").status()).isEqualTo(200);
    }

    @Test
    void shouldRefillABucketAtItsRate() {
        long[] now = {0};
        RateLimit limit = new RateLimit(2, 1, () -> now[0]);
        assertThat(limit.take("a")).isEmpty();
        assertThat(limit.take("a")).contains(Duration.ofMillis(500));
        assertThat(limit.take("b")).isEmpty();
        now[0] = 400_000_000;
        assertThat(limit.take("a")).contains(Duration.ofMillis(100));
        now[0] = 500_000_000;
        assertThat(limit.take("a")).isEmpty();
        now[0] = 60_000_000_000L;
        assertThat(limit.take("a")).isEmpty();
        assertThat(limit.take("a")).isPresent(); // no more than the burst was saved up
    }

    private Answer vote(String header, String value) {
        return api.send(api.request("/v1/escalations/esc-1/votes", "sage").header("Content-Type", "application/json").header(header, value)
                .POST(HttpRequest.BodyPublishers.ofString(BODY)));
    }
}
