package org.infrafabric.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.infrafabric.message.MessageSchema;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

class OpenApiTest {
    private static final Set<String> METHODS = Set.of("get", "post", "put", "delete", "patch");

    @Test
    void shouldDescribeEveryRouteAndNoOther() {
        try (RunningApi api = new RunningApi()) {
            JsonNode paths = new YAMLMapper().readTree(api.get("/openapi.yaml", "").text()).path("paths");
            List<String> described = new ArrayList<>();
            for (var path : paths.properties())
                for (String method : path.getValue().propertyNames())
                    if (METHODS.contains(method)) described.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey());
            assertThat(described).containsExactlyInAnyOrderElementsOf(api.routes());
        }
    }

    @Test
    void shouldDescribeTheTokenThatARouteNeeds() {
        try (RunningApi api = new RunningApi()) {
            JsonNode paths = new YAMLMapper().readTree(api.get("/openapi.yaml", "").text()).path("paths");
            for (String route : api.routes()) {
                String[] parts = route.split(" ");
                JsonNode operation = paths.path(parts[1]).path(parts[0].toLowerCase(Locale.ROOT));
                boolean open = operation.path("security").isArray();
                assertThat(operation.path("responses").has("401")).as(route).isEqualTo(!open);
            }
        }
    }

    @Test
    void shouldListEveryProblemCode() {
        try (RunningApi api = new RunningApi()) {
            List<String> listed = new ArrayList<>();
            new YAMLMapper().readTree(api.get("/openapi.yaml", "").text()).at("/components/schemas/Problem/properties/code/enum")
                    .forEach(code -> listed.add(code.asString()));
            assertThat(listed).containsExactlyElementsOf(Arrays.stream(Problem.Code.values()).map(Problem.Code::label).toList());
        }
    }

    @Test
    void shouldServeEveryFileOfTheDashboard() throws Exception {
        try (RunningApi api = new RunningApi(); var files = Files.list(Path.of("../web"))) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrderElementsOf(Dashboard.FILES);
            for (String file : Dashboard.FILES) {
                Answer answer = api.get("/web/" + file, "");
                assertThat(answer.status()).as(file).isEqualTo(200);
                assertThat(answer.header("ETag")).as(file).isNotEmpty();
                assertThat(api.send(api.request("/web/" + file, "").header("If-None-Match", answer.header("ETag"))).status()).as(file).isEqualTo(304);
            }
        }
    }

    @Test
    void shouldPublishTheSchemasOfTheMessages() {
        try (RunningApi api = new RunningApi()) {
            for (MessageSchema schema : MessageSchema.values()) {
                Answer answer = api.get("/schemas/" + schema.file(), "");
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.header("Content-Type")).isEqualTo("application/schema+json");
                assertThat(answer.json().path("$id").asString()).endsWith("/schemas/" + schema.file());
            }
            assertThat(api.get("/schemas/ifmessage-3.0.json", "").status()).isEqualTo(404);
        }
    }
}
