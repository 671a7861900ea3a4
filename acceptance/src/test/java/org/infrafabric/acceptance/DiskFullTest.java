package org.infrafabric.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.infrafabric.testkit.Await;
import org.infrafabric.testkit.Sipp;
import org.infrafabric.testkit.SippScenario;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The disk is full in the middle of a council: nothing is decided that is not written down, nobody is cut off, nothing is lost. */
class DiskFullTest {
    private static final SippScenario PATIENT = SippScenario.invited().ring().answer().awaitBye();
    @TempDir Path folder;

    @BeforeEach
    void needPeers() { Requires.programs("sipp", "openssl", "prlimit"); }

    @Test
    void shouldDecideWhenThereIsSpaceAgain() throws Exception {
        List<JsonNode> delivered = new CopyOnWriteArrayList<>();
        HttpServer agent = callback(delivered);
        try (Disk disk = Disk.at(folder.resolve("data"));
                Sipp expert = Sipp.callee(folder.resolve("expert"), PATIENT, 1);
                Sipp sage = Sipp.callee(folder.resolve("sage"), PATIENT, 1);
                Site site = council(expert, sage, agent).start()) {
            String id = inCouncil(site, agent);
            disk.fill(site.bus().pid());
            CompletableFuture<Void> vote = CompletableFuture.runAsync(() -> vote(site, id));
            Await.that("not ready", Duration.ofSeconds(10), () -> site.get("", "/readyz").status() == 503);
            assertThat(site.get("", "/readyz").json().path("reason").asString("")).contains("store cannot write");
            assertThat(site.get("", "/healthz").status()).isEqualTo(200);
            Site.Answer more = site.post("agent", "/v1/escalations", site.sign(Site.message("safety")).toString());
            assertThat(more.status()).as(more.toString()).isEqualTo(503);
            assertThat(more.raw().headers().firstValue("Retry-After")).isPresent();
            TimeUnit.SECONDS.sleep(7); // longer than voting stays open after the vote that settles it
            assertThat(delivered).as("no decision that the log does not hold").isEmpty();
            assertThat(site.escalation(id).path("decision").isObject()).isFalse();
            assertThat(site.get("op", "/v1/calls").json().path("calls")).as("nobody is cut off").hasSize(2);

            disk.free(site.bus().pid());
            assertThat(site.decision(id, Duration.ofSeconds(30))).isEqualTo("approve");
            vote.get(20, TimeUnit.SECONDS);
            site.await(id, "CLOSED", Duration.ofSeconds(30));
            Await.that("the callback", Duration.ofSeconds(10), () -> !delivered.isEmpty());
            assertThat(site.get("", "/readyz").status()).isEqualTo(200);
            assertThat(expert.await(Duration.ofSeconds(10))).isZero();
            assertThat(sage.await(Duration.ofSeconds(10))).isZero();
            List<JsonNode> log = site.soundLog();
            assertThat(log.stream().filter(entry -> entry.path("event").stringValue().equals("vote_cast"))).hasSize(1);
            assertThat(log.stream().filter(entry -> entry.path("event").stringValue().equals("decided"))).hasSize(1);
        } finally {
            agent.stop(0);
        }
    }

    @Test
    void shouldGoOnAfterAProcessDiedOnAFullDisk() throws Exception {
        List<JsonNode> delivered = new CopyOnWriteArrayList<>();
        HttpServer agent = callback(delivered);
        try (Disk disk = Disk.at(folder.resolve("data"));
                Sipp expert = Sipp.callee(folder.resolve("expert"), PATIENT, 2);
                Sipp sage = Sipp.callee(folder.resolve("sage"), PATIENT, 2);
                Site site = council(expert, sage, agent).start()) {
            String id = inCouncil(site, agent);
            disk.fill(site.bus().pid());
            CompletableFuture<Void> unheard = CompletableFuture.runAsync(() -> vote(site, id)).exceptionally(gone -> null);
            Await.that("not ready", Duration.ofSeconds(10), () -> site.get("", "/readyz").status() == 503);
            long pid = site.bus().pid();
            site.bus().kill();
            disk.free(pid); // the next life finds space
            site.killAndRestart();
            unheard.get(30, TimeUnit.SECONDS);
            Await.that("the council to be dialled again", Duration.ofSeconds(20),
                    () -> site.events(id).stream().filter("IF.sip answered"::equals).count() >= 4);
            site.vote("sage", id, "approve");
            assertThat(site.decision(id, Duration.ofSeconds(30))).isEqualTo("approve");
            site.await(id, "CLOSED", Duration.ofSeconds(30));
            site.soundLog();
        } finally {
            agent.stop(0);
        }
    }

    private Site council(Sipp expert, Sipp sage, HttpServer agent) {
        return new Site(folder).expert(expert.uri("expert"), "safety", "answer", "PT20S").guardian("sage", sage.uri("sage"), "answer")
                .council("{ quorum: 1, deadline: PT2M, gather: PT10S }").config("callbacks: { allow: [\"127.0.0.1\"] }");
    }

    private static HttpServer callback(List<JsonNode> delivered) throws Exception {
        HttpServer agent = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        agent.createContext("/", exchange -> {
            delivered.add(Site.JSON.readTree(exchange.getRequestBody().readAllBytes()));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        agent.start();
        return agent;
    }

    private static String inCouncil(Site site, HttpServer agent) throws Exception {
        ObjectNode message = Site.message("safety");
        ((ObjectNode) message.path("payload")).put("callback", "http://127.0.0.1:" + agent.getAddress().getPort() + "/");
        String id = site.escalate(site.sign(message));
        site.await(id, "IN_COUNCIL", Duration.ofSeconds(60));
        return id;
    }

    private static void vote(Site site, String id) {
        try {
            site.vote("sage", id, "approve");
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }
}
