package org.infrafabric.server;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * One operation of {@code openapi.yaml}, for tests that walk all there are.
 *
 * @param path with the names of its parameters in braces
 * @param roles whose tokens may use it; empty: nobody needs one
 * @param body schema of the JSON body that it takes
 */
record Operation(String method, String path, Set<String> roles, List<Parameter> parameters, Optional<JsonNode> body) {
    private static final Set<String> METHODS = Set.of("get", "post", "put", "delete", "patch");

    /** @param in path, query or header */
    record Parameter(String name, String in, JsonNode schema) {}

    static List<Operation> all() {
        DescribedApi api = new DescribedApi();
        List<Operation> all = new ArrayList<>();
        for (var path : api.paths().properties()) {
            for (var one : path.getValue().properties()) {
                if (!METHODS.contains(one.getKey())) continue;
                List<Parameter> parameters = new ArrayList<>();
                for (JsonNode where : List.of(path.getValue().path("parameters"), one.getValue().path("parameters")))
                    for (JsonNode given : where) {
                        JsonNode parameter = api.resolved(given);
                        parameters.add(new Parameter(parameter.path("name").asString(), parameter.path("in").asString(),
                                api.resolved(parameter.path("schema"))));
                    }
                Set<String> roles = new LinkedHashSet<>();
                one.getValue().path("x-roles").forEach(role -> roles.add(role.asString()));
                JsonNode body = one.getValue().at("/requestBody/content").path("application/json").path("schema");
                all.add(new Operation(one.getKey().toUpperCase(Locale.ROOT), path.getKey(), roles, parameters,
                        body.isMissingNode() ? Optional.empty() : Optional.of(api.resolved(body))));
            }
        }
        return all;
    }

    boolean open() { return roles.isEmpty(); }

    boolean changes() { return !method.equals("GET"); }

    /** Its path with these values for its parameters, or the value for the path itself. */
    String at(Map<String, String> values) {
        String filled = values.getOrDefault(path, path);
        for (Parameter parameter : parameters)
            if (parameter.in.equals("path")) filled = filled.replace("{" + parameter.name + "}", values.getOrDefault(parameter.name, "x"));
        return filled;
    }

    List<Parameter> parameters(String in) { return parameters.stream().filter(parameter -> parameter.in.equals(in)).toList(); }

    @Override
    public String toString() { return method + " " + path; }
}
