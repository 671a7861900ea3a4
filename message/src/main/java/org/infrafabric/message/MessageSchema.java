package org.infrafabric.message;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** The published JSON Schemas (draft 2020-12) of the IFMessage versions, and the check against them. */
public enum MessageSchema {
    V1_0("ifmessage-1.0.schema.json"), V2_1("ifmessage-2.1.schema.json");

    private final String file;
    private final String text;
    private final Schema schema;

    MessageSchema(String file) {
        this.file = file;
        this.text = resource(file);
        this.schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(text, InputFormat.JSON);
    }

    /** Name of the published file. */
    public String file() { return file; }

    /** The schema itself. */
    public String text() { return text; }

    /** @throws MessageRefused with code schema, the first field that is wrong, and what is expected there */
    void check(ObjectNode message) throws MessageRefused {
        List<Error> errors = schema.validate(message);
        if (errors.isEmpty()) return;
        Error first = errors.get(0);
        throw new MessageRefused(MessageRefused.Code.SCHEMA, first.getInstanceLocation().toString(), String.valueOf(first.getMessage()));
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
