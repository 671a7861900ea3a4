package org.infrafabric.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.infrafabric.testkit.Await;
import org.infrafabric.testkit.IfbusProcess;
import org.infrafabric.testkit.Requires;
import org.infrafabric.testkit.Sipp;
import org.infrafabric.testkit.SippScenario;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Each way in which an escalation may end, as the agent sees it: state, exit code of {@code escalate --wait}, entries, and one message. */
@Execution(ExecutionMode.CONCURRENT) // they wait for people most of the time
class OutcomesTest {
    @TempDir static Path folder;
    private static final List<Sipp> PHONES = new ArrayList<>();
    private static final Map<String, List<JsonNode>> DELIVERED = new ConcurrentHashMap<>();
    private static final ExecutorService COMMANDS = Executors.newVirtualThreadPerTaskExecutor(); // the common pool has one thread on two cores
    private static HttpServer agent;
    private static Site site;

    @BeforeAll
    static void startTheBus() throws Exception {
        Requires.programs("sipp", "openssl");
        agent = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        agent.createContext("/decisions", exchange -> {
            JsonNode message = Site.JSON.readTree(exchange.getRequestBody().readAllBytes());
            DELIVERED.computeIfAbsent(message.path("payload").path("inReplyTo").asString(""), id -> new CopyOnWriteArrayList<>()).add(message);
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        agent.start();
        site = new Site(folder).council("{ quorum: 2, deadline: PT10S, gather: PT1S }").config("callbacks: { allow: [\"127.0.0.1\"] }");
        expert("busy", "dtmf", SippScenario.invited().ring().refuse(486, "Busy Here"));
        expert("no-answer", "dtmf", SippScenario.invited().ring().awaitCancel());
        expert("declined", "dtmf", SippScenario.invited().ring().refuse(603, "Decline"));
        expert("silence", "dtmf", SippScenario.invited().ring().answer().awaitBye());
        expert("declines-by-key", "dtmf", SippScenario.invited().ring().answer().pause(1_000).press('2').awaitBye());
        expert("hangs-up", "answer", SippScenario.invited().ring().answer().pause(500).bye());
        expert("rings-on", "dtmf", SippScenario.invited().ring().awaitCancel());
        expert("no-quorum", "answer", SippScenario.invited().ring().answer().awaitBye());
        expert("http-votes", "answer", SippScenario.invited().ring().answer().awaitBye());
        expert("conditions", "answer", SippScenario.invited().ring().answer().awaitBye());
        expert("rejected", "answer", SippScenario.invited().ring().answer().awaitBye());
        for (String guardian : List.of("sage", "skeptic", "ethicist")) {
            Sipp phone = Sipp.callee(folder.resolve(guardian), SippScenario.invited().ring().answer().awaitBye(), 100);
            PHONES.add(phone);
            site.guardian(guardian, phone.uri(guardian), "answer");
        }
        site.start();
    }

    private static void expert(String hazard, String accept, SippScenario scenario) throws Exception {
        Sipp phone = Sipp.callee(folder.resolve(hazard), scenario, 20);
        PHONES.add(phone);
        site.expert(phone.uri(hazard), hazard, accept, hazard.equals("rings-on") ? "PT60S" : "PT2S");
    }

    /** The whole log is judged once, by code that is not ifbus's; each decision that was delivered must name its entry in it. */
    @AfterAll
    static void judgeTheLogAndStopAll() throws Exception {
        try {
            if (site != null) {
                List<JsonNode> entries = site.soundLog();
                DELIVERED.values().forEach(messages -> messages.forEach(message -> {
                    JsonNode witness = message.path("payload").path("witness");
                    assertThat(entries.get((int) witness.path("seq").longValue() - 1).path("hash")).isEqualTo(witness.path("hash"));
                }));
            }
        } finally {
            stopAll();
        }
    }

    private static void stopAll() throws Exception {
        if (site != null) site.close();
        for (Sipp phone : PHONES) phone.close();
        if (agent != null) agent.stop(0);
    }

    /** {@code escalate --wait} running in a process of its own. */
    private record Waiting(String id, CompletableFuture<IfbusProcess.Finished> command) {
        IfbusProcess.Finished finished() throws Exception { return command.get(120, TimeUnit.SECONDS); }
    }

    private static Waiting escalate(ObjectNode message) throws Exception {
        ((ObjectNode) message.path("payload")).put("callback", "http://127.0.0.1:" + agent.getAddress().getPort() + "/decisions");
        String id = message.path("id").stringValue();
        Path file = Files.writeString(folder.resolve(id + ".json"), site.sign(message).toString());
        return new Waiting(id, CompletableFuture.supplyAsync(() -> {
            try {
                return IfbusProcess.run(folder, Duration.ofSeconds(110), "escalate", file.toString(), "--server", "http://" + site.bus().http(),
                        "--token", Site.token("agent"),
                        "--wait", "--json");
            } catch (Exception failed) {
                throw new IllegalStateException(failed);
            }
        }, COMMANDS));
    }

    /** What every end promises: the exit code, the end's state and entry, one decision delivered once, signed and telling of that end's entry. */
    private static JsonNode ends(Waiting escalation, int exit, String state, String decision) throws Exception {
        IfbusProcess.Finished finished = escalation.finished();
        assertThat(finished.exit()).as("exit code; said: " + finished.out() + finished.err()).isEqualTo(exit);
        JsonNode seen = site.escalation(escalation.id());
        assertThat(Site.states(seen)).contains(state);
        assertThat(seen.path("decision").path("payload").path("decision").stringValue()).isEqualTo(decision);
        assertThat(site.events(escalation.id())).containsOnlyOnce("IF.escalate " + state.toLowerCase(java.util.Locale.ROOT));
        Await.that("the decision at the agent's callback", Duration.ofSeconds(10), () -> DELIVERED.containsKey(escalation.id()));
        JsonNode delivered = DELIVERED.get(escalation.id()).getFirst();
        assertThat(delivered).isEqualTo(seen.path("decision"));
        String busKey = site.get("", "/v1/keys").json().path("keys").get(0).path("publicKey").stringValue();
        assertThat(LogCheck.signed(delivered, busKey, folder)).isTrue();
        long seq = delivered.path("payload").path("witness").path("seq").longValue();
        JsonNode entry = site.get("op", "/v1/witness/entries?limit=1&from=" + seq).json().path("entries").get(0);
        assertThat(entry.path("hash")).isEqualTo(delivered.path("payload").path("witness").path("hash"));
        assertThat(entry.path("event").stringValue()).isEqualTo(state.toLowerCase(java.util.Locale.ROOT));
        return seen;
    }

    @Test
    void shouldHoldWhenTheOnlyExpertIsBusy() throws Exception { ends(escalate(Site.message("busy")), 5, "EXHAUSTED", "hold"); }

    @Test
    void shouldHoldWhenNobodyAnswers() throws Exception { ends(escalate(Site.message("no-answer")), 5, "EXHAUSTED", "hold"); }

    @Test
    void shouldHoldWhenTheExpertDeclines() throws Exception { ends(escalate(Site.message("declined")), 5, "EXHAUSTED", "hold"); }

    @Test
    void shouldNotTakeSilenceForAcceptance() throws Exception { ends(escalate(Site.message("silence")), 5, "EXHAUSTED", "hold"); }

    @Test
    void shouldTakeTwoForNo() throws Exception { ends(escalate(Site.message("declines-by-key")), 5, "EXHAUSTED", "hold"); }

    @Test
    void shouldCountAnExpertWhoHangsUpWhileBeingBriefedAsDeclined() throws Exception {
        ends(escalate(Site.message("hangs-up")), 5, "EXHAUSTED", "hold");
    }

    @Test
    void shouldStopTheRingingWhenCancelled() throws Exception {
        Waiting escalation = escalate(Site.message("rings-on"));
        Await.that("ringing", Duration.ofSeconds(60), () -> Site.states(site.escalation(escalation.id())).contains("RINGING"));
        assertThat(site.delete("agent", "/v1/escalations/" + escalation.id()).status()).isBetween(200, 204);
        ends(escalation, 1, "CANCELLED", "cancelled");
        Await.that("the phone to be let go", Duration.ofSeconds(20), () -> site.events(escalation.id()).contains("IF.sip cancel_sent"));
    }

    @Test
    void shouldHoldWithoutQuorumAtTheDeadline() throws Exception {
        JsonNode seen = ends(escalate(Site.message("no-quorum")), 5, "DECIDED", "hold");
        assertThat(seen.path("decision").path("payload").path("reason").stringValue()).containsIgnoringCase("quorum");
    }

    @Test
    void shouldApproveByVotesOverHttp() throws Exception {
        Waiting escalation = escalate(Site.message("http-votes"));
        voteInCouncil(escalation, "{\"vote\":\"approve\"}", "{\"vote\":\"approve\"}");
        JsonNode seen = ends(escalation, 0, "DECIDED", "approve");
        assertThat(seen.path("decision").path("payload").path("votes")).hasSize(2);
    }

    @Test
    void shouldCarryConditionsIntoTheDecision() throws Exception {
        Waiting escalation = escalate(Site.message("conditions"));
        voteInCouncil(escalation, "{\"vote\":\"approve\",\"conditions\":[\"publish after counsel signs\"]}", "{\"vote\":\"approve\"}");
        JsonNode seen = ends(escalation, 8, "DECIDED", "approve-with-conditions");
        assertThat(seen.path("decision").path("payload").path("conditions").get(0).stringValue()).isEqualTo("publish after counsel signs");
    }

    @Test
    void shouldReject() throws Exception {
        Waiting escalation = escalate(Site.message("rejected"));
        voteInCouncil(escalation, "{\"vote\":\"reject\",\"reason\":\"not yet\"}", "{\"vote\":\"reject\"}");
        ends(escalation, 3, "DECIDED", "reject");
    }

    private static void voteInCouncil(Waiting escalation, String sage, String skeptic) throws Exception {
        Await.that("the council", Duration.ofSeconds(60), () -> Site.states(site.escalation(escalation.id())).contains("IN_COUNCIL"));
        assertThat(site.post("sage", "/v1/escalations/" + escalation.id() + "/votes", sage).status()).isBetween(200, 204);
        assertThat(site.post("skeptic", "/v1/escalations/" + escalation.id() + "/votes", skeptic).status()).isBetween(200, 204);
    }

    @Test
    void shouldShareConfidentMessagesWithoutACall() throws Exception {
        ObjectNode message = Site.message("bias");
        ((ObjectNode) message.path("payload")).put("performative", "INFORM").putObject("confidence").put("normalized", 0.9);
        ends(escalate(message), 10, "SHARED", "not-required");
    }

    @Test
    void shouldHoldWhatNeedsASecondSource() throws Exception {
        ObjectNode message = Site.message("bias");
        ((ObjectNode) message.path("payload")).put("performative", "INFORM").putObject("confidence").put("normalized", 0.25);
        ends(escalate(message), 5, "HELD", "hold");
    }

    @Test
    void shouldRepeatTheSameEscalationForTheSameMessageAndRefuseAnAlteredOne() throws Exception {
        ObjectNode message = site.sign(Site.message("busy"));
        String id = site.escalate(message);
        Site.Answer again = site.post("agent", "/v1/escalations", message.toString());
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.json().path("id").stringValue()).isEqualTo(id);
        ((ObjectNode) message.path("payload")).put("summary", "Something else; may I?");
        assertThat(site.post("agent", "/v1/escalations", site.sign(message).toString()).status()).isEqualTo(409);
        site.decision(id, Duration.ofSeconds(20));
        assertThat(site.events(id).stream().filter("IF.escalate received"::equals)).hasSize(1);
    }
}
