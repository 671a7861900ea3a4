package org.infrafabric.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.infrafabric.escalate.Escalations.Refusal;
import org.infrafabric.escalate.Escalations.Submission;
import org.infrafabric.escalate.Escalations.Vote;
import org.infrafabric.escalate.Escalations.VoteResult;
import org.infrafabric.store.StoreFailure;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpApiTest {
    private RunningApi api;

    @BeforeEach
    void start() {
        api = new RunningApi();
        api.escalations.put(ToldEscalations.view("esc-1", "if://agent/a", "IN_COUNCIL"));
        api.escalations.put(ToldEscalations.view("esc-2", "if://agent/b", "CLOSED", 2));
    }

    @AfterEach
    void stop() { api.close(); }

    @Test
    void shouldTakeAMessageAndSayWhereItsEscalationIs() {
        long before = System.nanoTime();
        Answer answer = api.post("/v1/escalations", "a", "{\"id\":\"esc-1\"}");
        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.header("Location")).isEqualTo("/v1/escalations/esc-1");
        assertThat(answer.json().path("id").asString()).isEqualTo("esc-1");
        assertThat(answer.json().path("state").asString()).isEqualTo("RECEIVED");
        assertThat(answer.json().path("href").asString()).isEqualTo("/v1/escalations/esc-1");
        assertThat(answer.json().path("traceId").asString()).hasSize(32);
        ToldEscalations.Submitted submitted = api.escalations.submitted.getFirst();
        assertThat(submitted.body()).isEqualTo("{\"id\":\"esc-1\"}");
        assertThat(submitted.agent()).isEqualTo("if://agent/a");
        assertThat(submitted.receivedNanos()).isBetween(before, System.nanoTime());
        assertThat(submitted.onVirtualThread()).isTrue();
    }

    @Test
    void shouldTellARepeatedMessageFromANewOne() {
        api.escalations.submission = CompletableFuture
                .completedFuture(new Submission.Repeated(ToldEscalations.view("esc-1", "if://agent/a", "CLOSED")));
        Answer answer = api.post("/v1/escalations", "a", "{}");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("state").asString()).isEqualTo("CLOSED");
    }

    @Test
    void shouldAnswerEachRefusalWithItsStatusCodeAndField() {
        for (Refusal.Code code : Refusal.Code.values()) {
            api.escalations.submission = CompletableFuture.completedFuture(new Submission.Refused(new Refusal(code, "/payload/x", "do this")));
            Answer answer = api.post("/v1/escalations", "a", "{}");
            assertThat(answer.status()).isEqualTo(code.status());
            assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
            assertThat(answer.code()).isEqualTo(code.label());
            assertThat(answer.json().path("field").asString()).isEqualTo("/payload/x");
            assertThat(answer.json().path("detail").asString()).isEqualTo("do this");
            assertThat(answer.json().path("status").asInt()).isEqualTo(code.status());
            assertThat(answer.header("Retry-After").isEmpty()).isEqualTo(code.status() != 503);
        }
    }

    @Test
    void shouldAskToTryAgainWhenTheLogCannotBeWritten() {
        api.escalations.submission = CompletableFuture.failedFuture(new StoreFailure("disk full", null));
        Answer answer = api.post("/v1/escalations", "a", "{}");
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("Retry-After")).isEqualTo("30");
    }

    @Test
    void shouldNotTellTheClientWhatBrokeInside() {
        api.escalations.submission = CompletableFuture.failedFuture(new IllegalStateException("secret path"));
        Answer answer = api.post("/v1/escalations", "a", "{}");
        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.code()).isEqualTo("internal");
        assertThat(answer.text()).doesNotContain("secret");
    }

    @Test
    void shouldReadABodyAsJsonWhateverItIsCalled() {
        for (String type : List.of("text/plain", "application/x-www-form-urlencoded", "application/octet-stream", "application/problem+json"))
            assertThat(api.send(api.request("/v1/escalations", "a").header("Content-Type", type).POST(BodyPublishers.ofString("{}"))).status())
                    .as(type).isEqualTo(202);
        assertThat(api.send(api.request("/v1/escalations", "a").POST(BodyPublishers.ofString("{}"))).status()).isEqualTo(202);
        assertThat(api.send(api.request("/v1/escalations", "a").header("Content-Type", "application/json; charset=UTF-8")
                .POST(BodyPublishers.ofString("{}"))).status()).isEqualTo(202);
        assertThat(api.escalations.submitted).hasSize(6).allMatch(submitted -> submitted.body().equals("{}"));
    }

    @Test
    void shouldRefuseWhatItCannotReadAsUtf8() {
        assertThat(api.send(api.request("/v1/escalations", "a").header("Content-Type", "application/json; charset=latin1")
                .POST(BodyPublishers.ofString("{}"))).status()).isEqualTo(415);
        Answer packed = api.send(api.request("/v1/escalations", "a").header("Content-Type", "application/json").header("Content-Encoding", "gzip")
                .POST(BodyPublishers.ofString("{}")));
        assertThat(packed.json().path("field").asString()).isEqualTo("Content-Encoding");
        assertThat(packed.status()).isEqualTo(415);
        assertThat(api.escalations.submitted).isEmpty();
    }

    @Test
    void shouldStopReadingAtTheLimitWhetherOrNotTheLengthWasDeclared() {
        byte[] big = new byte[10 << 20];
        Arrays.fill(big, (byte) ' ');
        Answer declared = api
                .send(api.request("/v1/escalations", "a").header("Content-Type", "application/json").POST(BodyPublishers.ofByteArray(big)));
        assertThat(declared.status()).isEqualTo(413);
        assertThat(declared.code()).isEqualTo("too-large");
        Answer chunked = api.send(api.request("/v1/escalations", "a").header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArrays(List.of(big))));
        assertThat(chunked.status()).isEqualTo(413);
        assertThat(api.escalations.submitted).isEmpty();
        Answer vote = api.post("/v1/escalations/esc-1/votes", "sage", "{\"vote\":\"approve\",\"reason\":\"" + "x".repeat(20_000) + "\"}");
        assertThat(vote.status()).isEqualTo(413);
    }

    @Test
    void shouldAskForTheLengthOfABody() throws IOException {
        List<String> answer = api
                .raw("POST /v1/escalations HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer a\r\nContent-Type: application/json\r\n"
                        + "Connection: close\r\n\r\n", 100);
        assertThat(answer.getFirst()).contains("411");
        assertThat(answer.getLast()).contains("\"code\":\"length\"");
    }

    @Test
    void shouldAnswerWhatIsNoHttpWithAProblemToo() throws IOException {
        assertThat(String.join("\n", api.raw("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n", 100))).contains("400")
                .contains("\"code\":\"bad-request\"");
        assertThat(String.join("\n", api.raw("GET /v1/escalations HTTP/1.1\r\nConnection: close\r\n\r\n", 100))).contains("\"code\":\"bad-request\"");
        assertThat(String.join("\n",
                api.raw("GET /v1/keys HTTP/1.1\r\nHost: localhost\r\nX-Long: " + "x".repeat(20_000) + "\r\nConnection: close\r\n\r\n", 100)))
                .contains("\"code\":\"long-head\"");
    }

    @Test
    void shouldShowAnEscalationAsTheContractSays() {
        var json = api.get("/v1/escalations/esc-1", "op").json();
        assertThat(json.propertyNames()).contains("id", "traceId", "source", "hazards", "state", "rung", "expert", "council", "history");
        assertThat(json.has("decision")).isFalse();
        assertThat(json.at("/council/members/0/guardian").asString()).isEqualTo("sage");
        assertThat(json.at("/council/members/0/onBridge").asBoolean()).isTrue();
        assertThat(json.at("/council/votes/0/vote").asString()).isEqualTo("approve");
        assertThat(json.at("/council/quorum").asInt()).isEqualTo(2);
        assertThat(json.at("/history/0/state").asString()).isEqualTo("RECEIVED");
        assertThat(json.at("/history/0/seq").asLong()).isEqualTo(1);
    }

    @Test
    void shouldGiveTheWholeSignedDecisionAsAnObject() {
        String decision = "{\"id\":\"esc-1.decision\",\"payload\":{\"decision\":\"approve\"},\"signature\":{\"value\":\"x\"}}";
        api.escalations.put(ToldEscalations.view("esc-1", "if://agent/a", "CLOSED", Optional.of(decision), Optional.empty()));
        assertThat(api.get("/v1/escalations/esc-1", "a").json().path("decision").toString()).isEqualTo(decision);
    }

    @Test
    void shouldLetAnAgentSeeItsOwnEscalationsOnly() {
        assertThat(api.get("/v1/escalations", "op").json().path("escalations")).hasSize(2);
        assertThat(api.get("/v1/escalations", "sage").json().path("escalations")).hasSize(2);
        var own = api.get("/v1/escalations", "b").json().path("escalations");
        assertThat(own).hasSize(1);
        assertThat(own.get(0).path("id").asString()).isEqualTo("esc-2");
        Answer others = api.get("/v1/escalations/esc-1", "b");
        Answer none = api.get("/v1/escalations/esc-9", "b");
        assertThat(others.status()).isEqualTo(404);
        assertThat(others.text().replace("esc-1", "esc-9")).isEqualTo(none.text());
        assertThat(api.delete("/v1/escalations/esc-1", "b").status()).isEqualTo(404);
        assertThat(api.get("/v1/escalations/esc-1/events", "b").status()).isEqualTo(404);
    }

    @Test
    void shouldTurnNewEscalationsAwayWhileTheLoopIsLateAndNothingElse() {
        api.lag = Duration.ofSeconds(1);
        Answer answer = api.post("/v1/escalations", "a", "{}");
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("Retry-After")).isEqualTo("2");
        assertThat(api.escalations.submitted).isEmpty();
        assertThat(api.post("/v1/escalations/esc-1/votes", "sage", "{\"vote\":\"reject\"}").status()).isEqualTo(200);
        api.lag = Duration.ofMillis(500);
        assertThat(api.post("/v1/escalations", "a", "{}").status()).isEqualTo(202);
    }

    @Test
    void shouldListInPagesAndInShortForm() {
        for (int i = 1; i <= 5; i++) api.escalations.put(ToldEscalations.view("page-" + i, "if://agent/a", "CLOSED", 10 + i));
        List<String> seen = new ArrayList<>();
        String next = "";
        do {
            var page = api.get("/v1/escalations?limit=3&fields=summary" + next, "op").json();
            page.path("escalations").forEach(one -> {
                seen.add(one.path("id").asString());
                assertThat(one.has("council")).isFalse();
                assertThat(one.has("history")).isFalse();
                assertThat(one.path("begun").asString()).isEqualTo("2026-11-21T12:00:00.000Z");
            });
            next = page.has("next") ? "&before=" + page.path("next").asLong() : "";
        } while (!next.isEmpty());
        assertThat(seen).containsExactly("page-5", "page-4", "page-3", "page-2", "page-1", "esc-2", "esc-1");
        assertThat(api.get("/v1/escalations/esc-1?fields=summary", "a").json().has("history")).isFalse();
        assertThat(api.get("/v1/escalations?fields=some", "op").code()).isEqualTo("parameter");
        assertThat(api.get("/v1/escalations?before=0", "op").code()).isEqualTo("parameter");
    }

    @Test
    void shouldCountAVoteForTheTokensGuardianWhateverTheBodySays() {
        Answer answer = api.post("/v1/escalations/esc-1/votes", "sage",
                "{\"vote\":\"approve\",\"guardian\":\"skeptic\",\"conditions\":[\"ask counsel\"],\"reason\":\"sound\"}");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("state").asString()).isEqualTo("IN_COUNCIL");
        assertThat(api.escalations.votes)
                .containsExactly(new ToldEscalations.Voted("esc-1", "sage", Vote.APPROVE, List.of("ask counsel"), Optional.of("sound")));
    }

    @Test
    void shouldAnswerEachFateOfAVote() {
        api.escalations.voteResult = new VoteResult.Closed(ToldEscalations.view("esc-1", "if://agent/a", "CLOSED"));
        assertThat(api.post("/v1/escalations/esc-1/votes", "sage", "{\"vote\":\"reject\"}").code()).isEqualTo("voting-closed");
        api.escalations.voteResult = new VoteResult.NotEligible();
        Answer stranger = api.post("/v1/escalations/esc-1/votes", "sage", "{\"vote\":\"reject\"}");
        assertThat(stranger.status()).isEqualTo(403);
        assertThat(stranger.code()).isEqualTo("not-eligible");
        api.escalations.voteResult = new VoteResult.NoSuchEscalation();
        assertThat(api.post("/v1/escalations/esc-9/votes", "sage", "{\"vote\":\"reject\"}").status()).isEqualTo(404);
    }

    @Test
    void shouldRefuseAVoteThatCannotBeRead() {
        record Bad(String body, String code, String field) {}
        for (Bad bad : List.of(new Bad("not json", "malformed", ""), new Bad("", "malformed", ""), new Bad("[]", "malformed", ""),
                new Bad("{}", "schema", "/vote"),
                new Bad("{\"vote\":1}", "schema", "/vote"), new Bad("{\"vote\":\"maybe\"}", "schema", "/vote"),
                new Bad("{\"vote\":\"approve\",\"vote\":\"reject\"}", "malformed", "/vote"), new Bad("{\"vote\":\"approve\"} x", "malformed", ""),
                new Bad("{\"vote\":\"approve\",\"conditions\":\"a\"}", "schema", "/conditions"),
                new Bad("{\"vote\":\"approve\",\"conditions\":[\"a\",2]}", "schema", "/conditions/1"),
                new Bad("{\"vote\":\"reject\",\"conditions\":[\"a\"]}", "schema", "/conditions"),
                new Bad("{\"vote\":\"approve\",\"reason\":{}}", "schema", "/reason"),
                new Bad("[".repeat(100) + "]".repeat(100), "malformed", ""))) {
            Answer answer = api.post("/v1/escalations/esc-1/votes", "sage", bad.body);
            assertThat(answer.status()).as(bad.body).isEqualTo(400);
            assertThat(answer.code()).as(bad.body).isEqualTo(bad.code);
            assertThat(answer.json().path("field").asString()).as(bad.body).isEqualTo(bad.field);
        }
        assertThat(api.escalations.votes).isEmpty();
    }

    @Test
    void shouldCancelForTheOperatorAndTheAskingAgent() {
        api.escalations.put(ToldEscalations.view("esc-1", "if://agent/a", "CANCELLED"));
        assertThat(api.delete("/v1/escalations/esc-1", "op").status()).isEqualTo(200);
        assertThat(api.delete("/v1/escalations/esc-1", "a").json().path("state").asString()).isEqualTo("CANCELLED");
        assertThat(api.escalations.cancelled).containsExactly("esc-1 by op", "esc-1 by if://agent/a");
        Answer late = api.delete("/v1/escalations/esc-2", "op");
        assertThat(late.status()).isEqualTo(409);
        assertThat(late.code()).isEqualTo("ended");
    }

    @Test
    void shouldSendARecordingWholeOrInARange(@TempDir Path dir) throws IOException {
        byte[] sound = new byte[100_000];
        for (int i = 0; i < sound.length; i++) sound[i] = (byte) i;
        Path file = Files.write(dir.resolve("mix.wav"), sound);
        api.escalations.put(ToldEscalations.view("esc-1", "if://agent/a", "CLOSED", Optional.empty(), Optional.of(file.toString())));
        assertThat(api.get("/v1/escalations/esc-1", "op").json().path("recording").asString()).isEqualTo("/v1/escalations/esc-1/recording");
        Answer whole = api.get("/v1/escalations/esc-1/recording", "op");
        assertThat(whole.response().body()).isEqualTo(sound);
        assertThat(whole.header("Content-Type")).isEqualTo("audio/wav");
        assertThat(whole.header("Accept-Ranges")).isEqualTo("bytes");
        record Asked(String range, int status, String given, int length) {}
        for (Asked asked : List.of(new Asked("bytes=10-19", 206, "bytes 10-19/100000", 10),
                new Asked("bytes=99990-", 206, "bytes 99990-99999/100000", 10),
                new Asked("bytes=-5", 206, "bytes 99995-99999/100000", 5), new Asked("bytes=0-999999", 206, "bytes 0-99999/100000", 100_000),
                new Asked("bytes=19-10", 200, "", 100_000), new Asked("bytes=1-2,5-6", 200, "", 100_000), new Asked("lines=1-2", 200, "", 100_000))) {
            Answer part = api.send(api.request("/v1/escalations/esc-1/recording", "sage").header("Range", asked.range));
            assertThat(part.status()).as(asked.range).isEqualTo(asked.status);
            assertThat(part.header("Content-Range")).as(asked.range).isEqualTo(asked.given);
            assertThat(part.response().body()).as(asked.range).hasSize(asked.length);
        }
        Answer middle = api.send(api.request("/v1/escalations/esc-1/recording", "sage").header("Range", "bytes=300-309"));
        assertThat(middle.response().body()).isEqualTo(Arrays.copyOfRange(sound, 300, 310));
        Answer outside = api.send(api.request("/v1/escalations/esc-1/recording", "op").header("Range", "bytes=100000-"));
        assertThat(outside.status()).isEqualTo(416);
        assertThat(outside.header("Content-Range")).isEqualTo("bytes */100000");
        assertThat(api.get("/v1/escalations/esc-2/recording", "op").status()).isEqualTo(404);
        Files.delete(file);
        assertThat(api.get("/v1/escalations/esc-1/recording", "op").status()).isEqualTo(404);
    }

    @Test
    void shouldGiveTheLogInPages() {
        for (int i = 0; i < 5; i++) api.log.add("ringing", ToldEscalations.trace(i % 2 == 0 ? "esc-1" : "esc-2"), i % 2 == 0 ? "esc-1" : "esc-2");
        var first = api.get("/v1/witness/entries?limit=3", "op").json();
        assertThat(first.path("entries")).hasSize(3);
        assertThat(first.path("next").asInt()).isEqualTo(4);
        var rest = api.get("/v1/witness/entries?limit=3&from=4", "op").json();
        assertThat(rest.path("entries")).hasSize(2);
        assertThat(rest.has("next")).isFalse();
        var trace = api.get("/v1/witness/entries?trace=" + ToldEscalations.trace("esc-2"), "sage").json().path("entries");
        assertThat(trace).hasSize(2);
        assertThat(trace.get(0).path("seq").asInt()).isEqualTo(2);
        assertThat(api.get("/v1/witness/entries", "b").json().path("entries")).hasSize(2);
        var head = api.get("/v1/witness/head", "op").json();
        assertThat(head.path("entries").asInt()).isEqualTo(5);
        assertThat(head.at("/head/hash").asString()).isEqualTo(api.log.head().orElseThrow().hash());
    }

    @Test
    void shouldRefuseParametersThatAreMalformedOrOutOfRange() {
        for (String path : List.of("/v1/witness/entries?limit=0", "/v1/witness/entries?limit=1001", "/v1/witness/entries?limit=ten",
                "/v1/witness/entries?limit=1&limit=2", "/v1/witness/entries?from=0", "/v1/witness/entries?from=-1",
                "/v1/witness/entries?from=99999999999999999999",
                "/v1/witness/entries?trace=xyz", "/v1/escalations?limit=501", "/v1/escalations?limit=", "/v1/escalations/%20",
                "/v1/escalations/" + "x".repeat(120))) {
            Answer answer = api.get(path, "op");
            assertThat(answer.status()).as(path).isEqualTo(400);
            assertThat(answer.code()).as(path).isEqualTo("parameter");
            assertThat(answer.json().path("field").asString()).as(path).isIn("limit", "from", "trace", "id");
        }
        assertThat(api.send(api.request("/v1/events", "op").header("Last-Event-ID", "abc")).code()).isEqualTo("parameter");
    }

    @Test
    void shouldSayThatAPathOrMethodIsNotThere() {
        Answer absent = api.get("/v1/nothing", "op");
        assertThat(absent.status()).isEqualTo(404);
        assertThat(absent.code()).isEqualTo("not-found");
        Answer method = api.send(api.request("/v1/escalations", "op").PUT(BodyPublishers.ofString("{}")));
        assertThat(method.status()).isEqualTo(405);
        assertThat(method.code()).isEqualTo("method");
        assertThat(method.header("Allow")).contains("GET").contains("POST");
        assertThat(api.get("/v1/trunks", "op").status()).isEqualTo(404);
        assertThat(api.get("/web/../openapi.yaml", "").status()).isIn(400, 404);
        assertThat(api.get("/web/..%2fsecret", "").status()).isIn(400, 404);
    }

    @Test
    void shouldBeReadyOnlyWhenTheBusIs() {
        assertThat(api.get("/healthz", "").status()).isEqualTo(200);
        assertThat(api.get("/readyz", "").status()).isEqualTo(200);
        api.ready = false;
        assertThat(api.get("/healthz", "").status()).isEqualTo(200);
        assertThat(api.get("/readyz", "").status()).isEqualTo(503);
    }

    @Test
    void shouldListLiveCallsForTheOperator() {
        assertThat(api.get("/v1/calls", "op").json().at("/calls/0/party").asString()).isEqualTo("sip:expert@127.0.0.1");
        assertThat(api.get("/v1/calls", "a").status()).isEqualTo(403);
    }

    @Test
    void shouldPublishItsKeysAndFigures() {
        assertThat(api.get("/v1/keys", "").json().at("/keys/0/keyId").asString()).isEqualTo(MemoryLog.KEY.keyId());
        api.get("/v1/escalations/esc-1", "op");
        String figures = api.get("/metrics", "").text();
        assertThat(figures).contains("ifbus_http_request_seconds_count{method=\"GET\",route=\"/v1/escalations/{id}\",status=\"200\"}")
                .doesNotContain("esc-1");
    }

    @Test
    void shouldTellWhatKeepsItFromListening() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            HttpParts parts = new HttpParts(api.escalations, api.log, token -> Optional.empty(), api.guard.live, List.of(),
                    new org.infrafabric.sip.EdgeCheck(id -> java.util.Optional.empty()), List::of,
                    new CallDesk(() -> java.util.concurrent.CompletableFuture.completedFuture(List.of()), api.control, api.control.rooms),
                    new Metrics(),
                    Optional::empty, () -> Duration.ZERO);
            try (HttpApi second = new HttpApi(HttpSettings.defaults("127.0.0.1", taken.getLocalPort()), parts)) {
                assertThat(org.assertj.core.api.Assertions.catchThrowable(second::start)).isInstanceOf(IOException.class)
                        .hasMessageContaining("127.0.0.1:" + taken.getLocalPort());
            }
        }
    }
}
