package org.infrafabric.server;

import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import org.infrafabric.escalate.Escalations.Refusal;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A request that is not answered as asked; becomes a problem document (RFC 9457). */
final class Problem extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final JsonMapper JSON = JsonMapper.shared();

    /** The closed list of {@code code}s, each with its status and title. */
    enum Code {
        MALFORMED(400, "malformed", "Not an I-JSON document"),
        SCHEMA(400, "schema", "Not what the schema asks for"),
        UNKNOWN_HAZARD(400, "unknown-hazard", "A hazard that this bus does not know"),
        STALE(400, "stale", "The message is too old or too new"),
        PARAMETER(400, "parameter", "A parameter is malformed or out of range"),
        BAD_REQUEST(400, "bad-request", "Not a request this server can read"),
        TOKEN(401, "token", "A valid bearer token is needed"),
        SIGNATURE(401, "signature", "The signature does not hold"),
        UNKNOWN_AGENT(401, "unknown-agent", "An agent that this bus does not know"),
        FORBIDDEN(403, "forbidden", "This token may not do that"),
        ORIGIN(403, "origin", "Requests from other sites are refused"),
        NOT_ELIGIBLE(403, "not-eligible", "Not a member of this council"),
        DENIED(403, "denied", "The guard does not permit it"),
        NOT_FOUND(404, "not-found", "There is nothing here"),
        METHOD(405, "method", "This path does not take that method"),
        SLOW(408, "slow", "The request came too slowly"),
        CONFLICT(409, "conflict", "That id stands for another message"),
        ENDED(409, "ended", "The escalation has ended"),
        VOTING_CLOSED(409, "voting-closed", "Voting is not open"),
        STATE(409, "state", "Not possible in its present state"),
        TOO_EARLY(409, "too-early", "It is too early for that"),
        NOBODY_TO_RATE(409, "nobody-to-rate", "No expert had taken this call"),
        LENGTH(411, "length", "The body's length is needed"),
        TOO_LARGE(413, "too-large", "The body is too large"),
        LONG_LINE(414, "long-line", "The address is too long"),
        MEDIA_TYPE(415, "media-type", "Only JSON is taken here"),
        RANGE(416, "range", "The range lies outside the file"),
        INVALID_FILE(422, "invalid-file", "The server's config or policy cannot be used"),
        HOST(421, "host", "This server does not answer to that host name"),
        RATE(429, "rate", "Too many requests"),
        LONG_HEAD(431, "long-head", "The request's headers are too long"),
        INTERNAL(500, "internal", "The server failed"),
        OVERLOAD(503, "overload", "Too much to do at present");

        private final int status;
        private final String label;
        private final String title;

        Code(int status, String label, String title) {
            this.status = status;
            this.label = label;
            this.title = title;
        }

        int status() { return status; }

        String label() { return label; }

        String title() { return title; }

        /** What to do about a request that could not be read far enough for a route to be found. */
        String advice(int status) {
            return switch (this) {
                case SLOW -> "Send it faster, or in smaller parts.";
                case TOO_LARGE -> "Send less.";
                case LONG_LINE -> "Shorten the path and its parameters.";
                case LONG_HEAD -> "Send fewer or shorter headers.";
                default -> "The request could not be read as HTTP: " + status + ".";
            };
        }

        static Code of(Refusal.Code code) {
            return switch (code) {
                case MALFORMED -> MALFORMED;
                case SCHEMA -> SCHEMA;
                case UNKNOWN_HAZARD -> UNKNOWN_HAZARD;
                case STALE -> STALE;
                case SIGNATURE -> SIGNATURE;
                case UNKNOWN_AGENT -> UNKNOWN_AGENT;
                case CONFLICT -> CONFLICT;
                case OVERLOAD -> OVERLOAD;
            };
        }
    }

    private final Code code;
    private final String field;
    private final String detail;
    private final int retryAfterSeconds;

    /**
     * @param field JSON pointer into the body, or the name of a parameter or header; empty when no one field is at fault
     * @param detail for people: what was wrong and what to do
     */
    Problem(Code code, String field, String detail) { this(code, field, detail, code == Code.OVERLOAD ? 1 : 0); }

    /** @param retryAfterSeconds 0 for no Retry-After */
    Problem(Code code, String field, String detail, int retryAfterSeconds) {
        super(code.label + ": " + detail, null, false, false);
        this.code = code;
        this.field = field;
        this.detail = detail;
        this.retryAfterSeconds = retryAfterSeconds;
    }

    Code code() { return code; }

    void answer(Context ctx) {
        if (ctx.res().isCommitted()) return; // half an answer is out already: the connection's end tells the rest
        if (retryAfterSeconds > 0) ctx.header("Retry-After", Integer.toString(retryAfterSeconds));
        if (code.status == 401) ctx.header("WWW-Authenticate", code == Code.TOKEN ? "Bearer" : "Bearer error=\"invalid_request\"");
        ctx.status(code.status).contentType("application/problem+json").header("Cache-Control", "no-store").result(document());
    }

    /** The problem document. */
    byte[] document() {
        ObjectNode node = JSON.createObjectNode().put("type", "urn:ifbus:problem:" + code.label).put("title", code.title)
                .put("status", code.status).put("detail", detail).put("code", code.label).put("field", field);
        return node.toString().getBytes(StandardCharsets.UTF_8);
    }
}
