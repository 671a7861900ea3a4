package org.infrafabric.message;

import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A validated IFMessage v1.0 (CONTRACT §3). A v2.1 message is mapped to v1.0 at the door; what was signed, and what is hashed and kept, is always the message
 * as it came. Unknown fields are kept. Immutable, as long as nobody writes into the trees it hands out.
 */
public final class IfMessage {
    private final ObjectNode original;
    private final ObjectNode mapped;
    private final JsonNode payload;
    private final Instant timestamp;
    private final Optional<Instant> deadline;
    private final Optional<String> traceId;
    private final byte[] canonical;
    private final String requestSha256;

    private IfMessage(ObjectNode original, ObjectNode mapped) throws MessageRefused {
        this.original = original;
        this.mapped = mapped;
        this.payload = mapped.path("payload");
        boolean v21 = mapped != original;
        this.timestamp = time(mapped.path("timestamp"), "/timestamp");
        JsonNode until = payload.path("deadline");
        this.deadline = until.isMissingNode() ? Optional.empty() : Optional.of(time(until, v21 ? "/content/deadline" : "/payload/deadline"));
        this.traceId = text(mapped, "traceId").map(TraceIds::normal);
        ObjectNode bare = original.objectNode();
        bare.setAll(original);
        bare.remove("signature");
        this.canonical = CanonicalJson.of(bare);
        this.requestSha256 = Sha256.hex(canonical);
    }

    /**
     * Reads a message as it came over the network: {@link StrictJson}, then the JSON Schema of its version, then the mapping to v1.0.
     *
     * @throws MessageRefused when it is none
     */
    public static IfMessage parse(byte[] utf8) throws MessageRefused { return of(StrictJson.parse(utf8)); }

    /**
     * The same for a tree that was built here or read by {@link StrictJson}. The tree is kept, not copied.
     *
     * @throws MessageRefused when it is no message
     */
    public static IfMessage of(ObjectNode tree) throws MessageRefused {
        boolean v21 = tree.path("version").asString("").equals("2.1");
        (v21 ? MessageSchema.V2_1 : MessageSchema.V1_0).check(tree);
        try {
            return new IfMessage(tree, v21 ? MessageV21.toV10(tree) : tree);
        } catch (IllegalArgumentException e) {
            throw new MessageRefused(MessageRefused.Code.MALFORMED, "", String.valueOf(e.getMessage()));
        }
    }

    public String id() { return required(mapped, "id"); }

    public Instant timestamp() { return timestamp; }

    /** 1 to 5. */
    public int level() { return mapped.path("level").intValue(); }

    public String source() { return required(mapped, "source"); }

    public String destination() { return required(mapped, "destination"); }

    /** 32 lower-case hex digits; the bus gives one to a message without. */
    public Optional<String> traceId() { return traceId; }

    /** Upper case, such as {@code ESCALATE}. */
    public String performative() { return required(payload, "performative"); }

    /** Each once, in the order given, the first the main one; empty only when the message is no escalation. */
    public List<String> hazards() {
        LinkedHashSet<String> hazards = new LinkedHashSet<>();
        for (JsonNode hazard : payload.path("hazards")) hazards.add(hazard.stringValue());
        return List.copyOf(hazards);
    }

    /** Empty only when the message is no escalation. */
    public String summary() { return payload.path("summary").asString(""); }

    /** {@code low}, {@code medium}, {@code high} or {@code critical}. */
    public Optional<String> severity() { return text(payload, "severity"); }

    public List<Evidence> evidence() { return Stream.of(payload.path("evidence")).flatMap(JsonNode::valueStream).map(Evidence::of).toList(); }

    /** 0 to 1. */
    public OptionalDouble confidence() {
        JsonNode normalized = payload.path("confidence").path("normalized");
        return normalized.isNumber() ? OptionalDouble.of(normalized.doubleValue()) : OptionalDouble.empty();
    }

    public Optional<String> conversationId() { return text(payload, "conversationId"); }

    /** Where the decision is to be sent; whether that host is allowed is not judged here. */
    public Optional<String> callback() {
        return text(payload, "callback");
    }

    public Optional<Instant> deadline() { return deadline; }

    /** The message as it came, signature and unknown fields included. Not to be written into. */
    public ObjectNode original() { return original; }

    /** The message in the form of v1.0: {@link #original} itself, or what v2.1 maps to (without its signature, which holds for the original only). */
    public ObjectNode v10() {
        return mapped;
    }

    /** RFC 8785 form of the original without its signature: what is signed. */
    public byte[] canonical() { return canonical.clone(); }

    /** Lower-case hex SHA-256 of {@link #canonical}: tells a repetition from another message under the same id. */
    public String requestSha256() {
        return requestSha256;
    }

    public Optional<Signature> signature() {
        JsonNode signature = original.path("signature");
        if (signature.isMissingNode()) return Optional.empty();
        return Optional.of(new Signature(required(signature, "algorithm"), required(signature, "keyId"), required(signature, "value")));
    }

    /** A signature as it stands in the message, not yet verified. */
    public record Signature(String algorithm, String keyId, String value) {}

    @Override
    public String toString() { return "IfMessage[" + id() + " from " + source() + "]"; }

    private static Instant time(JsonNode node, String field) throws MessageRefused {
        try {
            return Rfc3339.parse(node.asString(""));
        } catch (IllegalArgumentException e) {
            throw new MessageRefused(MessageRefused.Code.SCHEMA, field, String.valueOf(e.getMessage()));
        }
    }

    private static String required(JsonNode object, String name) { return object.path(name).asString(""); }

    private static Optional<String> text(JsonNode object, String name) {
        JsonNode node = object.path(name);
        return node.isString() ? Optional.of(node.stringValue()) : Optional.empty();
    }
}
