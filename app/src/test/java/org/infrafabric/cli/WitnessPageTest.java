package org.infrafabric.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.infrafabric.message.SigningKey;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.testkit.Requires;
import org.infrafabric.witness.Change;
import org.infrafabric.witness.Draft;
import org.infrafabric.witness.EventType;
import org.infrafabric.witness.WitnessLog;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Holds the commands, and the page that outsiders read, to each other. */
class WitnessPageTest {
    private static final Path PAGE = Path.of("../docs/interfaces/witness.md");
    private static final Path SCHEMA = Path.of("../docs/interfaces/witness.schema.json");

    @TempDir private Path folder;
    private final SigningKey key = SigningKey.generate();

    @BeforeEach
    void write() throws IOException {
        key.write(Files.createDirectories(folder.resolve("d")).resolve("bus.key"));
        try (SqliteStore store = SqliteStore.open(folder.resolve("d/ifbus.db"));
                WitnessLog log = WitnessLog.open(store, "node-1", key, InstantSource.system())) {
            for (int i = 0; i < 5; i++) {
                var payload = JsonMapper.shared().createObjectNode().put("escalation", "e" + i);
                var cost = JsonMapper.shared().createObjectNode().put("microUnits", 1_200);
                Draft draft = new Draft(EventType.CLOSED, "0".repeat(32), payload);
                log.append(Change.of(i == 2 ? draft.costing(cost) : draft)).join();
            }
        }
    }

    @Test
    void shouldWriteWhatTheSchemaSays() throws Exception {
        assertThat(faults("entry", run("witness", "show", "3", "--json").lastLine())).isEmpty();
        assertThat(run("witness", "show", "3", "--json").lastLine()).contains("\"cost\":{\"microUnits\":1200}");
        List<String> export = run("witness", "export").lines();
        assertThat(faults("exportHeader", export.getFirst())).isEmpty();
        for (String line : export.subList(1, export.size())) assertThat(faults("entry", line)).isEmpty();
        assertThat(faults("export", run("witness", "export", "--format", "json").out())).isEmpty();
        assertThat(faults("proof", run("witness", "prove", "--seq", "2", "--json").lastLine())).isEmpty();
        assertThat(faults("checkpoint", run("witness", "checkpoint", "--json").lastLine())).isEmpty();
        assertThat(faults("entry", export.get(1).replace("\"seq\":1", "\"seq\":0"))).isNotEmpty();
    }

    @Test
    void shouldVerifyWithOpensslAloneAsThePageSays() throws Exception {
        Requires.programs("openssl");
        List<String> scripts = new ArrayList<>();
        Matcher fenced = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(PAGE));
        while (fenced.find()) scripts.add(fenced.group(1));
        JsonNode entry = JsonMapper.shared().readTree(run("witness", "show", "3", "--json").lastLine());
        Files.writeString(folder.resolve("NOTE"), run("witness", "checkpoint").out());
        String values = "set -e\nKEY=" + key.verifyKey().toString().substring("ed25519:".length()) + "\nHASH=" + entry.path("hash").asString()
                + "\nSIG="
                + entry.path("sig").asString() + "\n";
        assertThat(shell(values + scripts.get(0))).contains("Signature Verified Successfully");
        assertThat(shell("set -e\n" + scripts.get(1))).contains("Signature Verified Successfully"); // key.der is there by now
        assertThat(shell(values.replace("HASH=", "HASH=0") + scripts.get(0))).doesNotContain("Verified Successfully");
    }

    private String shell(String script) throws Exception {
        Process shell = new ProcessBuilder("sh", "-c", script).directory(folder.toFile()).redirectErrorStream(true).start();
        String said = new String(shell.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        shell.waitFor();
        return said;
    }

    private static List<String> faults(String part, String json) throws IOException {
        String whole = Files.readString(SCHEMA);
        String one = whole.substring(0, whole.indexOf("\"$defs\"")) + "\"$ref\": \"#/$defs/" + part + "\",\n  "
                + whole.substring(whole.indexOf("\"$defs\""));
        Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(one, InputFormat.JSON);
        return schema.validate(json, InputFormat.JSON).stream().map(Object::toString).toList();
    }

    private Ran run(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--data-dir", "d"));
        return Ran.in(folder, all.toArray(String[]::new));
    }
}
