package org.infrafabric.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GuardRoutesTest {
    private final RunningApi api = new RunningApi();

    @AfterEach
    void close() { api.close(); }

    @Test
    void shouldSayWhatIsInForce() {
        var shown = api.get("/v1/guard", "op").json();

        assertThat(shown.path("policyHash").asString()).isEqualTo(api.guard.live.guard().policy().hash());
        assertThat(shown.path("hash").asString()).isEqualTo(api.guard.live.status().hash());
        assertThat(shown.path("since").asString()).isEqualTo("2026-11-21T12:00:00.000Z");
    }

    @Test
    void shouldReloadForOperatorsAlone() throws IOException {
        for (String token : new String[] {"a", "sage"}) assertThat(api.post("/v1/guard/reload", token, "").status()).isEqualTo(403);
        assertThat(api.post("/v1/guard/reload", "", "").status()).isEqualTo(401);
        assertThat(api.guard.events()).hasSize(2);
        api.guard.change("policy.yaml", text -> text.replace("people", "deny"));

        var answer = api.post("/v1/guard/reload", "op", "");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("changed").asBoolean()).isTrue();
        assertThat(answer.json().path("policyHash").asString()).isEqualTo(api.guard.live.guard().policy().hash());
    }

    @Test
    void shouldNameFileLineAndFieldOfWhatItCannotUse() throws IOException {
        api.guard.change("policy.yaml", text -> text.replace("then: people", "then: maybe"));

        var answer = api.post("/v1/guard/reload", "op", "");

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
        assertThat(answer.code()).isEqualTo("invalid-file");
        assertThat(answer.json().at("/problems/0/line").asInt()).isEqualTo(1);
        assertThat(answer.json().at("/problems/0/field").asString()).isEqualTo("rules[0].then");
        assertThat(answer.json().at("/problems/0/file").asString()).endsWith("policy.yaml");
    }

    @Test
    void shouldTakeApprovals() throws IOException {
        api.guard.change("ifbus.yaml", text -> text + "  approvals: { policyChange: { need: 2 } }\n");
        assertThat(api.post("/v1/guard/reload", "op", "").status()).isEqualTo(200);
        api.guard.change("policy.yaml", text -> text.replace("people", "deny"));

        var waiting = api.post("/v1/guard/reload", "op", "");
        String hash = waiting.json().at("/waiting/hash").asString();

        assertThat(waiting.status()).isEqualTo(202);
        assertThat(api.post("/v1/guard/approvals/" + hash, "op", "").status()).isEqualTo(202);
        assertThat(api.get("/v1/guard", "op").json().at("/waiting/given/0").asString()).isEqualTo("op");
        assertThat(api.post("/v1/guard/approvals/xyz", "op", "").code()).isEqualTo("parameter");
        assertThat(api.post("/v1/guard/approvals/" + "0".repeat(64), "op", "").status()).isEqualTo(404);
        assertThat(api.guard.live.approve(hash, "second")).isInstanceOf(LiveGuard.Outcome.Loaded.class);
        assertThat(api.get("/v1/guard", "op").json().path("hash").asString()).isEqualTo(hash);
    }
}
