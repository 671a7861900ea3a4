package org.infrafabric.server;

import io.javalin.http.Context;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What the routes of call control have in common: small bodies, ids, and answers that come from the owner's thread. */
final class Wishes {
    private static final int BODY_BYTES = 4_096;
    private static final long ANSWER_SECONDS = 10;
    private static final Pattern LEG = Pattern.compile("[!-~]{1,255}"); // a SIP Call-ID may hold almost anything

    private Wishes() {}

    static ObjectNode body(Context ctx) { return Bodies.object(ctx, BODY_BYTES); }

    /** A field of the body that must be there. */
    static String text(ObjectNode body, String field) {
        return optional(body, field).orElseThrow(() -> new Problem(Problem.Code.SCHEMA, "/" + field, "Text is needed here."));
    }

    static Optional<String> optional(ObjectNode body, String field) {
        JsonNode value = body.path(field);
        if (value.isMissingNode()) return Optional.empty();
        if (!value.isString() || value.asString().isBlank() || value.asString().length() > 255)
            throw new Problem(Problem.Code.SCHEMA, "/" + field, "Text of 1 to 255 characters.");
        return Optional.of(value.asString().strip());
    }

    static String id(Context ctx, String parameter) {
        String id = ctx.pathParam(parameter);
        if (!LEG.matcher(id).matches()) throw new Problem(Problem.Code.PARAMETER, parameter, "An id has 1 to 255 printable characters.");
        return id;
    }

    static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException slow) {
            throw new Problem(Problem.Code.OVERLOAD, "", "No answer within " + ANSWER_SECONDS + " s; look at the list before you try again.", 5);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new Problem(Problem.Code.OVERLOAD, "", "The server is stopping.", 5);
        } catch (ExecutionException failed) {
            throw new IllegalStateException(failed.getCause());
        }
    }

    static Problem denied(String reason, long retryAfterNanos) {
        return new Problem(Problem.Code.DENIED, "", reason, (int) Math.min(3_600, TimeUnit.NANOSECONDS.toSeconds(retryAfterNanos + 999_999_999L)));
    }
}
