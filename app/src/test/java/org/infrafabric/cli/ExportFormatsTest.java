package org.infrafabric.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import javax.imageio.ImageIO;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.rendering.PDFRenderer;
import org.apache.pdfbox.text.PDFTextStripper;
import org.infrafabric.message.SigningKey;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.witness.Change;
import org.infrafabric.witness.Draft;
import org.infrafabric.witness.EventType;
import org.infrafabric.witness.WitnessLog;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The log as json, csv and on paper. */
class ExportFormatsTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    @TempDir private Path folder;
    private final SigningKey key = SigningKey.generate();

    @BeforeEach
    void write() throws Exception {
        key.write(Files.createDirectories(folder.resolve("d")).resolve("bus.key"));
        try (SqliteStore store = SqliteStore.open(folder.resolve("d/ifbus.db"));
                WitnessLog log = WitnessLog.open(store, "node-1", key, InstantSource.system())) {
            for (int i = 0; i < 40; i++) append(log, "0".repeat(32), EventType.CLOSED, payload("other-" + i));
            append(log, TRACE, EventType.RECEIVED, payload("-2+3").put("source", "if://agent/zürich ✓ 電話"));
            append(log, TRACE, EventType.RINGING, payload("-2+3").put("rung", 1));
            append(log, TRACE, EventType.DECIDED, payload("-2+3").put("decision", "approve").put("reason", "a very long reason, ".repeat(40)));
            append(log, "1".repeat(32), EventType.RECEIVED, payload("=HYPERLINK(\"http://x\",\"y\")"));
        }
    }

    @Test
    void shouldWriteOneObjectWithWhatTheLinesHold() throws Exception {
        JsonNode whole = JsonMapper.shared().readTree(run("--format", "json").out());
        List<String> lines = run("--format", "jsonl").lines();
        assertThat(whole.path("ifbusExport").asInt()).isEqualTo(1);
        assertThat(whole.path("entries").size()).isEqualTo(44).isEqualTo(lines.size() - 1);
        assertThat(whole.path("entries").get(40)).isEqualTo(JsonMapper.shared().readTree(lines.get(41)));
    }

    @Test
    void shouldWriteATableInWhichNothingIsAFormula() throws Exception {
        List<String> lines = run("--format", "csv").lines();
        assertThat(lines.getFirst()).startsWith("seq,time,node,component,event,traceId,escalation,payload,");
        assertThat(lines).hasSize(45);
        assertThat(lines.get(41)).contains(",'-2+3,\"{\"\"escalation\"\":\"\"-2+3\"\",");
        assertThat(lines.get(44)).contains(",\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\",");
    }

    @Test
    void shouldPutAnEscalationAndItsProofOnPaper() throws Exception {
        Ran checkpoint = Ran.in(folder, "witness", "checkpoint", "--data-dir", "d");
        Ran paper = run("--format", "pdf", "--trace", TRACE, "--out", "paper.pdf");
        assertThat(paper.exit()).as(paper.err()).isZero();
        try (PDDocument document = Loader.loadPDF(folder.resolve("paper.pdf").toFile())) {
            String text = new PDFTextStripper().getText(document);
            assertThat(text).contains("Witness log of ifbus.local/node-1", "escalation -2+3: 3 entries", "IF.escalate decided",
                    "zürich \\u2713 \\u96fb\\u8a71",
                    "page 1 of " + document.getNumberOfPages(), key.verifyKey().toString());
            checkpoint.out().lines().filter(line -> !line.isEmpty()).forEach(line -> assertThat(text).contains(line)); // letter for letter
            Ran proof = Ran.in(folder, "witness", "prove", "--seq", "43", "--data-dir", "d", "--json");
            for (JsonNode hash : JsonMapper.shared().readTree(proof.lastLine()).path("path").values()) assertThat(text).contains(hash.asString());
            BufferedImage image = new PDFRenderer(document).renderImageWithDPI(0, 80);
            String keep = System.getProperty("ifbus.paper.png", "");
            if (!keep.isEmpty()) ImageIO.write(image, "png", Path.of(keep).toFile());
            int ink = 0;
            for (int y = 0; y < image.getHeight(); y++)
                for (int x = image.getWidth() - 20; x < image.getWidth(); x++) if ((image.getRGB(x, y) & 0xff) < 128) ink++;
            assertThat(ink).as("nothing runs over the right margin").isZero();
        }
    }

    private static ObjectNode payload(String escalation) { return JsonMapper.shared().createObjectNode().put("escalation", escalation); }

    private static void append(WitnessLog log, String trace, EventType event, ObjectNode payload) {
        log.append(Change.of(new Draft(event, trace, payload))).join();
    }

    private Ran run(String... more) throws Exception {
        List<String> arguments = new java.util.ArrayList<>(List.of("witness", "export", "--data-dir", "d"));
        arguments.addAll(List.of(more));
        return Ran.in(folder, arguments.toArray(String[]::new));
    }
}
