package org.infrafabric.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** {@code openapi.yaml} as a judge of answers: is this status foreseen for this route, and is the body what its schema says? */
final class DescribedApi {
    /** What the door says before a route has a part in it; described once, in the file's introduction. */
    private static final Set<Integer> OF_THE_DOOR = Set.of(400, 403, 404, 405, 408, 414, 421, 431, 500);

    private final JsonNode file;
    private final Map<String, Schema> schemas = new ConcurrentHashMap<>();
    private final SchemaRegistry registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    DescribedApi() {
        try (InputStream in = DescribedApi.class.getResourceAsStream("/org/infrafabric/server/openapi.yaml")) {
            file = new YAMLMapper().readTree(in);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    void check(HttpRequest request, Answer answer) {
        String what = request.method() + " " + request.uri().getRawPath() + " → " + answer.status();
        String type = answer.header("Content-Type").replaceAll(";.*", "");
        JsonNode described = response(request, answer.status());
        if (described.isMissingNode()) {
            assertThat(answer.status()).as(what + " is not described").isIn(OF_THE_DOOR);
            described = file.at("/components/responses/Problem");
        }
        JsonNode content = described.path("content");
        if (answer.response().body().length == 0 || request.method().equals("HEAD")) return;
        assertThat(content.propertyNames()).as(what + ": content type").contains(type);
        if (type.endsWith("json")) assertThat(faults(content.path(type).path("schema"), answer.json())).as(what + ": " + answer.text()).isEmpty();
        for (var header : described.path("headers").properties())
            assertThat(answer.header(header.getKey())).as(what + ": " + header.getKey()).isNotEmpty();
    }

    private JsonNode response(HttpRequest request, int status) {
        String method = request.method().equals("HEAD") ? "get" : request.method().toLowerCase(Locale.ROOT);
        for (var path : file.path("paths").properties()) {
            if (!request.uri().getRawPath().matches(path.getKey().replaceAll("\\{[a-z]+}", "[^/]+"))) continue;
            return resolved(path.getValue().path(method).path("responses").path(Integer.toString(status)));
        }
        return file.path("no such path");
    }

    JsonNode paths() { return file.path("paths"); }

    /** What it points at, if it points. */
    JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? file.at(node.path("$ref").asString().substring(1)) : node;
    }

    private List<Error> faults(JsonNode schema, JsonNode body) {
        return schemas.computeIfAbsent(schema.toString(), text -> {
            ObjectNode whole = JsonMapper.shared().createObjectNode();
            whole.set("components", file.path("components"));
            whole.putArray("allOf").add(schema);
            return registry.getSchema(whole);
        }).validate(body);
    }
}
