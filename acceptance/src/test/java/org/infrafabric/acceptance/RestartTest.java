package org.infrafabric.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.infrafabric.testkit.Await;
import org.infrafabric.testkit.Baresip;
import org.infrafabric.testkit.IfbusProcess;
import org.infrafabric.testkit.Ports;
import org.infrafabric.testkit.Requires;
import org.infrafabric.testkit.Sipp;
import org.infrafabric.testkit.SippScenario;
import org.infrafabric.testkit.Tones;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The process dies as in a power cut, and comes back (CONTRACT §8). */
@Execution(ExecutionMode.CONCURRENT) // each has a bus of its own
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
            Path voice = Tones.write(folder.resolve("expert.wav"), 700, 60);
            try (Baresip after = Baresip.answering(folder.resolve("after"), "expert", voice, before.port())) {
                site.await(id, "BRIEFED", Duration.ofSeconds(60)); // rung again and answered; from now on a key is a vote
                after.press('1');
                assertThat(site.decision(id, Duration.ofSeconds(40))).isEqualTo("approve");
            }
            assertThat(site.events(id).stream().filter("IF.escalate received"::equals)).hasSize(1);
            site.soundLog();
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
            site.soundLog();
            tellsBothLives(site, id);
        }
    }

    /** The report, written beside the bus: what was said before the power cut and after it, each with moments of its own. */
    private void tellsBothLives(Site site, String id) throws Exception {
        Path file = folder.resolve("told.html");
        IfbusProcess.Finished report = IfbusProcess.run(folder, Duration.ofSeconds(40), "report", id, "--out", file.toString(), "--data-dir",
                site.folder.resolve("data").toString(), "--json");
        assertThat(report.exit()).as(report.toString()).isZero();
        JsonNode said = Site.JSON.readTree(report.out());
        assertThat(said.path("state").stringValue()).isEqualTo("CLOSED");
        assertThat(said.path("witness").path("intact").asBoolean()).isTrue();
        assertThat(said.path("witness").path("proven").asBoolean()).isTrue();
        String html = Files.readString(file);
        assertThat(html).contains("Recording 2, after the bus was started again", "Rejected", ", byte for byte, what the log names.",
                "mix.wav has no hash in the log: it was still being written, or the bus died while it was.").doesNotContain("<li class=\"bad\"");
        assertThat(Pattern.compile("data-player=\"(\\d+)\"").matcher(html).results().map(player -> player.group(1)).distinct())
                .as("mixes with moments")
                .hasSize(2);
    }

    @Test
    void shouldRingAgainWhenTheExpertWasHearingTheCase() throws Exception {
        shouldRepeatItsRung("ACCEPTED");
    }

    @Test
    void shouldRingAgainWhenTheExpertWaitedForTheGuardians() throws Exception {
        shouldRepeatItsRung("BRIEFED");
    }

    private void shouldRepeatItsRung(String state) throws Exception {
        SippScenario scenario = SippScenario.invited().ring().answer().awaitBye();
        try (Sipp expert = Sipp.callee(folder.resolve("expert"), scenario, 2);
                Site site = new Site(folder).expert(expert.uri("expert"), "safety", "answer", "PT20S")
                        .guardian("sage", "sip:sage@127.0.0.1:9", "answer")
                        .council("{ quorum: 1, deadline: PT60S, gather: PT60S }").start()) {
            String id = site.escalate("safety");
            site.await(id, state, Duration.ofSeconds(60));
            site.killAndRestart();
            Await.that("the rung to be repeated", Duration.ofSeconds(30),
                    () -> Site.states(site.escalation(id)).stream().filter("ACCEPTED"::equals).count() == 2);
            assertThat(Site.states(site.escalation(id)).stream().filter("RINGING"::equals)).hasSize(2);
            assertThat(site.delete("op", "/v1/escalations/" + id).status()).isLessThan(300);
            assertThat(site.decision(id, Duration.ofSeconds(20))).isEqualTo("cancelled");
            assertThat(expert.await(Duration.ofSeconds(20))).as("the stray leg had its BYE, and so had the new one").isZero();
            assertThat(site.soundLog().stream().filter(entry -> entry.path("event").stringValue().equals("cancelled"))).hasSize(1);
        }
    }

    @Test
    void shouldDeliverADecisionWhoseCallbackWasDownInTheFormerLife() throws Exception {
        try (Site site = new Site(folder).expert("sip:nobody@127.0.0.1:9", "safety", "answer", "PT2S").config("callbacks: { allow: [\"127.0.0.1\"] }")
                .start()) {
            int port = Ports.free(1);
            ObjectNode message = Site.message("bias");
            ObjectNode payload = (ObjectNode) message.path("payload");
            payload.put("performative", "INFORM").put("callback", "http://127.0.0.1:" + port + "/").putObject("confidence").put("normalized", 0.9);
            String id = site.escalate(site.sign(message)); // ends at once
            site.decision(id, Duration.ofSeconds(30));
            try (ServerSocket down = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                down.setSoTimeout(20_000);
                for (int tries = 0; tries < 2; tries++) down.accept().close(); // without an answer
            }
            site.bus().kill();
            List<JsonNode> delivered = new CopyOnWriteArrayList<>();
            HttpServer agent = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
            agent.createContext("/", exchange -> {
                delivered.add(Site.JSON.readTree(exchange.getRequestBody().readAllBytes()));
                exchange.sendResponseHeaders(204, -1);
                exchange.close();
            });
            agent.start();
            try {
                site.killAndRestart();
                Await.that("the decision at the callback", Duration.ofSeconds(30), () -> !delivered.isEmpty());
                assertThat(delivered.getFirst()).isEqualTo(site.escalation(id).path("decision"));
                Await.that("the entry", Duration.ofSeconds(10), () -> site.events(id).contains("IF.message decision_delivered"));
            } finally {
                agent.stop(0);
            }
            site.soundLog();
        }
    }

    @Test
    void shouldKnowRepeatedAlteredAndStaleMessagesAfterARestart() throws Exception {
        try (Site site = new Site(folder).expert("sip:nobody@127.0.0.1:9", "safety", "answer", "PT2S").start()) {
            ObjectNode message = Site.message("bias");
            ((ObjectNode) message.path("payload")).put("performative", "INFORM").putObject("confidence").put("normalized", 0.9); // ends at once
            String id = site.escalate(site.sign(message));
            site.decision(id, Duration.ofSeconds(30));
            site.killAndRestart();
            JsonNode decision = site.escalation(id).path("decision");
            assertThat(decision.path("payload").path("inReplyTo").asString("")).as("the decision outlived the process").isEqualTo(id);
            Site.Answer again = site.post("agent", "/v1/escalations", message.toString());
            assertThat(again.status()).as(again.toString()).isEqualTo(200);
            assertThat(again.json().path("id").stringValue()).isEqualTo(id);
            ObjectNode altered = message.deepCopy();
            ((ObjectNode) altered.path("payload")).put("summary", "Something else; may I?");
            assertThat(site.post("agent", "/v1/escalations", site.sign(altered).toString()).status()).isEqualTo(409);
            Site.Answer stale = site.post("agent", "/v1/escalations",
                    site.sign(Site.message("safety").put("timestamp", "2020-01-01T00:00:00.000Z")).toString());
            assertThat(stale.status()).isEqualTo(400);
            assertThat(stale.code()).isEqualTo("stale");
            assertThat(site.get("op", "/v1/escalations").json().path("escalations")).hasSize(1);
            assertThat(site.soundLog().stream().filter(entry -> entry.path("event").stringValue().equals("received"))).as("one life's log")
                    .hasSize(1);
            assertThat(site.escalation(id).path("decision")).as("at most one decision, ever").isEqualTo(decision);
        }
    }
}
