package org.infrafabric.witness;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.infrafabric.message.SigningKey;
import org.infrafabric.message.VerifyKey;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What the log's tests share: the vectors, drafts, exports. */
final class Logs {
    static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    static final String OTHER_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    static final InstantSource NOON = InstantSource.fixed(Instant.parse("2026-11-21T12:00:00Z"));
    static final JsonNode KEYS = JsonMapper.shared().readTree(resource("keys.json"));
    static final SigningKey BUS = key("bus");
    static final SigningKey OLD = key("old");

    private Logs() {}

    static SigningKey key(String name) { return SigningKey.ofSeed(KEYS.get(name).get("seed").stringValue()); }

    static byte[] resource(String name) {
        try (InputStream in = Logs.class.getResourceAsStream("/vectors/" + name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The header and the entries of the vector export. */
    static List<String> vectorLines() {
        return Arrays.asList(new String(resource("witness-export.jsonl"), UTF_8).split("\n"));
    }

    static Draft draft(String escalation) { return draft(escalation, TRACE); }

    static Draft draft(String escalation, String trace) {
        return new Draft(EventType.RECEIVED, trace, payload().put("escalation", escalation).put("source", "if://agent/zürich ✓"));
    }

    static ObjectNode payload() { return JsonNodeFactory.instance.objectNode(); }

    static Verdict verify(List<String> lines, VerifyKey... trusted) { return verify(lines, Optional.empty(), trusted); }

    static Verdict verify(List<String> lines, Optional<String> head, VerifyKey... trusted) {
        return verify(String.join("\n", lines).getBytes(UTF_8), head, trusted);
    }

    static Verdict verify(byte[] export, Optional<String> head, VerifyKey... trusted) {
        try {
            return new Verifier(List.of(trusted), head).verify(new ByteArrayInputStream(export));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<String> export(WitnessLog log) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            Export.jsonLines(log.reader(), out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Arrays.asList(out.toString(UTF_8).split("\n"));
    }
}
