package org.infrafabric.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.infrafabric.testkit.Await;
import org.infrafabric.testkit.Baresip;
import org.infrafabric.testkit.Sipp;
import org.infrafabric.testkit.SippScenario;
import org.infrafabric.testkit.Tones;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The process dies as in a power cut, and comes back (CONTRACT §8). */
class RestartTest {
    @TempDir Path folder;

    @BeforeEach
    void needPeers() { Requires.programs("sipp", "baresip", "openssl"); }

    @Test
    void shouldStopTheStrayRingingAndRingAgain() throws Exception {
        try (Site site = new Site(folder); Sipp before = Sipp.callee(folder.resolve("before"), SippScenario.invited().ring().awaitCancel(), 1)) {
            site.expert(before.uri("expert"), "safety", "answer", "PT20S").council("{ quorum: 0, deadline: PT20S, gather: PT2S }").start();
            String id = site.escalate("safety");
            Await.that("the phone to ring", Duration.ofSeconds(10), () -> site.events(id).contains("IF.sip ringing"));
            site.killAndRestart();
            assertThat(before.await(Duration.ofSeconds(10))).as("the call of the former life was cancelled").isZero();
            try (Sipp after = Sipp.callee(folder.resolve("after"), SippScenario.invited().ring().answer().pause(1_500).press('1').awaitBye(), 1,
                    before.port())) {
                Await.until("the phone to ring again", Duration.ofSeconds(10), after::messages, messages -> messages.contains("INVITE sip:expert"));
                assertThat(site.decision(id, Duration.ofSeconds(60))).isIn("approve", "hold"); // the key may fall into the briefing, where it is no vote
            }
            assertThat(site.events(id).stream().filter("IF.escalate received"::equals)).hasSize(1);
        }
    }

    @Test
    void shouldDialTheCouncilAgainAndLetVotesStand() throws Exception {
        SippScenario scenario = SippScenario.invited().ring().answer().awaitBye();
        try (Sipp expert = Sipp.callee(folder.resolve("expert"), scenario, 2);
                Baresip sage = Baresip.answering(folder.resolve("sage"), "sage", Tones.write(folder.resolve("sage.wav"), 500, 60));
                Site site = new Site(folder).expert(expert.uri("expert"), "safety", "answer", "PT20S").guardian("sage", sage.uri("sage"), "answer")
                        .guardian("skeptic", "sip:skeptic@127.0.0.1:9", "answer").start()) {
            String id = site.escalate("safety");
            site.await(id, "IN_COUNCIL", Duration.ofSeconds(40));
            site.vote("sage", id, "reject");
            site.killAndRestart();
            Await.that("the council to be dialled again", Duration.ofSeconds(15),
                    () -> site.events(id).stream().filter("IF.sip answered"::equals).count() >= 4);
            site.vote("skeptic", id, "reject");
            JsonNode closed = site.await(id, "CLOSED", Duration.ofSeconds(30));
            assertThat(closed.path("decision").path("payload").path("decision").stringValue()).isEqualTo("reject");
            assertThat(closed.path("decision").path("payload").path("votes")).hasSize(2);
            assertThat(expert.await(Duration.ofSeconds(10))).as("the stray leg had its BYE, and so had the new one").isZero();
        }
    }
}
