package org.infrafabric.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.infrafabric.testkit.Await;
import org.infrafabric.testkit.IfbusProcess;
import org.infrafabric.testkit.Requires;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tools.jackson.databind.JsonNode;

/** A policy that changes under a running bus: by signal, by command and over HTTP; and all that was judged, judged again. */
@Execution(ExecutionMode.CONCURRENT) // it has a bus of its own
class GuardReloadTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir Path folder;

    @Test
    void shouldChangeItsMindAsItIsToldAndJudgeAllOfItAgainFromTheLog() throws Exception {
        Requires.programs("openssl");
        Path policy = folder.resolve("policy.yaml");
        write(policy, "people");
        try (Site site = new Site(folder).expert("sip:nobody@no-such-host.invalid", "legal", "dtmf", "PT5S")
                .expert("sip:nobody-else@no-such-host.invalid", "legal", "dtmf", "PT5S").config("guard: { policy: policy.yaml }").start()) {
            String unreached = site.escalate("legal");
            write(policy, "share");
            new ProcessBuilder("kill", "-HUP", Long.toString(site.bus().pid())).start().waitFor();
            Await.until("the signal to be heard", LIMIT, () -> site.bus().errors(), said -> said.contains("in force"));
            assertThat(site.decision(site.escalate("legal"), LIMIT)).isEqualTo("not-required");

            Files.writeString(policy, "rules:\n  - name: a\n    when: message.levle > 1\n    then: deny\n");
            IfbusProcess.Finished broken = command(site, "guard", "reload");
            assertThat(broken.exit()).as(broken.toString()).isEqualTo(2);
            assertThat(broken.err()).contains("policy.yaml:3: rule \"a\": the condition is wrong");
            assertThat(site.decision(site.escalate("legal"), LIMIT)).as("what was in force stays").isEqualTo("not-required");

            write(policy, "deny");
            assertThat(site.post("agent", "/v1/guard/reload", "").status()).isEqualTo(403);
            assertThat(command(site, "guard", "reload").exit()).isZero();
            assertThat(site.decision(site.escalate("legal"), LIMIT)).isEqualTo("denied");

            assertThat(site.decision(unreached, LIMIT)).as("an expert whose host nobody knows is passed over").isEqualTo("hold");
            List<JsonNode> rungs = site.entries(unreached).stream().filter(entry -> entry.path("event").asString("").equals("ringing")
                    && entry.path("component").asString("").equals("IF.escalate")).toList();
            assertThat(rungs).extracting(entry -> entry.path("payload").path("rung").asInt()).containsExactly(1, 2);

            String data = folder.resolve("data").toString();
            IfbusProcess.Finished replayed = IfbusProcess.run(folder, LIMIT, "guard", "replay", "--data-dir", data, "--json");
            assertThat(replayed.exit()).as(replayed.toString()).isZero();
            assertThat(replayed.lastLine()).isEqualTo("{\"same\":4,\"differ\":0,\"untold\":0}");
            List<String> events = site.soundLog().stream().filter(entry -> entry.path("component").asString("").equals("IF.guard"))
                    .map(entry -> entry.path("event").asString("")).filter(event -> event.startsWith("policy")).toList();
            assertThat(events).containsExactly("policy_loaded", "policy_loaded", "policy_rejected", "policy_loaded");
        }
    }

    private IfbusProcess.Finished command(Site site, String... words) throws Exception {
        List<String> all = new java.util.ArrayList<>(List.of(words));
        all.addAll(List.of("--server", "http://" + site.bus().http(), "--token", Site.token("op")));
        return IfbusProcess.run(folder, LIMIT, all.toArray(String[]::new));
    }

    private static void write(Path policy, String then) throws Exception {
        Files.writeString(policy, "rules: [ { name: all, when: \"true\", then: " + then + " } ]\n");
    }
}
