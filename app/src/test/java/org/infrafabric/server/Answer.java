package org.infrafabric.server;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the API said. */
record Answer(HttpResponse<byte[]> response) {
    int status() { return response.statusCode(); }

    String text() { return new String(response.body(), StandardCharsets.UTF_8); }

    JsonNode json() { return JsonMapper.shared().readTree(response.body()); }

    String header(String name) { return response.headers().firstValue(name).orElse(""); }

    String code() { return json().path("code").asString("none"); }
}
