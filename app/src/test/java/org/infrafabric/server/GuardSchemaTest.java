package org.infrafabric.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.infrafabric.guard.InvalidFile;
import org.infrafabric.guard.Policy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Holds the published JSON schemas of config and policy to what the readers take. */
class GuardSchemaTest {
    private static final Path FOLDER = Path.of("../docs/interfaces");
    private static final Set<String> ROOTS = Set.of("agents", "operators", "edges", "schedules", "experts", "guardians", "council", "guard");

    @Test
    void shouldNameEveryKeyOfTheConfigsGuardAndNoOther() throws IOException {
        JsonNode schema = schema("ifbus-guard.schema.json");
        Set<String> read = ConfigFile.keys().stream().filter(key -> ROOTS.contains(key.split("[.\\[]")[0]))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(keys(schema, schema, "")).isEqualTo(read);
    }

    @Test
    void shouldNameEveryKeyOfAPolicyAndNoOther() throws IOException {
        JsonNode schema = schema("policy.schema.json");

        assertThat(keys(schema, schema, "")).isEqualTo(new TreeSet<>(Policy.keys()));
    }

    @Test
    void shouldAskForWhatTheReaderAsksFor() throws IOException {
        JsonNode schema = schema("ifbus-guard.schema.json");
        for (Map.Entry<String, JsonNode> root : schema.path("properties").properties()) {
            for (JsonNode required : root.getValue().path("items").path("required").values()) {
                String path = root.getKey() + "[0]." + required.asString();
                assertThat(faults(root.getKey() + ": [ {} ]")).as(path).contains(path);
            }
        }
        assertThat(faults("guard: { approvals: { policyChange: {} } }")).contains("guard.approvals.policyChange.need");
        assertThat(faults("experts: [ { uri: \"sip:a@b\", hazards: [legal], onDuty: { zone: UTC, rotation: {}, overrides: [ {} ] } } ]")).contains(
                "experts[0].onDuty.rotation.handoff", "experts[0].onDuty.rotation.start", "experts[0].onDuty.overrides[0].from",
                "experts[0].onDuty.overrides[0].to", "experts[0].onDuty.overrides[0].substitute");
    }

    /** Numbers at and beyond the schema's ends, and words of its lists. */
    @ParameterizedTest
    @CsvSource({"council.quorum, ifbus-guard", "guard.callsPerMinute, ifbus-guard"})
    void shouldBoundNumbersAsTheReaderDoes(String key, String file) throws IOException {
        String[] parts = key.split("\\.");
        JsonNode number = schema(file + ".schema.json").path("properties").path(parts[0]).path("properties").path(parts[1]);
        for (String end : List.of("minimum", "maximum")) {
            int inside = number.path(end).asInt();
            int outside = end.equals("minimum") ? inside - 1 : inside + 1;
            assertThat(faults(parts[0] + ": { " + parts[1] + ": " + inside + " }")).doesNotContain(key);
            assertThat(faults(parts[0] + ": { " + parts[1] + ": " + outside + " }")).contains(key);
        }
    }

    @Test
    void shouldListTheWordsThatTheReaderTakes() throws IOException {
        JsonNode config = schema("ifbus-guard.schema.json");
        for (JsonNode word : config.at("/$defs/accept/enum").values())
            assertThat(faults("guardians: [ { id: a, uri: \"sip:a@b\", accept: " + word.asString() + " } ]")).isEmpty();
        for (JsonNode word : config.at("/properties/council/properties/ring/enum").values())
            assertThat(faults("council: { ring: " + word.asString() + " }")).isEmpty();
        JsonNode rule = schema("policy.schema.json").at("/properties/rules/items/properties");
        for (JsonNode then : rule.at("/then/enum").values())
            assertThat(Policy.parse("p", "rules: [ { name: a, when: \"true\", then: " + then.asString() + " } ]").rules()).hasSize(1);
        for (JsonNode each : rule.at("/limit/properties/each/enum").values())
            for (JsonNode over : rule.at("/limit/properties/over/enum").values())
                assertThat(
                        Policy.parse("p", "rules: [ { name: a, when: \"true\", then: deny, limit: { most: 1000, per: PT1H, each: " + each.asString()
                                + ", over: " + over.asString() + " } } ]").rules())
                        .hasSize(1);
    }

    private static List<String> faults(String yaml) {
        try {
            Config unused = Config.parse("ifbus.yaml", yaml, Path.of(""));
            return List.of();
        } catch (InvalidFile invalid) {
            return invalid.problems().stream().map(problem -> problem.where()).toList();
        }
    }

    /** Paths of all keys, {@code []} for list positions. */
    private static Set<String> keys(JsonNode root, JsonNode node, String path) {
        JsonNode at = node.has("$ref") ? root.at(node.path("$ref").asString().substring(1)) : node;
        Set<String> keys = new TreeSet<>();
        for (Map.Entry<String, JsonNode> property : at.path("properties").properties()) {
            String key = path.isEmpty() ? property.getKey() : path + "." + property.getKey();
            keys.add(key);
            keys.addAll(keys(root, property.getValue(), key));
        }
        if (at.has("items")) keys.addAll(keys(root, at.path("items"), path + "[]"));
        return keys;
    }

    private static JsonNode schema(String file) throws IOException { return JsonMapper.shared().readTree(Files.readString(FOLDER.resolve(file))); }
}
