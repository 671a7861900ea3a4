package org.infrafabric.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** {@code /v1/calls} and {@code /v1/conferences} over real HTTP. */
class CallRoutesTest {
    private final RunningApi api = new RunningApi();

    @AfterEach
    void close() { api.close(); }

    @Test
    void shouldListTheLegsOfEscalationsAndOfCalls() {
        JsonNode calls = api.get("/v1/calls", "op").json().path("calls");
        assertThat(calls).extracting(each -> each.path("id").asString()).containsExactly("c1@x", "a@x", "b@x");
        assertThat(calls.get(0).path("escalation").asString()).isEqualTo("esc-1");
        assertThat(calls.get(2).toString()).contains("\"call\":\"call-1\"").contains("\"held\":true")
                .contains("\"since\":\"2026-11-21T12:00:02.000Z\"");
    }

    @Test
    void shouldOriginateHoldTransferAndEnd() {
        Answer made = api.post("/v1/calls", "op", "{\"from\":\"sip:a@x\",\"to\":\"sip:b@x\"}");
        assertThat(made.status()).isEqualTo(202);
        assertThat(made.header("Location")).isEqualTo("/v1/calls/call-1");
        assertThat(made.json().path("legs")).hasSize(2);
        assertThat(api.post("/v1/calls/call-1/hold", "op", "").status()).isEqualTo(202);
        assertThat(api.post("/v1/calls/call-1/resume", "op", "").code()).isEqualTo("state");
        assertThat(api.post("/v1/calls/a@x/transfer", "op", "{\"mode\":\"blind\",\"target\":\"sip:c@x\"}").status()).isEqualTo(202);
        assertThat(api.post("/v1/calls/a%40x/transfer", "op", "{\"mode\":\"attended\",\"with\":\"call-2\"}").status()).isEqualTo(202);
        assertThat(api.delete("/v1/calls/call-1", "op").status()).isEqualTo(202);
        assertThat(api.control.told).containsExactly("originate sip:a@x sip:b@x by op", "hold call-1 by op", "transfer a@x Blind[target=sip:c@x]",
                "transfer a@x Attended[with=call-2]", "hangup call-1 by op");
    }

    @Test
    void shouldSayWhyNot() {
        Answer denied = api.post("/v1/calls", "op", "{\"from\":\"sip:a@x\",\"to\":\"sip:stranger@x\"}");
        assertThat(denied.status()).isEqualTo(403);
        assertThat(denied.code()).isEqualTo("denied");
        assertThat(denied.header("Retry-After")).isEqualTo("2");
        Answer busy = api.post("/v1/calls", "op", "{\"from\":\"sip:a@x\",\"to\":\"sip:crowd@x\"}");
        assertThat(busy.status()).isEqualTo(503);
        assertThat(busy.code()).isEqualTo("overload");
        assertThat(busy.header("Retry-After")).isNotEmpty();
        assertThat(api.post("/v1/calls", "op", "{\"from\":\"sip:a@x\",\"to\":\"sip:broken@x\"}").json().path("field").asString()).isEqualTo("/to");
        assertThat(api.post("/v1/calls", "op", "{\"from\":\"sip:a@x\"}").json().path("field").asString()).isEqualTo("/to");
        assertThat(api.post("/v1/calls", "op", "{").code()).isEqualTo("malformed");
        assertThat(api.delete("/v1/calls/none", "op").status()).isEqualTo(404);
        assertThat(api.post("/v1/calls/call-1/transfer", "op", "{\"mode\":\"sideways\"}").json().path("field").asString()).isEqualTo("/mode");
    }

    @Test
    void shouldShowConferencesAndChangeWhoIsInThem() {
        assertThat(api.get("/v1/conferences", "op").json().path("conferences").get(0).path("participants").get(0).path("inMix").asBoolean()).isTrue();
        assertThat(api.get("/v1/conferences/call-1", "op").status()).isEqualTo(200);
        assertThat(api.get("/v1/conferences/none", "op").status()).isEqualTo(404);
        assertThat(api.post("/v1/conferences/call-1/participants", "op", "{\"uri\":\"sip:c@x\"}").status()).isEqualTo(202);
        assertThat(api.post("/v1/conferences/none/participants", "op", "{\"uri\":\"sip:c@x\"}").status()).isEqualTo(404);
        assertThat(api.post("/v1/conferences/call-1/participants/a@x/mute", "op", "").status()).isEqualTo(202);
        assertThat(api.post("/v1/conferences/call-1/participants/a@x/unmute", "op", "").status()).isEqualTo(202);
        assertThat(api.delete("/v1/conferences/call-1/participants/a@x", "op").status()).isEqualTo(202);
        assertThat(api.delete("/v1/conferences/call-1/participants/gone", "op").status()).isEqualTo(404);
        assertThat(api.control.told).containsExactly("add call-1 sip:c@x by op", "add none sip:c@x by op", "mute a@x", "unmute a@x", "remove a@x",
                "remove gone");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "sage", "any-agent", ""})
    void shouldLetNobodyButOperatorsNearIt(String token) {
        int status = token.isEmpty() ? 401 : 403;
        assertThat(api.get("/v1/calls", token).status()).isEqualTo(status);
        assertThat(api.post("/v1/calls", token, "{\"from\":\"sip:a@x\",\"to\":\"sip:b@x\"}").status()).isEqualTo(status);
        assertThat(api.delete("/v1/calls/call-1", token).status()).isEqualTo(status);
        assertThat(api.post("/v1/conferences/call-1/participants", token, "{\"uri\":\"sip:c@x\"}").status()).isEqualTo(status);
        assertThat(api.control.told).isEmpty();
    }
}
