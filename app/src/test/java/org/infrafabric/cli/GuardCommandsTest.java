package org.infrafabric.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import org.infrafabric.guard.Guard;
import org.infrafabric.guard.GuardEntries;
import org.infrafabric.guard.JudgementForm;
import org.infrafabric.message.IfMessage;
import org.infrafabric.message.SigningKey;
import org.infrafabric.server.Config;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.witness.Change;
import org.infrafabric.witness.Draft;
import org.infrafabric.witness.EventType;
import org.infrafabric.witness.WitnessLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code guard} and {@code expert on-duty}, each in a process and a working directory of its own. */
class GuardCommandsTest {
    private static final String CONFIG = """
            experts:
              - { uri: "sip:ada@127.0.0.1:5080", name: Ada, hazards: [safety], onDuty: { zone: Europe/Paris, weekly: ["Mon-Fri 08:00-18:00"] } }
              - { uri: "sip:eve@127.0.0.1:5081", name: Eve, hazards: [legal] }
            """;

    @TempDir private Path folder;

    @Test
    void shouldSayWhoIsOnDutyAndWhatIsNext() throws Exception {
        Files.writeString(folder.resolve("ifbus.yaml"), CONFIG);

        Ran night = run("expert", "on-duty", "--at", "2026-11-20T17:30:00Z", "--json");
        Ran told = run("expert", "on-duty", "--at", "2026-11-20T12:00:00+01:00");

        assertThat(night.exit()).as(night.err()).isZero();
        var json = JsonMapper.shared().readTree(night.out());
        assertThat(json.at("/onDuty/0/name").asString()).isEqualTo("Eve");
        assertThat(json.at("/offDuty/0/name").asString()).isEqualTo("Ada");
        assertThat(json.path("uncovered").toString()).contains("safety").doesNotContain("legal");
        assertThat(json.at("/next/at").asString()).isEqualTo("2026-11-23T07:00:00.000Z");
        assertThat(json.at("/next/comeOn/0").asString()).isEqualTo("sip:ada@127.0.0.1:5080");
        assertThat(told.out()).contains("on duty   sip:ada").contains("next at 2026-11-20T17:00:00.000Z: off sip:ada@127.0.0.1:5080");
        assertThat(run("expert", "on-duty", "--at", "noon").exit()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void shouldCheckConfigsAndPoliciesWithTheirLines() throws Exception {
        Files.writeString(folder.resolve("ifbus.yaml"), CONFIG);
        Files.writeString(folder.resolve("good.yaml"),
                "rules:\n  - { name: a, when: \"true\", then: people, rungs: [[\"sip:ada@127.0.0.1:5080\"]] }\n");
        Files.writeString(folder.resolve("bad.yaml"), "rules:\n  - name: a\n    when: message.levle > 1\n    then: people\n");

        Ran good = run("guard", "check", "good.yaml", "--json");
        Ran bad = run("guard", "check", "bad.yaml");

        assertThat(good.exit()).as(good.err()).isZero();
        assertThat(JsonMapper.shared().readTree(good.out()).path("policyHash").asString()).hasSize(64);
        assertThat(bad.exit()).isEqualTo(ExitCode.USAGE);
        assertThat(bad.err()).contains("bad.yaml:3: rule \"a\": the condition is wrong");
        Files.writeString(folder.resolve("ifbus.yaml"), CONFIG + "guard: { policy: bad.yaml }\n");
        assertThat(run("guard", "check", "ifbus.yaml").err()).contains("bad.yaml:3:");
        Files.writeString(folder.resolve("ifbus.yaml"), CONFIG.replace("sip:ada", "ada"));
        assertThat(run("guard", "check", "ifbus.yaml").err()).contains("ifbus.yaml:2: experts[0].uri: a URI begins with sip:");
    }

    @Test
    void shouldReplayTheLogAndItsExportAndFindWhatWasTamperedWith() throws Exception {
        Files.writeString(folder.resolve("ifbus.yaml"), CONFIG);
        judged(folder.resolve("ifbus-data"));

        Ran whole = run("guard", "replay");
        Ran export = run("witness", "export");
        Files.writeString(folder.resolve("log.jsonl"), export.out());
        Ran exported = run("guard", "replay", "all", "--file", "log.jsonl", "--json");
        Files.writeString(folder.resolve("log.jsonl"), export.out().replace("\"confidence\":\"0.25\"", "\"confidence\":\"0.95\""));
        Ran tampered = run("guard", "replay", "--file", "log.jsonl");

        assertThat(whole.exit()).as(whole.err()).isZero();
        assertThat(whole.out()).contains("1 judgements came out the same, 0 otherwise");
        assertThat(exported.exit()).isZero();
        assertThat(exported.out().lines().toList().getLast()).isEqualTo("{\"same\":1,\"differ\":0,\"untold\":0}");
        assertThat(tampered.exit()).isEqualTo(ExitCode.LOG_BROKEN);
        assertThat(tampered.out()).contains("seq 3 m-1: differs: result is \"hold\" in the log and \"share\" judged again");
        assertThat(run("guard", "replay", "--seq", "3").out()).contains("seq 3 m-1: same");
        assertThat(run("guard", "replay", "--trace", "m-1").exit()).isZero();
        assertThat(run("guard", "replay", "--seq", "1").exit()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void shouldSayWhenThereIsNoBusToReload() throws Exception {
        Ran nobody = run("guard", "reload", "--server", "127.0.0.1:1", "--token", "x");
        assertThat(nobody.exit()).isEqualTo(ExitCode.NO_SERVER);
        assertThat(run("guard", "reload", "--server", "127.0.0.1:1").err()).contains("operator.token");
        assertThat(run("guard", "approve", "abc").exit()).isEqualTo(ExitCode.USAGE);
    }

    private void judged(Path data) throws Exception {
        Files.createDirectories(data);
        SigningKey key = SigningKey.generate();
        Guard guard = Config.read(folder.resolve("ifbus.yaml")).openGuard();
        IfMessage message = IfMessage.parse("""
                {"id":"m-1","timestamp":"2026-11-21T12:00:00.000Z","level":2,"source":"if://agent/a","destination":"if://service/council",
                 "payload":{"performative":"INFORM","hazards":["bias"],"summary":"May I?","confidence":{"normalized":0.25}}}""".getBytes(UTF_8));
        ObjectNode decided = JsonMapper.shared().createObjectNode().put("escalation", "m-1");
        decided.setAll(JudgementForm.of(guard.judge(message, message.timestamp(), 0)));
        try (SqliteStore store = SqliteStore.open(data.resolve("ifbus.db"));
                WitnessLog log = WitnessLog.open(store, "node-1", key, InstantSource.system())) {
            log.append(new Change(GuardEntries.loaded(guard, "", "start", "", Optional.empty()), (tx, sealed) -> {})).join();
            log.append(Change.of(new Draft(EventType.GUARD_DECIDED, "a".repeat(32), decided))).join();
        }
    }

    private Ran run(String... arguments) throws Exception { return Ran.in(folder, arguments); }
}
