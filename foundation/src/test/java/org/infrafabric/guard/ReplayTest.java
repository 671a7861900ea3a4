package org.infrafabric.guard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.infrafabric.guard.Samples.BOTH;
import static org.infrafabric.guard.Samples.LEGAL;
import static org.infrafabric.guard.Samples.SAFETY;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.infrafabric.message.IfMessage;
import org.infrafabric.message.MessageRefused;
import org.infrafabric.message.SigningKey;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.witness.Change;
import org.infrafabric.witness.Draft;
import org.infrafabric.witness.EventType;
import org.infrafabric.witness.Export;
import org.infrafabric.witness.WitnessLog;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

class ReplayTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String SUMMARY = """
            rules:
              - name: publishing
                when: message.summary.contains("publish")
                then: people
                council: { quorum: 1, deadline: PT10M, decide: { need: 1, of: [sage] } }
            """;
    private static final String LIMITED = """
            rules:
              - { name: night, when: 'now.getHours("Europe/Paris") < 7 && has(message.confidence) && message.confidence > 0.25', then: people, rungs: [[main], [any]] }
              - { name: often, when: message.performative == "INFORM", then: share, limit: { most: 2, per: PT1H } }
            """;

    private final SqliteStore store = SqliteStore.inMemory();
    private final WitnessLog log = WitnessLog.open(store, "node-1", SigningKey.generate(), () -> Samples.NOW);
    private final Duties duties = new Duties(
            List.of(new Schedule("desk", Schedule.zone("Europe/Paris"), List.of(WeeklyHours.parse("Mon-Fri 08:00-18:00")), List.of(),
                    Optional.empty(),
                    List.of(new Schedule.Substitute(Instant.parse("2026-11-21T11:00:00Z"), Instant.parse("2026-11-21T13:00:00Z"), BOTH.uri())))),
            Map.of(SAFETY.uri(), "desk"));
    private final Roster roster = new Roster(List.of(), List.of(SAFETY, LEGAL, BOTH), List.of(Samples.SAGE), duties);
    private int ids;

    @Test
    void shouldComeToTheSameJudgementsFromAnExportAlone() throws Exception {
        Guard first = loaded(new Guard(Policy.builtIn(), roster, Samples.SETTINGS));
        judged(first, "ESCALATE", "", "\"safety\"");
        judged(first, "INFORM", ",\"confidence\":{\"normalized\":0.25}", "\"bias\"");
        judged(first, "INFORM", ",\"confidence\":{\"normalized\":0.9}", "");
        judged(first, "INFORM", ",\"deadline\":\"2026-11-21T13:00:00.000Z\"", "\"legal\"");
        judged(first, "ESCALATE", "", "\"ethics\"");
        Guard second = loaded(new Guard(Policy.parse("p.yaml", LIMITED), roster,
                Samples.SETTINGS));
        for (int i = 0; i < 3; i++) judged(second, "INFORM", "", "\"legal\"");
        judged(second, "QUERY", "", "\"legal\"");

        List<Replay.Finding> findings = replay(export(), id -> Optional.empty());

        assertThat(findings).hasSize(9).allSatisfy(finding -> assertThat(finding.outcome()).as(finding.detail()).isEqualTo(Replay.Outcome.SAME));
        assertThat(export().filter(entry -> entry.path("event").asString("").equals("guard_decided"))
                .map(entry -> entry.path("payload").path("result").asString(""))).containsExactly("people", "hold", "share", "people", "deny",
                        "share",
                        "share", "deny", "deny");
    }

    @Test
    void shouldFindEveryInputThatWasTamperedWithWhereItMatters() throws Exception {
        Guard guard = loaded(new Guard(Policy.builtIn(), roster, Samples.SETTINGS));
        judged(guard, "INFORM", ",\"confidence\":{\"normalized\":0.25}", "\"bias\"");

        assertDiffers(entry -> inputs(entry).put("confidence", "0.9"), "result is \"hold\" in the log and \"share\" judged again");
        assertDiffers(entry -> inputs(entry).put("performative", "ESCALATE"), "result is");
        assertDiffers(entry -> inputs(entry).putArray("hazards").add("legal"), "rungs is nothing in the log");
        assertDiffers(entry -> payload(entry).put("result", "share"), "result is \"share\" in the log and \"hold\"");
        assertDiffers(entry -> payload(entry).put("reason", "because"), "reason is");
        assertDiffers(entry -> inputs(entry).put("now", "yesterday"), "nothing that could be judged");
        assertDiffers(entry -> inputs(entry).remove("timestamp"), "nothing that could be judged");
    }

    @Test
    void shouldFindATamperedPolicyAndRoster() throws Exception {
        Guard guard = loaded(new Guard(Policy.builtIn(), roster, Samples.SETTINGS));
        judged(guard, "ESCALATE", "", "\"safety\"");

        for (String what : List.of("policy", "roster")) {
            List<Replay.Finding> findings = replay(export().peek(entry -> {
                if (payload(entry).get(what) instanceof ObjectNode form) form.put(what.equals("policy") ? "version" : "callsPerMinute", 2);
            }), id -> Optional.empty());
            assertThat(findings).first().satisfies(finding -> assertThat(finding.detail()).contains("the " + what + " is not the one"));
            assertThat(findings).last().satisfies(finding -> assertThat(finding.outcome()).isEqualTo(Replay.Outcome.UNTOLD));
        }
    }

    @Test
    void shouldReadTheSummaryFromTheRequestAndSayWhenItIsGone() throws Exception {
        Guard guard = loaded(new Guard(Policy.parse("p.yaml", SUMMARY), roster, Samples.SETTINGS));
        judged(guard, "QUERY", "", "\"legal\"");

        assertThat(replay(export(), id -> log.reader().blob(id).map(blob -> blob.bytes()))).singleElement().satisfies(finding -> {
            assertThat(finding.outcome()).as(finding.detail()).isEqualTo(Replay.Outcome.SAME);
            assertThat(finding.escalation()).isEqualTo("m-1");
        });
        assertThat(replay(export(), id -> Optional.empty())).singleElement().satisfies(finding -> {
            assertThat(finding.outcome()).isEqualTo(Replay.Outcome.UNTOLD);
            assertThat(finding.detail()).contains("summary");
        });
        assertThat(
                replay(export(), id -> log.reader().blob(id).map(blob -> new String(blob.bytes(), UTF_8).replace("publish", "stay").getBytes(UTF_8))))
                .singleElement().satisfies(finding -> assertThat(finding.detail()).contains("not the one whose hash was logged"));
    }

    @Test
    void shouldMakeTheSamePolicyAndRosterOfTheirCanonicalForms() {
        for (Policy policy : List.of(Policy.builtIn(), Policy.parse("p.yaml", LIMITED), Policy.parse("p.yaml", SUMMARY))) {
            Guard guard = new Guard(policy, roster, Samples.SETTINGS);
            Guard again = Guard.ofCanonical("again", policy.canonical(),
                    new String(org.infrafabric.message.CanonicalJson.of(guard.rosterTree()), UTF_8));

            assertThat(again.policy().hash()).isEqualTo(policy.hash());
            assertThat(again.rosterHash()).isEqualTo(guard.rosterHash());
        }
    }

    private void assertDiffers(java.util.function.Consumer<ObjectNode> tamper, String detail) throws Exception {
        List<Replay.Finding> findings = replay(export().peek(entry -> {
            if (entry.path("event").asString("").equals("guard_decided")) tamper.accept(entry);
        }), id -> Optional.empty());
        assertThat(findings).singleElement().satisfies(finding -> {
            assertThat(finding.outcome()).isEqualTo(Replay.Outcome.DIFFERS);
            assertThat(finding.detail()).contains(detail);
        });
    }

    private Guard loaded(Guard guard) {
        log.append(new Change(GuardEntries.loaded(guard, "", "start", "", Optional.empty()), (tx, sealed) -> {})).join();
        return guard;
    }

    private void judged(Guard guard, String performative, String more, String hazards) throws MessageRefused {
        IfMessage message = Samples.message(performative, more, hazards);
        ObjectNode received = JsonNodeFactory.instance.objectNode().put("escalation", message.id()).put("requestSha256", message.requestSha256());
        ObjectNode decided = JsonNodeFactory.instance.objectNode().put("escalation", message.id());
        decided.setAll(JudgementForm.of(guard.judge(message, Samples.NOW.plusNanos(123_456_789), ids++)));
        byte[] bytes = Samples.bytes(performative, more, hazards);
        log.append(new Change(
                List.of(new Draft(EventType.RECEIVED, "a".repeat(32), received, Map.of("request", new Draft.Blob("application/json", bytes))),
                        new Draft(EventType.GUARD_DECIDED, "a".repeat(32), decided)),
                (tx, sealed) -> {})).join();
    }

    private Stream<ObjectNode> export() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Export.jsonLines(log.reader(), out);
        return out.toString(UTF_8).lines().skip(1).map(line -> (ObjectNode) JSON.readTree(line));
    }

    private static List<Replay.Finding> replay(Stream<ObjectNode> entries, Function<String, Optional<byte[]>> blobs) {
        Replay replay = new Replay(blobs);
        List<Replay.Finding> findings = new ArrayList<>();
        entries.forEach(entry -> replay.on(entry, true).ifPresent(findings::add));
        return findings;
    }

    private static ObjectNode payload(JsonNode entry) { return (ObjectNode) entry.path("payload"); }

    private static ObjectNode inputs(JsonNode entry) { return (ObjectNode) payload(entry).path("inputs"); }
}
