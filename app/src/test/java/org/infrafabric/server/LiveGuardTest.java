package org.infrafabric.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.infrafabric.guard.Approvals;
import org.infrafabric.guard.Guard;
import org.infrafabric.guard.InvalidFile;
import org.infrafabric.message.CanonicalJson;
import org.infrafabric.message.Sha256;
import org.infrafabric.message.SigningKey;
import org.infrafabric.server.LiveGuard.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LiveGuardTest {
    private static final String DEMAND = "  approvals: { policyChange: { need: 2, of: [op, second, third], within: PT1H } }\n";
    private GuardHouse house = new GuardHouse();

    @AfterEach
    void close() { house.close(); }

    @Test
    void shouldWriteDownWhatIsInForceFromTheStart() {
        Guard guard = house.live.guard();

        assertThat(house.events()).containsExactly("policy_loaded", "roster_loaded");
        assertThat(house.last("policy_loaded").path("policyHash").asString()).isEqualTo(guard.policy().hash())
                .isEqualTo(Sha256.hex(CanonicalJson.of(house.last("policy_loaded").path("policy"))));
        assertThat(house.last("roster_loaded").path("rosterHash").asString()).isEqualTo(guard.rosterHash())
                .isEqualTo(Sha256.hex(CanonicalJson.of(house.last("roster_loaded").path("roster"))));
        assertThat(house.last("roster_loaded").toString()).doesNotContain("token");
    }

    @Test
    void shouldTakeAGoodFileAtOnceAndWhole() throws IOException {
        Guard before = house.live.guard();
        house.change("policy.yaml", text -> text.replace("then: people", "then: deny"));
        house.change("ifbus.yaml", text -> text.replace("sip:ada@", "sip:eve@").replace("second-token", "other-token") + "limits: { calls: 5 }\n");

        Outcome outcome = house.live.reload("request", "op");

        assertThat(outcome).isInstanceOfSatisfying(Outcome.Loaded.class, loaded -> {
            assertThat(loaded.changed()).isTrue();
            assertThat(loaded.needRestart()).containsExactly("limits");
            assertThat(loaded.status().policyHash()).isEqualTo(house.live.guard().policy().hash()).isNotEqualTo(before.policy().hash());
        });
        assertThat(house.live.guard().roster().expert("sip:eve@127.0.0.1:5080")).isPresent();
        assertThat(before.roster().expert("sip:ada@127.0.0.1:5080")).as("whoever holds the old one keeps it").isPresent();
        assertThat(house.live.principal("other-token-0123456789")).contains(new Principal(Role.OPERATOR, "second"));
        assertThat(house.live.principal("second-token-0123456789")).isEmpty();
        assertThat(house.events()).containsExactly("policy_loaded", "roster_loaded", "policy_loaded", "roster_loaded");
        assertThat(house.last("policy_loaded").path("by").asString()).isEqualTo("op");
        assertThat(house.live.reload("signal", "")).isInstanceOfSatisfying(Outcome.Loaded.class, again -> assertThat(again.changed()).isFalse());
    }

    @Test
    void shouldKeepTheOldPolicyWhenTheFileIsBrokenAndSayWhere() throws IOException {
        Guard before = house.live.guard();
        house.write(GuardHouse.CONFIG, "rules:\n  - name: all\n    when: message.levle == 1\n    then: people\n");

        assertThat(house.live.reload("signal", "")).isInstanceOfSatisfying(Outcome.Rejected.class,
                rejected -> assertThat(rejected.problems()).singleElement()
                        .satisfies(problem -> assertThat(problem.toString()).contains("policy.yaml:3: rule \"all\": the condition is wrong")));

        assertThat(house.live.guard()).isSameAs(before);
        assertThat(house.last("policy_rejected").at("/problems/0/line").asInt()).isEqualTo(3);
        assertThat(house.last("policy_rejected").at("/problems/0/field").asString()).isEqualTo("rule \"all\"");
        house.write("experts: [ { uri: nobody, hazards: [safety] } ]\n", GuardHouse.POLICY);
        assertThat(house.live.reload("signal", "")).isInstanceOf(Outcome.Rejected.class);
        house.write(GuardHouse.CONFIG, "rules: [ { name: a, when: \"true\", then: people, rungs: [[\"sip:gone@x.example\"]] } ]\n");
        assertThat(house.live.reload("signal", "")).as("what only policy and roster together show").isInstanceOf(Outcome.Rejected.class);
        assertThat(house.live.guard()).isSameAs(before);
        assertThat(house.live.principal("op-token-0123456789")).isPresent();
    }

    @Test
    void shouldRefuseWhatTheLogCouldNotHold() throws IOException {
        house.change("policy.yaml", text -> text.replace("then: people", "then: people, reason: " + "é".repeat(600_000)));
        assertThat(house.live.reload("signal", "")).isInstanceOfSatisfying(Outcome.Rejected.class,
                rejected -> assertThat(rejected.problems().getFirst().what()).contains("as the log writes it"));
    }

    @Test
    void shouldLetAChangeWaitUntilTwoOfThreeHaveApproved() throws IOException {
        demanding();
        Guard before = house.live.guard();
        house.change("policy.yaml", text -> text.replace("people", "deny"));

        String hash = waiting(house.live.reload("request", "op")).hash();

        assertThat(house.live.guard()).isSameAs(before);
        assertThat(waiting(house.live.reload("signal", "")).hash()).as("asked for again").isEqualTo(hash);
        assertThat(waiting(house.live.approve(hash, "op")).given()).containsExactly("op");
        assertThat(waiting(house.live.approve(hash, "op")).given()).as("one person counts once").containsExactly("op");
        assertThat(house.live.approve(hash, "stranger")).isInstanceOf(Outcome.NotAsked.class);
        assertThat(house.live.approve("0".repeat(64), "third")).isInstanceOf(Outcome.Unknown.class);
        assertThat(house.live.guard()).isSameAs(before);
        assertThat(house.live.approve(hash, "third")).isInstanceOf(Outcome.Loaded.class);
        assertThat(house.live.guard()).isNotSameAs(before);
        assertThat(house.live.status().waiting()).isEmpty();
        assertThat(house.live.approve(hash, "second")).isInstanceOf(Outcome.Unknown.class);
        assertThat(house.events().subList(4, house.events().size())).containsExactly("approval_requested", "approval_given", "approval_given",
                "policy_loaded", "roster_loaded");
        assertThat(house.last("policy_loaded").path("approved").asBoolean()).isTrue();
        house.open();
        assertThat(house.last("policy_loaded").path("approved").asBoolean()).as("known after a restart").isTrue();
    }

    @Test
    void shouldForgetApprovalsOfWhatWasChangedMeanwhileAndOfWhatIsTooOld() throws IOException {
        demanding();
        house.change("policy.yaml", text -> text.replace("people", "deny"));
        String first = waiting(house.live.reload("request", "op")).hash();
        house.live.approve(first, "op");
        house.change("policy.yaml", text -> text.replace("deny", "share"));
        String second = waiting(house.live.reload("request", "op")).hash();

        assertThat(house.live.approve(first, "second")).isInstanceOf(Outcome.Unknown.class);
        assertThat(waiting(house.live.approve(second, "second")).given()).containsExactly("second");
        house.pass(Duration.ofHours(1));
        assertThat(house.live.approve(second, "op")).isInstanceOf(Outcome.Unknown.class);
        assertThat(house.events()).endsWith("approval_ended", "approval_requested", "approval_given", "approval_ended");
        assertThat(house.last("approval_ended").path("cause").asString()).isEqualTo("expired");
    }

    @Test
    void shouldNotLetAChangeExcuseItselfFromApprovalNorNewTokensApproveIt() throws IOException {
        demanding();
        house.change("ifbus.yaml", text -> text.replace(DEMAND, ""));
        assertThat(house.live.reload("signal", "")).isInstanceOf(Outcome.Waiting.class);
        house.write(GuardHouse.CONFIG.replace("second-token", "mine-token") + DEMAND, GuardHouse.POLICY);
        assertThat(house.live.reload("signal", "")).as("tokens alone").isInstanceOf(Outcome.Waiting.class);
        assertThat(house.live.principal("mine-token-0123456789")).isEmpty();
    }

    @Test
    void shouldStartWithWhatWasInForceAndLetTheFilesWaitForApproval() throws IOException {
        demanding();
        Guard before = house.live.guard();
        house.change("policy.yaml", text -> text.replace("people", "deny"));
        house.change("ifbus.yaml", text -> text.replace("sip:ada@", "sip:eve@"));
        house.open();

        assertThat(house.live.guard().policy().hash()).isEqualTo(before.policy().hash());
        assertThat(house.live.guard().rosterHash()).isEqualTo(before.rosterHash());
        assertThat(house.live.guard().roster().expert("sip:ada@127.0.0.1:5080")).isPresent();
        assertThat(house.live.guard().roster().expert("sip:eve@127.0.0.1:5080")).isEmpty();
        assertThat(house.events().subList(4, house.events().size())).containsExactly("policy_loaded", "roster_loaded", "approval_requested");
        assertThat(house.last("policy_loaded").path("cause").asString()).isEqualTo("start");
        Approvals.Change waiting = house.live.status().waiting().orElseThrow();
        house.open();
        assertThat(house.live.status().waiting().orElseThrow().hash()).as("after another start").isEqualTo(waiting.hash());
        assertThat(house.live.guard().policy().hash()).isEqualTo(before.policy().hash());

        assertThat(house.live.approve(waiting.hash(), "op")).isInstanceOf(Outcome.Waiting.class);
        assertThat(house.live.approve(waiting.hash(), "third")).isInstanceOf(Outcome.Loaded.class);
        assertThat(house.live.guard().roster().expert("sip:eve@127.0.0.1:5080")).isPresent();
        house.open();
        assertThat(house.live.status().waiting()).isEmpty();
        assertThat(house.live.guard().roster().expert("sip:eve@127.0.0.1:5080")).isPresent();
        assertThat(house.last("policy_loaded").path("approved").asBoolean()).isTrue();
    }

    @Test
    void shouldNotLetARestartExcuseAChangeFromApproval() throws IOException {
        demanding();
        Guard before = house.live.guard();
        house.write(GuardHouse.CONFIG, GuardHouse.POLICY.replace("people", "deny"));
        house.open();

        assertThat(house.live.guard().policy().hash()).isEqualTo(before.policy().hash());
        assertThat(house.live.status().waiting().orElseThrow().need()).isEqualTo(2);
        house.write(GuardHouse.CONFIG + DEMAND, GuardHouse.POLICY);
        assertThat(house.live.reload("signal", "")).as("the former files").isInstanceOf(Outcome.Loaded.class);
        assertThat(house.live.status().waiting()).isEmpty();
    }

    @Test
    void shouldTakeTheFirstPolicyThatEverWasAndSayThatNobodyApprovedIt() throws IOException {
        house.close();
        house = new GuardHouse(GuardHouse.CONFIG + DEMAND);
        assertThat(house.last("policy_loaded").path("approved").asBoolean(true)).isFalse();
        house.open();
        assertThat(house.last("policy_loaded").path("approved").asBoolean(true)).as("nor by being started twice").isFalse();
        assertThat(house.live.status().waiting()).isEmpty();
        house.change("policy.yaml", text -> text.replace("people", "deny"));
        assertThat(house.live.reload("signal", "")).isInstanceOf(Outcome.Waiting.class);
    }

    @Test
    void shouldShowInTheLogThatTokensOrEdgesAreOthersAndNothingOfThem() throws IOException {
        demanding();
        String before = accessHash();
        house.open();
        assertThat(accessHash()).as("nothing has changed").isEqualTo(before).matches("[0-9a-f]{64}");
        house.change("ifbus.yaml", text -> text.replace("second-token", "mine-token"));
        house.open();
        String token = accessHash();
        assertThat(token).as("a start takes another token").isNotEqualTo(before);
        house.change("ifbus.yaml", text -> text + "edges: [ { id: e, token: edge-token-0123456789 } ]\n");
        house.open();
        String edge = accessHash();
        assertThat(edge).as("an edge").isNotEqualTo(token);
        house.change("ifbus.yaml",
                text -> text.replace("0123456789 } ]", "0123456789, publicKey: \"" + SigningKey.generate().verifyKey() + "\" } ]"));
        assertThat(house.live.reload("signal", "")).isInstanceOf(Outcome.Waiting.class);
        assertThat(house.last("approval_requested").path("accessHash").asString()).as("an edge's key").matches("[0-9a-f]{64}").isNotEqualTo(edge);
        house.write(GuardHouse.CONFIG + DEMAND, GuardHouse.POLICY);
        house.open();
        assertThat(accessHash()).as("the former files").isEqualTo(before);
    }

    private String accessHash() { return house.last("roster_loaded").path("accessHash").asString(); }

    @Test
    void shouldStartNothingWhenTheLogDoesNotHoldWhatWasApproved() throws IOException {
        demanding();
        house.change("policy.yaml", text -> text.replace("people", "deny"));
        house.store.write(tx -> tx.execute("UPDATE witness_entries SET json = replace(json, 'then\":\"people', 'then\":\"share')")).join();
        assertThatThrownBy(house::open).isInstanceOf(InvalidFile.class).hasMessageContaining("not the one that it names");
    }

    @Test
    void shouldReadAnewOrNameEachSectionOfTheConfig() throws IOException {
        Set<String> anew = Set.of("agents", "operators", "edges", "experts", "duties", "guardians", "council", "guard");
        List<String> sections = Arrays.stream(Config.class.getRecordComponents()).map(RecordComponent::getName)
                .filter(name -> !Set.of("file", "warnings").contains(name)).map(name -> name.equals("witnessing") ? "witness" : name).toList();
        assertThat(sections).containsExactlyInAnyOrderElementsOf(Stream.concat(anew.stream(), Config.FIXED.keySet().stream()).toList());

        house.change("ifbus.yaml",
                text -> text + "domain: other.example\nnode: other\nhttp: { listen: \"127.0.0.1:1\" }\nsip: { sessionTimer: PT20M }\n"
                        + "media: { ports: 30000-30999 }\nhazards: [safety, fire]\nspeech: { voice: embedded }\ncallbacks: { allow: [a.example] }\n"
                        + "rungs: { loops: 2 }\nwitness: { every: PT7S }\nlimits: { calls: 5 }\ndata: elsewhere\n");
        assertThat(house.live.reload("signal", "")).isInstanceOfSatisfying(Outcome.Loaded.class,
                loaded -> assertThat(loaded.needRestart()).containsExactlyElementsOf(Config.FIXED.keySet()));
    }

    private void demanding() throws IOException {
        house.change("ifbus.yaml", text -> text + DEMAND);
        assertThat(house.live.reload("signal", "")).isInstanceOf(Outcome.Loaded.class);
        assertThat(house.live.config().guard().policyChange())
                .contains(new Approvals.Demand(2, List.of("op", "second", "third"), Duration.ofHours(1)));
        assertThat(house.live.status().waiting()).isEqualTo(Optional.empty());
    }

    private static Approvals.Change waiting(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Waiting.class);
        return ((Outcome.Waiting) outcome).change();
    }
}
