package org.infrafabric.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.infrafabric.message.SigningKey;
import org.infrafabric.testkit.Await;
import org.infrafabric.testkit.Checkout;
import org.infrafabric.testkit.Requires;
import org.infrafabric.testkit.SippScenario;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** {@code examples/agent/Agent.java} and the client's jar, on a real Java 17, before a real bus with people at its phones: it asks, waits and obeys. */
@Execution(ExecutionMode.CONCURRENT) // it waits for people most of the time
class ExampleAgentTest {
    private static final String REPORT = "Accident report\nName: Ada Example\nCause: unknown\n";

    @TempDir static Path folder;
    private static Path java17;
    private static Site site;
    private static People people;
    private static Map<String, String> environment;

    @BeforeAll
    static void startTheBus() throws Exception {
        Requires.programs("sipp");
        java17 = Requires.java17();
        site = new Site(folder).council("{ quorum: 2, deadline: PT60S, gather: PT1S }");
        people = new People(site).decide("yes", "{\"vote\":\"approve\"}").decide("no", "{\"vote\":\"reject\"}")
                .decide("redacted", "{\"vote\":\"approve\",\"conditions\":[\"without names\"]}")
                .decide("signed", "{\"vote\":\"approve\",\"conditions\":[\"without names\",\"after counsel has signed\"]}")
                .expert("busy", "dtmf", SippScenario.invited().ring().refuse(603, "Decline"))
                .expert("rings-on", "dtmf", SippScenario.invited().ring().awaitCancel());
        people.start();
        environment = site.agentEnvironment();
    }

    @AfterAll
    static void stop() throws Exception {
        if (people != null) people.close();
    }

    /** @param published what was published; empty when nothing was */
    private record Ran(int exit, String said, String published, Path decision) {}

    private static Ran agent(String hazard, Map<String, String> more) throws Exception {
        Path home = Files.createTempDirectory(folder, hazard), report = Files.writeString(home.resolve("report.txt"), REPORT);
        Path root = Checkout.root(), out = home.resolve("out.txt"), published = home.resolve("report.txt.published");
        Map<String, String> all = new TreeMap<>(environment);
        all.put("AGENT_HAZARD", hazard);
        all.putAll(more);
        ProcessBuilder builder = new ProcessBuilder(java17.toString(), "-Dslf4j.internal.verbosity=ERROR", "-cp",
                root.resolve("message/target") + "/*:" + root.resolve("message/target/lib") + "/*",
                root.resolve("examples/agent/Agent.java").toString(),
                report.toString()).directory(home.toFile()).redirectErrorStream(true).redirectOutput(out.toFile());
        builder.environment().putAll(all);
        Process process = builder.start();
        if (!process.waitFor(150, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            throw new AssertionError("the agent still runs; it said:\n" + Files.readString(out));
        }
        return new Ran(process.exitValue(), Files.readString(out), Files.exists(published) ? Files.readString(published) : "",
                home.resolve("report.txt.decision.json"));
    }

    @Test
    void shouldDoWhatPeopleApproved() throws Exception {
        Ran ran = agent("yes", Map.of());
        assertThat(ran.exit()).as(ran.said()).isZero();
        assertThat(ran.published()).isEqualTo(REPORT);
        assertThat(ran.said()).contains("asked: ").contains("decided: approve");
        assertThat(LogCheck.signed(Site.JSON.readTree(Files.readString(ran.decision())), environment.get("IFBUS_BUS_KEY"), folder))
                .as("it keeps the proof").isTrue();
    }

    @Test
    void shouldAdaptToConditions() throws Exception {
        Ran ran = agent("redacted", Map.of());
        assertThat(ran.exit()).as(ran.said()).isEqualTo(8);
        assertThat(ran.published()).contains("Name: (withheld)").contains("Cause: unknown").doesNotContain("Ada");
    }

    @Test
    void shouldNotDoItWhenItCannotMeetAllConditions() throws Exception {
        Ran ran = agent("signed", Map.of());
        assertThat(ran.exit()).as(ran.said()).isEqualTo(3);
        assertThat(ran.published()).isEmpty();
        assertThat(ran.said()).contains("cannot meet: after counsel has signed");
    }

    @Test
    void shouldStopWhenPeopleReject() throws Exception {
        Ran ran = agent("no", Map.of());
        assertThat(ran.exit()).as(ran.said()).isEqualTo(3);
        assertThat(ran.published()).isEmpty();
    }

    @Test
    void shouldStopWhenNobodyCanBeReached() throws Exception {
        Ran ran = agent("busy", Map.of());
        assertThat(ran.exit()).as(ran.said()).isEqualTo(5);
        assertThat(ran.said()).contains("decided: hold");
        assertThat(ran.published()).isEmpty();
    }

    @Test
    void shouldStopAndCallItOffWhenNobodyDecidesInTime() throws Exception {
        Ran ran = agent("rings-on", Map.of("AGENT_PATIENCE", "PT2S"));
        assertThat(ran.exit()).as(ran.said()).isEqualTo(5);
        assertThat(ran.published()).isEmpty();
        String id = ran.said().lines().filter(line -> line.startsWith("agent: asked: ")).findFirst().orElseThrow().substring(14);
        Await.that("the phone to be left alone", java.time.Duration.ofSeconds(20), () -> Site.states(site.escalation(id)).contains("CANCELLED"));
    }

    @Test
    void shouldTakeAnotherKeysDecisionForNone() throws Exception {
        Ran ran = agent("yes", Map.of("IFBUS_BUS_KEY", SigningKey.generate().verifyKey().toString()));
        assertThat(ran.exit()).as(ran.said()).isEqualTo(9);
        assertThat(ran.published()).isEmpty();
        assertThat(ran.said()).contains("not proven");
    }

    @Test
    void shouldStopWhenThereIsNoBus() throws Exception {
        Ran ran = agent("yes", Map.of("IFBUS_SERVER", "http://127.0.0.1:9"));
        assertThat(ran.exit()).as(ran.said()).isEqualTo(7);
        assertThat(ran.published()).isEmpty();
    }
}
