package org.infrafabric.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.infrafabric.testkit.Checkout;
import org.infrafabric.testkit.IfbusProcess;
import org.infrafabric.testkit.Requires;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tools.jackson.databind.JsonNode;

/** The docs say nothing that is not so: their commands are run and their outputs compared, and what they point at is there. */
@Execution(ExecutionMode.CONCURRENT) // they wait for the telephone most of the time
class DocsTest {
    private static final Pattern COMMAND = Pattern.compile("\\./ifbus ([a-z]+)");
    private static final Pattern LINK = Pattern.compile("]\\(([^)#\\s]+)(?:#[^)]*)?\\)");

    @TempDir Path folder;

    @Test
    void shouldLeadFromNothingToAVerifiedDecision() throws Exception {
        Requires.programs("baresip");
        Requires.java17();
        Path root = Checkout.root();
        for (String name : List.of("ifbus", "examples", "message")) Files.createSymbolicLink(folder.resolve(name), root.resolve(name));
        try (RunningDoc tutorial = new RunningDoc(folder)) {
            tutorial.run(root.resolve("docs/tutorial-escalate.md"));
            assertThat(tutorial.ran()).as("blocks of commands that were run").isGreaterThanOrEqualTo(11);
        }
    }

    @Test
    void shouldRingYourOwnPhoneAsTheReadmeSays() throws Exception {
        Requires.programs("baresip", "curl");
        Files.createSymbolicLink(folder.resolve("ifbus"), Checkout.root().resolve("ifbus"));
        try (RunningDoc readme = new RunningDoc(folder)) {
            readme.run(Checkout.root().resolve("README.md"));
            assertThat(readme.ran()).as("blocks of commands that were run").isGreaterThanOrEqualTo(10);
        }
    }

    @Test
    void shouldStartAndStopAsTheRunbookSays() throws Exception {
        Files.createSymbolicLink(folder.resolve("ifbus"), Checkout.root().resolve("ifbus"));
        try (RunningDoc runbook = new RunningDoc(folder)) {
            runbook.run(Checkout.root().resolve("docs/runbook.md"));
            assertThat(runbook.ran()).as("blocks of commands that were run").isGreaterThanOrEqualTo(2);
        }
    }

    @Test
    void shouldNameCommandsThatExist() throws Exception {
        Set<String> named = new TreeSet<>();
        for (Path page : pages()) {
            Matcher matcher = COMMAND.matcher(Files.readString(page));
            while (matcher.find()) named.add(matcher.group(1));
        }
        named.removeAll(Set.of("bench", "rehearse")); // another module's, and built apart; one that is hidden
        assertThat(named).contains("serve", "escalate", "witness");
        IfbusProcess.Finished help = IfbusProcess.run(folder, java.time.Duration.ofSeconds(60), "--help");
        List<String> there = (help.out() + help.err()).lines().filter(line -> line.startsWith("  ")).map(line -> line.strip().split("\\s")[0])
                .toList();
        assertThat(there).containsAll(named);
    }

    @Test
    void shouldNameTestsThatExist() throws Exception {
        Set<String> there = new TreeSet<>();
        try (Stream<Path> files = Files.find(Checkout.root(), 12, (file, kind) -> file.toString().endsWith("Test.java"))) {
            files.forEach(file -> there.add(file.getFileName().toString().replace(".java", "")));
        }
        Matcher named = Pattern.compile("`([A-Z]\\w+Test)`").matcher(Files.readString(Checkout.root().resolve("docs/security.md")));
        Set<String> missing = new TreeSet<>();
        int count = 0;
        for (; named.find(); count++) if (!there.contains(named.group(1))) missing.add(named.group(1));
        assertThat(missing).as("tests that docs/security.md names and nobody has written").isEmpty();
        assertThat(count).isGreaterThan(20);
    }

    @Test
    void shouldNameWhatTheToolsTakeAndGive() throws Exception {
        String page = Files.readString(Checkout.root().resolve("docs/interfaces/mcp.md"));
        for (String tool : List.of("escalate", "escalation_status", "await_decision")) {
            for (String direction : List.of("input", "output")) {
                JsonNode schema = schema("/org/infrafabric/mcp/" + tool + "." + direction + ".json");
                for (String property : schema.path("properties").propertyNames())
                    assertThat(page).as(tool + " " + direction).contains("`" + property);
            }
        }
        for (JsonNode obey : schema("/org/infrafabric/mcp/await_decision.output.json").at("/properties/obey/enum"))
            assertThat(page).contains("| `" + obey.asString() + "` |");
    }

    @Test
    void shouldNameTheFieldsOfBothMessages() throws Exception {
        String page = Files.readString(Checkout.root().resolve("docs/interfaces/message.md"));
        for (String version : List.of("1.0", "2.1")) {
            for (String property : schema("/org/infrafabric/message/ifmessage-" + version + ".json").path("properties").propertyNames())
                if (!property.equals("payload") && !property.equals("content")) assertThat(page).as(version).contains("`" + property + "`");
        }
    }

    private static JsonNode schema(String resource) throws Exception {
        try (InputStream in = DocsTest.class.getResourceAsStream(resource)) {
            return Site.JSON.readTree(in);
        }
    }

    @Test
    void shouldPointAtFilesThatExist() throws Exception {
        List<String> broken = new ArrayList<>();
        for (Path page : pages()) {
            Matcher matcher = LINK.matcher(Files.readString(page));
            while (matcher.find()) {
                String target = matcher.group(1);
                if (target.contains("://") || target.startsWith("mailto:")) continue;
                if (!Files.exists(page.resolveSibling(target))) broken.add(page.getFileName() + " → " + target);
            }
        }
        assertThat(broken).isEmpty();
    }

    private static List<Path> pages() throws Exception {
        Path root = Checkout.root();
        List<Path> pages = new ArrayList<>(List.of(root.resolve("README.md"), root.resolve("ARCHITECTURE.md"), root.resolve("CONTRIBUTING.md")));
        try (Stream<Path> docs = Files.walk(root.resolve("docs"))) {
            docs.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
        }
        return pages;
    }
}
