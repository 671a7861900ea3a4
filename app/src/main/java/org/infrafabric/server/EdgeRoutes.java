package org.infrafabric.server;

import io.javalin.http.Context;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.infrafabric.message.Sha256;
import org.infrafabric.sip.EdgeCheck;
import org.infrafabric.witness.Draft;
import org.infrafabric.witness.EventType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code POST /v1/guard/check}: may this SIP request pass the edge? Signed headers are checked as on the way into the bus; a request without any needs a caller of the roster. */
final class EdgeRoutes {
    private static final int BODY_BYTES = 65_536;
    private static final int MOST_HEADERS = 200;
    private static final int LONGEST = 8_192;
    private static final int BRIEF = 200;
    private static final long HIGHEST_CSEQ = (1L << 31) - 1; // RFC 3261 §8.1.1.5
    private static final Pattern METHOD = Pattern.compile("[A-Z]{1,32}");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final String NO_BODY = Sha256.hex(new byte[0]);
    private static final String NO_TRACE = "0".repeat(32);
    private static final String RETRY_SECONDS = "5";

    private final LiveGuard guard;
    private final EdgeCheck edge;
    private final InstantSource clock;
    private final RateLimit entries;
    private final AtomicLong suppressed = new AtomicLong();

    EdgeRoutes(LiveGuard guard, EdgeCheck edge, InstantSource clock, LongSupplier nanoClock) {
        this.guard = guard;
        this.edge = edge;
        this.clock = clock;
        this.entries = new RateLimit(1, 20, nanoClock); // a flood of strangers is counted, not written whole
    }

    void check(Context ctx, Principal who) {
        JsonNode body = Bodies.object(ctx, BODY_BYTES);
        EdgeCheck.Asked asked = asked(body);
        ObjectNode answer = switch (edge.check(asked, clock.instant())) {
            case EdgeCheck.Answer.Ordinary() -> EdgeCheck.uri(asked.from()).flatMap(uri -> guard.guard().mayCallIn(uri)).isPresent() ? allowed()
                    : refused(403, "not-in-roster");
            case EdgeCheck.Answer.Genuine(String traceId) -> genuine(asked, traceId);
            case EdgeCheck.Answer.Refused(String reason) -> refused(403, reason);
            case EdgeCheck.Answer.Full() -> full();
        };
        if (!answer.path("allow").asBoolean()) note(asked, text(body, "source", false), answer.path("reason").asString(), who);
        Answers.json(ctx, 200, answer);
    }

    private static ObjectNode allowed() { return answer(true, 200, ""); }

    /** The bus writes trace ids without dashes; an edge that passes the request on may do the same. */
    private static ObjectNode genuine(EdgeCheck.Asked asked, String traceId) {
        ObjectNode answer = allowed();
        if (!asked.headers().getOrDefault("x-if-trace-id", List.of()).equals(List.of(traceId)))
            answer.withObjectProperty("setHeaders").put("X-IF-Trace-ID", traceId);
        return answer;
    }

    private static ObjectNode refused(int status, String reason) {
        ObjectNode answer = answer(false, status, reason);
        answer.withObjectProperty("setHeaders").put("Reason", "SIP;cause=" + status + ";text=\"" + reason + "\""); // RFC 3326
        return answer;
    }

    private static ObjectNode full() {
        ObjectNode answer = answer(false, 503, "overload");
        answer.withObjectProperty("setHeaders").put("Retry-After", RETRY_SECONDS);
        return answer;
    }

    private static ObjectNode answer(boolean allow, int status, String reason) {
        ObjectNode answer = JsonMapper.shared().createObjectNode().put("allow", allow).put("status", status).put("reason", reason);
        answer.putObject("setHeaders");
        return answer;
    }

    private void note(EdgeCheck.Asked asked, String source, String reason, Principal who) {
        if (entries.take("refused").isPresent()) {
            suppressed.incrementAndGet();
            return;
        }
        ObjectNode payload = JsonMapper.shared().createObjectNode().put("from", brief(asked.from())).put("to", brief(asked.to()))
                .put("source", brief(source))
                .put("cause", reason + ", asked by " + who.id()).put("suppressed", suppressed.getAndSet(0));
        guard.note(new Draft(EventType.CALL_REFUSED, NO_TRACE, payload));
    }

    private static EdgeCheck.Asked asked(JsonNode body) {
        String method = text(body, "method", true);
        if (!METHOD.matcher(method).matches()) throw schema("/method", "A SIP method, in capitals.");
        JsonNode cseq = body.path("cseq");
        if (!cseq.isIntegralNumber() || !cseq.canConvertToLong() || cseq.longValue() < 0 || cseq.longValue() > HIGHEST_CSEQ)
            throw schema("/cseq", "The number of the CSeq header, 0 to " + HIGHEST_CSEQ + ".");
        String sha256 = body.has("bodySha256") ? text(body, "bodySha256", true) : NO_BODY;
        if (!SHA256.matcher(sha256).matches()) throw schema("/bodySha256", "64 lower-case hex digits; left out for a request without a body.");
        return new EdgeCheck.Asked(method, text(body, "callId", true), cseq.longValue(), text(body, "from", true), text(body, "to", true),
                headers(body.path("headers")), sha256);
    }

    /** A header that stands more than once is a list of its values. */
    private static Map<String, List<String>> headers(JsonNode node) {
        if (node.isMissingNode()) return Map.of();
        if (!node.isObject() || node.size() > MOST_HEADERS) throw schema("/headers", "An object of at most " + MOST_HEADERS + " headers.");
        Map<String, List<String>> headers = new HashMap<>();
        for (Map.Entry<String, JsonNode> header : node.properties()) {
            List<String> values = headers.computeIfAbsent(header.getKey().toLowerCase(Locale.ROOT), name -> new ArrayList<>());
            Iterable<JsonNode> given = header.getValue().isArray() ? header.getValue().values() : List.of(header.getValue());
            for (JsonNode value : given) {
                if (!value.isString() || value.stringValue().length() > LONGEST || values.size() >= MOST_HEADERS)
                    throw schema("/headers/" + header.getKey(), "A text of at most " + LONGEST + " characters, or a list of such.");
                values.add(value.stringValue());
            }
        }
        return headers;
    }

    private static String text(JsonNode body, String field, boolean needed) {
        JsonNode value = body.path(field);
        if (value.isMissingNode() && !needed) return "";
        if (!value.isString() || needed && value.stringValue().isBlank() || value.stringValue().length() > LONGEST)
            throw schema("/" + field, "A text of 1 to " + LONGEST + " characters.");
        return value.stringValue();
    }

    private static Problem schema(String field, String detail) { return new Problem(Problem.Code.SCHEMA, field, detail); }

    private static String brief(String text) { return text.length() <= BRIEF ? text : text.substring(0, BRIEF - 1) + "…"; }
}
