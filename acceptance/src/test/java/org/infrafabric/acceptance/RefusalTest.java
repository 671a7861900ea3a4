package org.infrafabric.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.infrafabric.message.SigningKey;
import org.infrafabric.testkit.Await;
import org.infrafabric.testkit.IfbusProcess;
import org.infrafabric.testkit.Requires;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What the bus will not take: a clear answer, and nothing created. */
class RefusalTest {
    @TempDir static Path folder;
    private static Site site;

    @BeforeAll
    static void startTheBus() throws Exception {
        Requires.programs("openssl");
        site = new Site(folder).expert("sip:nobody@127.0.0.1:9", "safety", "dtmf", "PT2S").guardian("sage", "sip:sage@127.0.0.1:9", "answer").start();
    }

    @AfterAll
    static void stop() throws Exception {
        try {
            site.soundLog();
        } finally {
            site.close();
        }
    }

    private static ObjectNode altered(Consumer<ObjectNode> change) {
        ObjectNode message = Site.message("safety");
        change.accept(message);
        return site.sign(message);
    }

    private static int escalations() throws Exception {
        return site.get("op", "/v1/escalations?limit=500").json().path("escalations").size();
    }

    /** The log tells of it; a flood of refusals it would only count. */
    private static void told(String code) throws Exception {
        Await.that("an entry that tells of " + code, Duration.ofSeconds(10), () -> {
            for (JsonNode entry : site.get("op", "/v1/witness/entries?limit=1000").json().path("entries")) {
                if (entry.path("event").asString("").equals("message_refused") && entry.path("payload").path("code").asString("").equals(code))
                    return true;
            }
            return false;
        });
    }

