package org.infrafabric.server;

import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;

/** Writes answers; none of them may be kept by a cache. */
final class Answers {
    private Answers() {}

    /** A state as JSON has it. */
    static String word(Enum<?> state) { return state.name().toLowerCase(java.util.Locale.ROOT); }

    static void json(Context ctx, int status, JsonNode node) { json(ctx, status, node.toString()); }

    static void json(Context ctx, int status, String text) {
        ctx.status(status).contentType("application/json").header("Cache-Control", "no-store").result(text.getBytes(StandardCharsets.UTF_8));
    }
}
