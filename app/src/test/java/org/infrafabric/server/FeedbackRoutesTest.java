package org.infrafabric.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.infrafabric.escalate.Feedback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FeedbackRoutesTest {
    private static final String PATH = "/v1/escalations/esc-1/feedback";
    private RunningApi api;

    @BeforeEach
    void start() {
        api = new RunningApi();
        api.escalations.put(ToldEscalations.view("esc-1", "if://agent/a", "CLOSED"));
    }

    @AfterEach
    void stop() { api.close(); }

    @Test
    void shouldTakeTheWordOfWhoeverTheTokenSpeaksFor() {
        Answer answer = api.post(PATH, "sage", "{\"usefulness\":4,\"note\":\" knew the filing \",\"rater\":\"skeptic\"}");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("usefulness").asInt()).isEqualTo(4);
        assertThat(answer.json().at("/rater/role").asString()).isEqualTo("guardian");
        assertThat(api.post(PATH, "op", "{\"usefulness\":1}").status()).isEqualTo(200);
        assertThat(api.post(PATH, "a", "{\"usefulness\":5,\"note\":null}").status()).isEqualTo(200);
        assertThat(api.escalations.rated).containsExactly("esc-1 by GUARDIAN sage: 4, knew the filing", "esc-1 by OPERATOR op: 1",
                "esc-1 by AGENT if://agent/a: 5");
        assertThat(api.get(PATH, "op").json().at("/feedback/0/expert").asString()).isEqualTo("sip:expert@127.0.0.1");
    }

    @Test
    void shouldRefuseWhatIsOutOfRangeAndWhoeverIsNobody() {
        for (String body : new String[] {"{}", "{\"usefulness\":0}", "{\"usefulness\":6}", "{\"usefulness\":4.5}", "{\"usefulness\":\"4\"}",
            "{\"usefulness\":99999999999}", "{\"usefulness\":4,\"note\":7}", "{\"usefulness\":4,\"note\":\"" + "x".repeat(2_001) + "\"}"})
            assertThat(api.post(PATH, "sage", body).code()).as(body).isEqualTo("schema");
        for (String body : new String[] {"[4]", "{\"usefulness\":4,\"usefulness\":5}"})
            assertThat(api.post(PATH, "sage", body).code()).as(body).isEqualTo("malformed");
        assertThat(api.post(PATH, "sage", "{\"note\":\"" + "x".repeat(20_000) + "\"}").status()).isEqualTo(413);
        assertThat(api.post(PATH, "any-guardian", "{\"usefulness\":4}").status()).isEqualTo(403);
        assertThat(api.post(PATH, "b", "{\"usefulness\":4}").status()).as("another agent's").isEqualTo(404);
        assertThat(api.post(PATH, "", "{\"usefulness\":4}").status()).isEqualTo(401);
        assertThat(api.escalations.rated).isEmpty();
    }

    @Test
    void shouldAnswerEachFateOfIt() {
        var view = ToldEscalations.view("esc-1", "if://agent/a", "RINGING");
        Map<Feedback.Result, String> fates = Map.of(new Feedback.Result.TooEarly(view), "too-early", new Feedback.Result.NobodyToRate(view),
                "nobody-to-rate",
                new Feedback.Result.NotEntitled(), "not-eligible", new Feedback.Result.NoSuchEscalation(), "not-found");
        fates.forEach((fate, code) -> {
            api.escalations.feedbackResult = fate;
            assertThat(api.post(PATH, "sage", "{\"usefulness\":4}").code()).isEqualTo(code);
        });
    }
}