    private static void refused(String body, int status, String code) throws Exception {
        int before = escalations();
        Site.Answer answer = site.post("agent", "/v1/escalations", body);
        assertThat(answer.status()).as(answer.raw().body()).isEqualTo(status);
        assertThat(answer.code()).as(answer.raw().body()).isEqualTo(code);
        assertThat(answer.raw().headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        assertThat(escalations()).as("escalations there are").isEqualTo(before);
        told(code);
    }

    @Test
    void shouldRefuseWhatIsNoJson() throws Exception { refused("INVITE sip:me", 400, "malformed"); }

    @Test
    void shouldRefuseDuplicateNames() throws Exception { refused("{\"id\":\"a\",\"id\":\"b\"}", 400, "malformed"); }

    @Test
    void shouldRefuseWrongTypes() throws Exception { refused(altered(message -> message.put("level", "high")).toString(), 400, "schema"); }

    @Test
    void shouldNameTheMissingField() throws Exception {
        String body = altered(message -> message.remove("destination")).toString();
        refused(body, 400, "schema");
        assertThat(site.post("agent", "/v1/escalations", body).raw().body()).contains("destination");
    }

    @Test
    void shouldRefuseAnUnknownHazard() throws Exception { refused(site.sign(Site.message("boredom")).toString(), 400, "unknown-hazard"); }

    @Test
    void shouldRefuseAStaleMessage() throws Exception {
        refused(altered(message -> message.put("timestamp", "2020-01-01T00:00:00.000Z")).toString(), 400, "stale");
    }

    @Test
    void shouldRefuseAWrongSignature() throws Exception {
        refused(Site.sign(Site.message("safety"), SigningKey.generate()).toString(), 401, "signature");
    }

    @Test
    void shouldRefuseAnUnknownAgent() throws Exception {
        refused(altered(message -> message.put("source", "if://agent/swarm/stranger")).toString(), 401, "unknown-agent");
    }

    @Test
    void shouldRefuseTenMegabytes() throws Exception {
        Site.Answer answer = site.post("agent", "/v1/escalations", "{\"id\":\"" + "x".repeat(10_000_000) + "\"}");
        assertThat(answer.status()).isEqualTo(413);
    }

    @Test
    void shouldNotLetAnAgentVoteOrAStrangerRead() throws Exception {
        ObjectNode message = Site.message("safety");
        String id = site.escalate(site.sign(message));
        assertThat(site.post("agent", "/v1/escalations/" + id + "/votes", "{\"vote\":\"approve\"}").status()).isEqualTo(403);
        assertThat(site.events(id)).doesNotContain("IF.council vote_cast");
        assertThat(site.get("", "/v1/escalations/" + id).status()).isEqualTo(401);
        assertThat(site.delete("agent", "/v1/escalations/" + id).status()).isBetween(200, 204);
    }

    @Test
    void shouldRefuseForeignHosts() throws Exception {
        Site.Answer answer = site.send("op", "/v1/escalations",
                HttpRequest.newBuilder().header("Origin", "http://evil.example").POST(BodyPublishers.ofString("{}"))
                        .header("Content-Type", "application/json"));
        assertThat(answer.status()).isEqualTo(403);
    }

    private static IfbusProcess.Finished escalate(String name, ObjectNode message) throws Exception {
        Path file = Files.writeString(folder.resolve(name + ".json"), message.toString());
        return IfbusProcess.run(folder, Duration.ofSeconds(40), "escalate", file.toString(), "--server", "http://" + site.bus().http(), "--token",
                Site.token("agent"));
    }

    @Test
    void shouldTellExitNineForAnUnknownAgent() throws Exception {
        IfbusProcess.Finished finished = escalate("stranger", altered(message -> message.put("source", "if://agent/swarm/stranger")));
        assertThat(finished.exit()).as(finished.err()).isEqualTo(9);
        assertThat(finished.err()).contains("unknown-agent").contains("/source");
    }

    @Test
    void shouldTellExitTwoForAnAlteredMessageAndZeroForARepeatedOne() throws Exception {
        ObjectNode message = Site.message("bias");
        ((ObjectNode) message.path("payload")).put("performative", "INFORM").putObject("confidence").put("normalized", 0.9); // ends without a call
        site.sign(message);
        assertThat(escalate("first", message).exit()).isZero();
        assertThat(escalate("again", message).exit()).isZero();
        ((ObjectNode) message.path("payload")).put("summary", "Something else; may I?");
        IfbusProcess.Finished altered = escalate("altered", site.sign(message));
        assertThat(altered.exit()).as(altered.err()).isEqualTo(2);
        told("conflict");
    }

    @Test
    void shouldTellExitNineForARefusedSignature() throws Exception {
        Path file = Files.writeString(folder.resolve("wrong.json"), Site.sign(Site.message("safety"), SigningKey.generate()).toString());
        IfbusProcess.Finished finished = IfbusProcess.run(folder, Duration.ofSeconds(40), "escalate", file.toString(), "--server",
                "http://" + site.bus().http(), "--token",
                Site.token("agent"), "--wait");
        assertThat(finished.exit()).as(finished.err()).isEqualTo(9);
    }

    @Test
    void shouldTellExitSevenWhereNoServerIs() throws Exception {
        Path file = Files.writeString(folder.resolve("any.json"), site.sign(Site.message("safety")).toString());
        IfbusProcess.Finished finished = IfbusProcess.run(folder, Duration.ofSeconds(40), "escalate", file.toString(), "--server",
                "http://127.0.0.1:9", "--token", "t");
        assertThat(finished.exit()).as(finished.err()).isEqualTo(7);
    }

    @Test
    void shouldNameFileLineAndReasonOfABrokenConfig() throws Exception {
        Path broken = Files.writeString(folder.resolve("broken.yaml"), "domain: ifbus.local\ncouncil: { quorum: many }\n");
        IfbusProcess.Finished finished = IfbusProcess.run(folder, Duration.ofSeconds(40), "serve", "--config", broken.toString());
        assertThat(finished.exit()).isEqualTo(2);
        assertThat(finished.err()).contains("broken.yaml:2").contains("quorum");
        Path unknown = Files.writeString(folder.resolve("unknown.yaml"), "domain: ifbus.local\nhttp: { listen: \"127.0.0.1:0\" }\ncolour: blue\n");
        assertThat(IfbusProcess.run(folder, Duration.ofSeconds(40), "serve", "--config", unknown.toString()).err()).contains("unknown.yaml:3")
                .contains("colour");
    }

    @Test
    void shouldNameFileLineAndReasonOfABrokenPolicy() throws Exception {
        Files.writeString(folder.resolve("policy.yaml"),
                "version: 1\nrules:\n  - name: broken\n    when: \"hazards.exists(h, h ==\"\n    then: people\n");
        Path config = Files.writeString(folder.resolve("with-policy.yaml"), elsewhere("127.0.0.1:0", 0) + "guard: { policy: policy.yaml }\n");
        IfbusProcess.Finished finished = IfbusProcess.run(folder, Duration.ofSeconds(40), "serve", "--config", config.toString());
        assertThat(finished.exit()).as(finished.err()).isEqualTo(2);
        assertThat(finished.err()).contains("policy.yaml:4").doesNotContain("\tat ");
    }

    /** The site's config with data of its own, so that only what a test breaks is broken. */
    private static String elsewhere(String http, int sipPort) {
        return site.yaml().replace("127.0.0.1:0", http)
                .replace(folder.resolve("data").toString(), folder.resolve("other-" + System.nanoTime()).toString())
                .replace(":" + site.sipPort + "\"", ":" + sipPort + "\"");
    }

    @Test
    void shouldSayThatTheSipPortIsTaken() throws Exception {
        Path config = Files.writeString(folder.resolve("sip-taken.yaml"), elsewhere("127.0.0.1:0", site.sipPort));
        IfbusProcess.Finished finished = IfbusProcess.run(folder, Duration.ofSeconds(40), "serve", "--config", config.toString());
        assertThat(finished.exit()).as(finished.err()).isEqualTo(1);
        assertThat(finished.err()).contains("127.0.0.1:" + site.sipPort).doesNotContain("\tat ");
        assertThat(site.get("", "/readyz").status()).as("the bus that has the port").isEqualTo(200);
    }

    @Test
    void shouldSayThatThePortIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Path config = Files.writeString(folder.resolve("taken.yaml"), elsewhere("127.0.0.1:" + taken.getLocalPort(), 0));
            IfbusProcess.Finished finished = IfbusProcess.run(folder, Duration.ofSeconds(40), "serve", "--config", config.toString());
            assertThat(finished.exit()).as(finished.err()).isNotZero();
            assertThat(finished.err()).contains("127.0.0.1:" + taken.getLocalPort()).doesNotContain("\tat ");
        }
    }

    @Test
    void shouldSayThatTheDataDirectoryIsInUse() throws Exception {
        Path config = Files.writeString(folder.resolve("second.yaml"), site.yaml().replace(":" + site.sipPort + "\"", ":0\""));
        IfbusProcess.Finished finished = IfbusProcess.run(folder, Duration.ofSeconds(40), "serve", "--config", config.toString());
        assertThat(finished.exit()).as(finished.err()).isNotZero();
        assertThat(finished.err()).contains("in use").contains(folder.resolve("data").toString());
        assertThat(List.of(200)).contains(site.get("", "/readyz").status());
    }
}
