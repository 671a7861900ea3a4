package org.infrafabric.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.infrafabric.guard.Accept;
import org.infrafabric.guard.Expert;
import org.infrafabric.guard.InvalidFile;
import org.infrafabric.guard.Problem;
import org.infrafabric.guard.YamlNode;
import org.infrafabric.media.AudioPort.Encoding;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigTest {
    private static final String KEY = "ed25519:vIQkmCn8OK6wvLUFgS9xqW345UUNE_K4PuFvJKRBKOI";

    /** The least set of CONTRACT §6, its dots filled in. */
    private static final String LEAST = """
            domain: ifbus.local
            data: ./ifbus-data
            http: { listen: "127.0.0.1:8080" }
            sip: { listen: ["udp:127.0.0.1:5060", "tcp:127.0.0.1:5060"] }
            media: { address: 127.0.0.1, ports: 20000-29999 }
            agents:    [ { id: "if://agent/swarm/legal-1", publicKey: "%s", token: "agent-token-0123456789" } ]
            operators: [ { id: op, token: "operator-token-0123456789" } ]
            experts:   [ { uri: "sip:expert-safety@127.0.0.1:5080", name: "…", hazards: [safety], accept: dtmf, ringTimeout: PT20S } ]
            guardians: [ { id: sage, uri: "sip:sage@127.0.0.1:5081", token: "sage-token-0123456789", accept: dtmf } ]
            council:   { quorum: 2, deadline: PT5M, gather: PT30S }
            """.formatted(KEY);

    @TempDir Path folder;

    @Test
    void shouldReadTheLeastSet() {
        Config config = parse(LEAST);

        assertThat(config.sip().listen()).hasToString("[udp:127.0.0.1:5060, tcp:127.0.0.1:5060]");
        assertThat(config.media()).isEqualTo(new Config.Media("127.0.0.1", 20_000, 29_999, Encoding.ALL, Duration.ofSeconds(30)));
        assertThat(config.experts())
                .containsExactly(new Expert("sip:expert-safety@127.0.0.1:5080", "…", Set.of("safety"), Accept.DTMF, Duration.ofSeconds(20)));
        assertThat(config.agents().getFirst().agent().key().orElseThrow()).hasToString(KEY);
        assertThat(config.guard()).isEqualTo(new Config.GuardKeys(Optional.empty(), true, 10, Optional.empty()));
        assertThat(config.warnings()).singleElement().asString().contains("every council will end in hold");
        assertThat(config.openGuard().roster().guardians()).hasSize(1);
    }

    @Test
    void shouldTakeAnEmptyFileForTheDefaults() {
        assertThat(parse("")).usingRecursiveComparison().ignoringFields("file").isEqualTo(Config.defaults());
        assertThat(parse("# nothing but a comment\n").http().port()).isEqualTo(8080);
    }

    @Test
    void shouldFindTheReferenceFileTrueToTheDefaults() throws IOException {
        Config reference = parse(reference());

        assertThat(reference).usingRecursiveComparison().ignoringFields("file").isEqualTo(Config.defaults());
    }

    @Test
    void shouldFindEveryKeyInTheReferenceFile() throws IOException {
        Set<String> listed = new TreeSet<>();
        for (String text : List.of(reference(), examples())) listed.addAll(paths(text));

        assertThat(listed).isEqualTo(ConfigFile.keys());
        assertThat(ConfigFile.keys()).contains("experts[].ringTimeout", "speech.openai.apiKeyFile", "limits.maxBody", "guard.requireSignatures");
    }

    @Test
    void shouldFindTheReferenceFilesExamplesValid() throws IOException {
        Config config = parse(examples());

        assertThat(config.experts().getFirst().name()).isEqualTo("Dr. Noor");
        assertThat(config.hasTokens()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            domain: "a b"                                     | 1 | domain              | host name
            nod: x                                            | 1 | nod                 | did you mean node
            http: { listen: 127.0.0.1 }                       | 1 | http.listen         | IP:PORT
            http: { listen: "127.0.0.1:99999" }               | 1 | http.listen         | IP:PORT
            http: { listen: "example.org:80" }                | 1 | http.listen         | IP:PORT
            http: { listen: "127.0.0.1:1", names: ["a/b"] }   | 1 | http.names          | without port
            http: yes please                                  | 1 | http                | mapping
            sip: { listen: [] }                               | 1 | sip.listen          | at least one
            sip: { listen: ["tls:127.0.0.1:5061"] }           | 1 | sip.listen          | udp:IP:PORT
            sip: { listen: udp:127.0.0.1:1 }                  | 1 | sip.listen          | write a list
            media: { address: 0.0.0.0 }                       | 1 | media.address       | interface
            media: { address: media.example }                 | 1 | media.address       | phones can reach
            media: { ports: 20001-29999 }                     | 1 | media.ports         | even one
            media: { ports: 30000-20000 }                     | 1 | media.ports         | FIRST-LAST
            hazards: [Safety]                                 | 1 | hazards             | small letters
            hazards: []                                       | 1 | hazards             | at least one
            council: { quorum: two }                          | 1 | council.quorum      | from 0 to 100
            council: { quorum: -1 }                           | 1 | council.quorum      | from 0 to 100
            council: { quorum: 99999999999 }                  | 1 | council.quorum      | from 0 to 100
            council: { deadline: 5m }                         | 1 | council.deadline    | ISO 8601
            council: { deadline: PT0S }                       | 1 | council.deadline    | PT1S
            council: { ring: loud }                           | 1 | council.ring        | accepted, early
            council: { quorum: 0, withoutExpert: true }       | 1 | council.withoutExpert | quorum
            guard: { policy: no-such.yaml }                   | 1 | guard.policy        | folder
            guard: { requireSignatures: maybe }               | 1 | guard.requireSignatures | true or false
            guard: { callsPerMinute: 0 }                      | 1 | guard.callsPerMinute | from 1 to 1000
            guard: { approvals: { policyChange: { of: [op] } } } | 1 | guard.approvals.policyChange.need | such as 2
            guard: { approvals: { policyChange: { need: 1, of: [op] } } } | 1 | guard.approvals.policyChange.of | operators are
            guard: { approvals: { policyChange: { need: 1 } } } | 1 | guard.approvals.policyChange.need | more operators
            speech: { voice: openai }                         | 1 | speech.voice        | endpoint
            speech: { voice: siri }                           | 1 | speech.voice        | auto, embedded, flite, openai
            speech: { openai: { endpoint: "ftp://a/b" } }     | 1 | speech.openai.endpoint | https
            callbacks: { allow: ["https://a.example/x"] }     | 1 | callbacks.allow     | without scheme
            limits: { maxBody: 1 }                            | 1 | limits.maxBody      | from 1024
            limits: { maxBody: 16777217 }                     | 1 | limits.maxBody      | to 16777216
            agents: [ { id: a } ]                             | 1 | agents[0].publicKey | requireSignatures: false
            agents: [ { id: a, publicKey: "ed25519:AAAA" } ]  | 1 | agents[0].publicKey | base64url
            agents: [ a ]                                     | 1 | agents[0]           | mapping
            agents: [ { publicKey: "" } ]                     | 1 | agents[0].id        | source
            edges: [ { id: e } ]                              | 1 | edges[0].token      | asks with it
            edges: [ { id: e, token: "edge-token-0123456", publicKey: x } ] | 1 | edges[0].publicKey | base64url
            operators: [ { id: op } ]                         | 1 | operators[0].token  | nothing but their token
            operators: [ { id: op, token: "a b" } ]           | 1 | operators[0].token  | openssl rand
            experts: [ { uri: "sip:a@b" } ]                   | 1 | experts[0].hazards  | name one or more
            experts: [ { uri: "tel:1", hazards: [legal] } ]   | 1 | experts[0].uri      | sip:
            experts: [ { uri: "sip:a@*.b", hazards: [legal] } ] | 1 | experts[0].uri    | a pattern
            experts: [ { uri: "sip:a@b", hazards: [weather] } ] | 1 | experts[0].hazards | known are safety
            experts: [ { uri: "sip:a@b", hazards: [legal], onDuty: { weekly: ["Mon 08:00-09:00"] } } ] | 1 | experts[0].onDuty.zone | Europe/Paris
            experts: [ { uri: "sip:a@b", hazards: [legal], onDuty: { schedule: x } } ] | 1 | experts[0].onDuty.schedule | add it to schedules
            experts: [ { uri: "sip:a@b", hazards: [legal], onDuty: { schedule: x, zone: UTC } } ] | 1 | experts[0].onDuty.schedule | keep one
            experts: [ { uri: "sip:a-*@b", hazards: [legal], onDuty: { zone: UTC } } ] | 1 | experts[0].onDuty | remove it
            schedules: [ { id: x, zone: UTC, overrides: [ { from: "2026-11-20T12:00", to: "2026-11-20T13:00", substitute: "sip:a@b" } ] } ] | 1 | schedules | add the expert
            guardians: [ { id: a, uri: "sip:a-*@b" } ]        | 1 | guardians[0].uri    | address to ring
            experts: [ { uri: "sip:a@b:99999", hazards: [legal] } ] | 1 | experts[0].uri | such as sip:
            experts: [ { uri: "sip:a@b..c", hazards: [legal] } ] | 1 | experts[0].uri | such as sip:
            guardians: [ { id: a, uri: "sip:a@300.0.0.1" } ]  | 1 | guardians[0].uri    | such as sip:
            guardians: [ { id: "a b", uri: "sip:a@b" } ]      | 1 | guardians[0].id     | letters
            """)
    void shouldSayWhereAndWhatAndWhatToDo(String yaml, int line, String where, String remedy) {
        List<Problem> problems = problems(yaml);

        assertThat(problems).anySatisfy(problem -> {
            assertThat(problem.file()).isEqualTo("ifbus.yaml");
            assertThat(problem.line()).isEqualTo(line);
            assertThat(problem.where()).isEqualTo(where);
            assertThat(problem.remedy()).contains(remedy);
        });
    }

    @Test
    void shouldReadWhenExpertsAreOnDuty() {
        Config config = parse("""
                schedules:
                  - { id: desk, zone: Europe/Paris, rotation: { members: ["sip:a@b", "sip:c@b"], handoff: weekly Mon 09:00, start: 2026-11-02 } }
                experts:
                  - { uri: "sip:a@b", hazards: [legal], onDuty: { schedule: desk } }
                  - { uri: "SIP:c@B", hazards: [legal], onDuty: { schedule: desk } }
                  - { uri: "sip:d@b", hazards: [legal], onDuty: { zone: UTC, weekly: ["Mon-Fri 08:00-18:00"] } }
                """);
        Instant tuesday = Instant.parse("2026-11-10T12:00:00Z");

        assertThat(config.experts().stream().filter(expert -> config.roster().onDuty(expert, tuesday)).map(Expert::uri)).containsExactly("SIP:c@B",
                "sip:d@b");
    }

    @Test
    void shouldRefuseTurnsThatFallToNobody() {
        assertThat(problems("""
                schedules:
                  - { id: desk, zone: UTC, rotation: { members: ["sip:a@b", "sip:free@b"], handoff: daily 09:00, start: 2026-11-02 } }
                experts:
                  - { uri: "sip:a@b", hazards: [legal], onDuty: { schedule: desk } }
                  - { uri: "sip:out@b", hazards: [legal], onDuty: { schedule: desk } }
                  - { uri: "sip:free@b", hazards: [legal] }
                """)).extracting(problem -> problem.line() + " " + problem.what()).containsExactly(
                "1 sip:free@b takes turns in schedule desk but follows none, so would always be on duty",
                "5 this expert is no member of the rotation, so would never be on duty");
    }

    @Test
    void shouldFindEverythingWrongAtOnceInTheOrderOfLines() {
        List<Problem> problems = problems("""
                domain: ok.example
                sip:
                  listen:
                    - "udp:nowhere"
                council:
                  quorum: many
                  dedline: PT5M
                experts:
                  - uri: "sip:a@b"
                    hazards: [legal]
                  - uri: "sip:A@b"
                    hazards: [legal]
                  - uri: "SIP:a@B;transport=tcp"
                    hazards: [legal]
                    accept: shrug
                """);

        assertThat(problems).extracting(Problem::line).containsExactly(3, 6, 7, 13, 15);
        assertThat(problems.get(2)).hasToString(
                "ifbus.yaml:7: council.dedline: unknown key; did you mean deadline? known here: quorum, deadline, gather, ring, withoutExpert");
    }

    @Test
    void shouldRefuseAKeyThatStandsTwice() {
        assertThat(problems("data: a\nnode: n\ndata: b\n")).singleElement().asString()
                .startsWith("ifbus.yaml:3: data: this key stands twice, first on line 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a: [1, 2", "\ta: 1", "a: 'x", "a: b: c", "? [a]\n: b", "&x a: *x", "a: 1\n---\nb: 2", "- 1", "just words", "a: *nobody"})
    void shouldSayTheLineOfBrokenYaml(String yaml) {
        assertThat(problems(yaml)).isNotEmpty().allSatisfy(problem -> {
            assertThat(problem.line()).isPositive();
            assertThat(problem.what()).isNotBlank();
        });
    }

    @Test
    void shouldSayTheLineOfAnUnclosedBracket() {
        assertThat(problems("domain: a.example\nsip:\n  listen: [\"udp:127.0.0.1:1\"\nmedia: {}\n")).singleElement()
                .satisfies(problem -> assertThat(problem.line()).isBetween(3, 4)).asString().contains("not valid YAML");
    }

    @Test
    void shouldBoundDepthAndSize() {
        assertThat(problems("[".repeat(2_000))).isNotEmpty();
        assertThat(problems("x".repeat((1 << 20) + 1))).singleElement().asString().contains("longer than");
    }

    @Test
    void shouldListenBeyondLoopbackOnlyWithTokens() {
        String open = "http: { listen: \"0.0.0.0:8080\" }\n";

        assertThat(problems(open)).singleElement().asString().startsWith("ifbus.yaml:1: http.listen: 0.0.0.0 is not loopback")
                .contains("give tokens");
        assertThat(parse(open + "operators: [ { id: op, token: operator-token-0123456789 } ]").http().host()).isEqualTo("0.0.0.0");
        assertThat(parse("http: { listen: \"[::1]:0\" }").http().host()).isEqualTo("[::1]");
    }

    @Test
    void shouldRefuseATokenThatTwoShareWithoutSayingIt() {
        List<Problem> problems = problems("""
                operators: [ { id: op, token: the-same-token-for-two } ]
                guardians:
                  - id: sage
                    uri: sip:sage@127.0.0.1
                    token: the-same-token-for-two
                """);

        assertThat(problems).singleElement().asString().startsWith("ifbus.yaml:5: guardians[0].token: the same token as operators[0].token")
                .doesNotContain("for-two");
    }

    @Test
    void shouldNeverPrintAToken() {
        assertThat(parse(LEAST).toString()).doesNotContain("-token-0123456789");
    }

    @Test
    void shouldLetAgentsGoWithoutAKeyWhereSignaturesAreNotRequired() {
        Config config = parse("guard: { requireSignatures: false }\nagents: [ { id: a }, { id: b, publicKey: \"" + KEY + "\" } ]\n");

        assertThat(config.openGuard().mustSign(config.agents().get(0).agent())).isFalse();
        assertThat(config.openGuard().mustSign(config.agents().get(1).agent())).isTrue();
    }

    @Test
    void shouldReadThePolicyBesideTheConfig() throws IOException {
        Files.writeString(folder.resolve("rules.yaml"), "rules: [ { name: all, when: \"true\", then: deny } ]");
        Path file = Files.writeString(folder.resolve("ifbus.yaml"), "guard: { policy: rules.yaml }");

        assertThat(Config.read(file).openGuard().policy().rules()).hasSize(1);
        Files.writeString(folder.resolve("rules.yaml"), "rules:\n  - name: all\n    when: message.levle > 1\n    then: deny\n");
        assertThat(catchThrowableOfType(InvalidFile.class, () -> Config.read(file).openGuard())).hasMessageContaining("rules.yaml:3: rule \"all\": ")
                .hasMessageContaining("levle");
    }

    @Test
    void shouldSayThatAConfigIsNotThereOrNoText() throws IOException {
        Path binary = Files.write(folder.resolve("binary.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});

        assertThat(catchThrowableOfType(InvalidFile.class, () -> Config.read(folder.resolve("missing.yaml")))).hasMessageContaining("cannot be read");
        assertThat(catchThrowableOfType(InvalidFile.class, () -> Config.read(binary))).hasMessageContaining("UTF-8");
    }

    private Config parse(String yaml) { return Config.parse("ifbus.yaml", yaml, folder); }

    private List<Problem> problems(String yaml) {
        InvalidFile invalid = catchThrowableOfType(InvalidFile.class, () -> parse(yaml));
        assertThat(invalid).as("must be refused: %s", yaml.substring(0, Math.min(80, yaml.length()))).isNotNull();
        return invalid.problems();
    }

    private static String reference() throws IOException {
        Path here = Path.of("").toAbsolutePath();
        Path root = Files.exists(here.resolve("ifbus.reference.yaml")) ? here : here.getParent();
        return Files.readString(root.resolve("ifbus.reference.yaml"));
    }

    private static String examples() throws IOException {
        return reference().lines().filter(line -> line.startsWith("#| ")).map(line -> line.substring(3)).collect(Collectors.joining("\n"));
    }

    private static Set<String> paths(String yaml) {
        return YamlNode.read("paths", yaml, new ArrayList<>()).stream().flatMap(node -> paths("", node))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Stream<String> paths(String at, YamlNode node) {
        return switch (node) {
            case YamlNode.Mapping mapping -> mapping.entries().entrySet().stream().flatMap(entry -> {
                String path = at.isEmpty() ? entry.getKey() : at + "." + entry.getKey();
                return Stream.concat(Stream.of(path), paths(path, entry.getValue().value()));
            });
            case YamlNode.Sequence sequence -> sequence.items().stream().flatMap(item -> paths(at + "[]", item));
            case YamlNode.Scalar _ -> Stream.of();
        };
    }
}
