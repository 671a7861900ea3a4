package org.infrafabric.acceptance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.infrafabric.testkit.Await;
import org.infrafabric.testkit.Requires;
import org.infrafabric.testkit.Sipp;
import org.infrafabric.testkit.SippScenario;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The disk is full, or read-only, in the middle of a council: nothing is decided that is not written down, nobody is cut off, nothing is lost. */
class DiskFullTest {
    private static final SippScenario PATIENT = SippScenario.invited().ring().answer().awaitBye();
    private static final double LOOKED_AT = 20_000; // ms: the page asks every ten seconds whether work is taken
    @TempDir Path folder;
    private final List<JsonNode> delivered = new CopyOnWriteArrayList<>();

    @BeforeEach
    void needPeers() { Requires.programs("sipp", "openssl", "prlimit", "chromium"); }

    @Test
    void shouldDecideWhenThereIsSpaceAgain() throws Exception {
        try (Playwright playwright = DashboardTest.playwright();
                Browser browser = DashboardTest.chromium(playwright);
                Council council = new Council(1)) {
            Site site = council.site;
            String id = council.id;
            Locator banner = DashboardTest.signedIn(browser, site, "op").locator("#banner");
            assertThat(banner).isHidden();
            council.disk.fill(site.bus().pid());
            CompletableFuture<Void> vote = council.voteInTrouble();
            assertThat(site.get("", "/readyz").json().path("reason").asString("")).contains("store cannot write");
            assertThat(site.get("", "/healthz").status()).isEqualTo(200);
            Site.Answer more = site.post("agent", "/v1/escalations", site.sign(Site.message("safety")).toString());
            assertThat(more.status()).as(more.toString()).isEqualTo(503);
            assertThat(more.raw().headers().firstValue("Retry-After")).isPresent();
            Duration longer = Duration.ofSeconds(7); // than voting stays open after the vote that settles it
            assertThat(Await.within(longer, () -> !delivered.isEmpty() || site.escalation(id).path("decision").isObject()))
                    .as("a decision that the log does not hold").isFalse();
            assertThat(site.get("op", "/v1/calls").json().path("calls")).as("nobody is cut off").hasSize(2);

            assertThat(banner).containsText("No new escalation is taken: the store cannot write",
                    new LocatorAssertions.ContainsTextOptions().setTimeout(LOOKED_AT));
            council.disk.free(site.bus().pid());
            assertThat(site.decision(id, Duration.ofSeconds(30))).isEqualTo("approve");
            vote.get(20, TimeUnit.SECONDS);
            site.await(id, "CLOSED", Duration.ofSeconds(30));
            Await.that("the callback", Duration.ofSeconds(10), () -> !delivered.isEmpty());
            assertThat(site.get("", "/readyz").status()).isEqualTo(200);
            assertThat(banner).isHidden(new LocatorAssertions.IsHiddenOptions().setTimeout(LOOKED_AT));
            assertThat(council.expert.await(Duration.ofSeconds(10))).isZero();
            assertThat(council.sage.await(Duration.ofSeconds(10))).isZero();
            List<JsonNode> log = site.soundLog();
            assertThat(log.stream().filter(entry -> entry.path("event").stringValue().equals("vote_cast"))).hasSize(1);
            assertThat(log.stream().filter(entry -> entry.path("event").stringValue().equals("decided"))).hasSize(1);
        }
    }

    @Test
    void shouldDecideWhenTheDiskIsNoLongerReadOnly() throws Exception {
        Requires.programs("strace");
        try (Council council = new Council(1)) {
            Site site = council.site;
            CompletableFuture<Void> vote;
            try (AutoCloseable disk = Disk.readOnly(site.bus().pid())) {
                vote = council.voteInTrouble();
                assertThat(site.get("", "/readyz").json().path("reason").asString("")).contains("store cannot write");
                assertThat(site.escalation(council.id).path("decision").isObject()).as("a decision that the log does not hold").isFalse();
            }
            assertThat(site.decision(council.id, Duration.ofSeconds(30))).isEqualTo("approve");
            vote.get(20, TimeUnit.SECONDS);
            site.await(council.id, "CLOSED", Duration.ofSeconds(30));
            site.soundLog();
        }
    }

    @Test
    void shouldGoOnAfterAProcessDiedOnAFullDisk() throws Exception {
        try (Council council = new Council(2)) {
            Site site = council.site;
            council.disk.fill(site.bus().pid());
            CompletableFuture<Void> unheard = council.voteInTrouble().exceptionally(gone -> null);
            long pid = site.bus().pid();
            site.bus().kill();
            council.disk.free(pid); // the next life finds space
            site.killAndRestart();
            unheard.get(30, TimeUnit.SECONDS);
            Await.that("the council to be dialled again", Duration.ofSeconds(20),
                    () -> site.events(council.id).stream().filter("IF.sip answered"::equals).count() >= 4);
            site.vote("sage", council.id, "approve");
            assertThat(site.decision(council.id, Duration.ofSeconds(30))).isEqualTo("approve");
            site.await(council.id, "CLOSED", Duration.ofSeconds(30));
            site.soundLog();
        }
    }

    /** A bus on a disk of its own, and an expert and a guardian in council about one escalation, whose agent waits for a callback. */
    private final class Council implements AutoCloseable {
        private final List<AutoCloseable> open = new ArrayList<>();
        private final Disk disk;
        private final Sipp expert;
        private final Sipp sage;
        private final Site site;
        private final String id;

        /** @param calls that each phone takes */
        Council(int calls) throws Exception {
            try {
                disk = opened(Disk.at(folder.resolve("data")));
                expert = opened(Sipp.callee(folder.resolve("expert"), PATIENT, calls));
                sage = opened(Sipp.callee(folder.resolve("sage"), PATIENT, calls));
                HttpServer agent = callback();
                open.add(() -> agent.stop(0));
                site = opened(new Site(folder)).expert(expert.uri("expert"), "safety", "answer", "PT20S").guardian("sage", sage.uri("sage"), "answer")
                        .council("{ quorum: 1, deadline: PT2M, gather: PT10S }").config("callbacks: { allow: [\"127.0.0.1\"] }").start();
                ObjectNode message = Site.message("safety");
                ((ObjectNode) message.path("payload")).put("callback", "http://127.0.0.1:" + agent.getAddress().getPort() + "/");
                id = site.escalate(site.sign(message));
                site.await(id, "IN_COUNCIL", Duration.ofSeconds(60));
            } catch (Exception | AssertionError failed) {
                close();
                throw failed;
            }
        }

        /** The vote that would settle it; the bus has noticed that it cannot write. */
        CompletableFuture<Void> voteInTrouble() throws Exception {
            CompletableFuture<Void> vote = CompletableFuture.runAsync(() -> {
                try {
                    site.vote("sage", id, "approve");
                } catch (Exception failed) {
                    throw new IllegalStateException(failed);
                }
            });
            Await.that("not ready", Duration.ofSeconds(10), () -> site.get("", "/readyz").status() == 503);
            return vote;
        }

        private <T extends AutoCloseable> T opened(T one) {
            open.add(one);
            return one;
        }

        @Override
        public void close() throws Exception {
            for (AutoCloseable one : open.reversed()) one.close(); // the disk last
        }
    }

    private HttpServer callback() throws Exception {
        HttpServer agent = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        agent.createContext("/", exchange -> {
            delivered.add(Site.JSON.readTree(exchange.getRequestBody().readAllBytes()));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        agent.start();
        return agent;
    }
}
