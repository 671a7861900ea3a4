package org.infrafabric.message;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.path.NodePath;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The published JSON Schemas (draft 2020-12) of the IFMessage versions, and the check against them. */
public enum MessageSchema {
    V1_0("ifmessage-1.0.json"), V2_1("ifmessage-2.1.json");

    private final String file;
    private final String text;
    private final JsonNode tree;
    private final Schema schema;

    MessageSchema(String file) {
        this.file = file;
        this.text = resource(file);
        this.tree = JsonMapper.shared().readTree(text);
        SchemaRegistryConfig config = SchemaRegistryConfig.builder().locale(Locale.ENGLISH).build();
        this.schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12, b -> b.schemaRegistryConfig(config)).getSchema(text,
                InputFormat.JSON);
    }

    /** Name of the published file: a bus serves it at {@code /schemas/FILE}. */
    public String file() { return file; }

    /** The schema itself. */
    public String text() { return text; }

    /** @throws MessageRefused with code schema, the first field that is wrong, and what is expected there */
    void check(ObjectNode message) throws MessageRefused {
        List<Error> errors = schema.validate(message);
        if (!errors.isEmpty()) throw refused(errors.get(0), errors.size() - 1);
    }

    private MessageRefused refused(Error error, int others) {
        String field = error.getInstanceLocation().toString();
        boolean missing = "required".equals(error.getKeyword()) && error.getProperty() != null;
        if (missing) field += "/" + error.getProperty();
        String expected = missing ? "" : described(error);
        StringBuilder detail = new StringBuilder(missing ? "is missing" : said(error));
        if (!expected.isEmpty()) detail.append("; expected: ").append(expected);
        if (others > 0) detail.append(" (").append(others).append(others == 1 ? " more fault)" : " more faults)");
        return new MessageRefused(MessageRefused.Code.SCHEMA, field, detail.toString());
    }

    /** The validator's own words where they help; a regular expression or the count of subschemas does not. */
    private static String said(Error error) {
        return switch (String.valueOf(error.getKeyword())) {
            case "pattern", "const", "oneOf" -> "is not what it must be";
            default -> String.valueOf(error.getMessage());
        };
    }

    /** The description that the failed part of the schema carries. */
    private String described(Error error) {
        NodePath part = error.getSchemaLocation().getFragment().getParent();
        return part == null ? "" : tree.at(part.toString()).path("description").asString("");
    }

    private static String resource(String file) {
        try (InputStream in = MessageSchema.class.getResourceAsStream(file)) {
            if (in == null) throw new IllegalStateException(file + " is not in the jar");
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
