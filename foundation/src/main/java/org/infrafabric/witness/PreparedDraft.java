package org.infrafabric.witness;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.infrafabric.message.CanonicalJson;
import org.infrafabric.message.Sha256;
import org.infrafabric.message.TraceIds;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A draft checked, cut loose from its caller and written out, all on the caller's thread: the log only puts the pieces together.
 *
 * @param payload a copy that is nobody else's
 * @param payloadLine the payload as one line of JSON, fields in the order of the draft
 * @param canonicalPayload the payload's RFC 8785 form
 * @param costLine as {@code payloadLine}; empty without cost
 * @param canonicalCost as {@code canonicalPayload}; empty without cost
 */
record PreparedDraft(String component, String event, String traceId, ObjectNode payload, String payloadLine, byte[] canonicalPayload, String costLine,
        byte[] canonicalCost, List<PreparedBlob> blobs) {
    static final int MAX_PAYLOAD_BYTES = 1 << 20;
    static final int MAX_BLOB_BYTES = 64 << 20;
    private static final int MAX_DEPTH = 24;                             // with the entry around it, well under what readers take
    private static final long MAX_INTEGER = (1L << 53) - 1;              // what every JSON reader holds exactly, RFC 7493 §2.2
    private static final int SALT_BYTES = 32;

    /** A blob on its way into the store. */
    record PreparedBlob(String id, String mediaType, byte[] salt, byte[] bytes) {}

    /**
     * @param salts where blobs' salts come from
     * @throws IllegalArgumentException saying which field of which event is wrong
     */
    static PreparedDraft of(Draft draft, RandomGenerator salts) {
        EventType type = draft.type();
        return of(type.component(), type.event(), Optional.of(type.fields()), draft, salts);
    }

    /** As above, for a component and event given as text; {@code fields} empty: any field may stand in the payload. */
    static PreparedDraft of(String component, String event, Optional<List<String>> fields, Draft draft, RandomGenerator salts) {
        String what = component + " " + event;
        if (TraceIds.parse(draft.traceId()).filter(draft.traceId()::equals).isEmpty()) throw wrong(what, "traceId is not 32 lower-case hex digits");
        ObjectNode payload = draft.payload().deepCopy();
        List<PreparedBlob> blobs = new ArrayList<>(draft.blobs().size());
        if (!draft.blobs().isEmpty()) addBlobs(what, draft, salts, payload, blobs);
        for (Map.Entry<String, JsonNode> field : payload.properties()) {
            if (fields.isPresent() && !fields.get().contains(field.getKey())) {
                throw wrong(what, "has no field " + field.getKey() + "; EventType lists " + String.join(", ", fields.get()));
            }
            integersOnly(what, field.getKey(), field.getValue(), 1);
        }
        byte[] canonical = CanonicalJson.of(payload);
        if (canonical.length > MAX_PAYLOAD_BYTES) throw wrong(what, "payload is over " + MAX_PAYLOAD_BYTES + " bytes; bulky content is a blob");
        if (draft.cost().isEmpty())
            return new PreparedDraft(component, event, draft.traceId(), payload, payload.toString(), canonical, "", new byte[0], List.copyOf(blobs));
        ObjectNode cost = draft.cost().get();
        integersOnly(what, "cost", cost, 1);
        byte[] canonicalCost = CanonicalJson.of(cost);
        if (canonicalCost.length > MAX_PAYLOAD_BYTES) throw wrong(what, "cost is over " + MAX_PAYLOAD_BYTES + " bytes");
        return new PreparedDraft(component, event, draft.traceId(), payload, payload.toString(), canonical, cost.toString(), canonicalCost,
                List.copyOf(blobs));
    }

    private static void addBlobs(String what, Draft draft, RandomGenerator salts, ObjectNode payload, List<PreparedBlob> blobs) {
        Map<String, Draft.Blob> given = new HashMap<>(draft.blobs());
        for (String field : given.keySet().stream().sorted().toList()) {
            if (payload.has(field)) throw wrong(what, "field " + field + " is both in the payload and a blob");
            Draft.Blob blob = given.get(field);
            if (blob == null || blob.bytes().length > MAX_BLOB_BYTES) throw wrong(what, "blob " + field + " is over " + MAX_BLOB_BYTES + " bytes");
            byte[] salt = new byte[SALT_BYTES];
            salts.nextBytes(salt);
            byte[] bytes = blob.bytes().clone();
            String sha256 = Sha256.hex(salt, bytes);
            PreparedBlob prepared = new PreparedBlob("b" + sha256.substring(0, 24), blob.mediaType(), salt, bytes);
            payload.set(field, reference(prepared, sha256));
            blobs.add(prepared);
        }
    }

    /** CONTRACT §5: what the entry says of a blob. */
    private static ObjectNode reference(PreparedBlob blob, String sha256) {
        ObjectNode inner = JsonNodeFactory.instance.objectNode();
        inner.put("id", blob.id()).put("size", blob.bytes().length).put("mediaType", blob.mediaType()).put("sha256", sha256);
        return JsonNodeFactory.instance.objectNode().set("blob", inner);
    }

    private static void integersOnly(String what, String field, JsonNode value, int depth) {
        if (depth > MAX_DEPTH) throw wrong(what, "field " + field + " is nested over " + MAX_DEPTH + " deep");
        switch (value.getNodeType()) {
            case STRING, BOOLEAN -> {}
            case NUMBER -> {
                if (!value.isIntegralNumber() || !value.canConvertToLong() || Math.abs(value.longValue()) > MAX_INTEGER) {
                    throw wrong(what, "field " + field + " is " + value + ": numbers in entries are integers within ±(2^53−1)");
                }
            }
            case ARRAY -> value.values().forEach(element -> integersOnly(what, field, element, depth + 1));
            case OBJECT -> value.properties().forEach(member -> integersOnly(what, field + "." + member.getKey(), member.getValue(), depth + 1));
            default -> throw wrong(what, "field " + field + " is " + value.getNodeType() + ": leave it out instead");
        }
    }

    /** What the payload calls {@code escalation}, to find the trace by. */
    Optional<String> escalation() {
        JsonNode id = payload.get("escalation");
        return id != null && id.isString() ? Optional.of(id.stringValue()) : Optional.empty();
    }

    /** What it takes in the queue, roughly, in bytes. */
    long weight() {
        long weight = 768 + 2L * payloadLine.length() + 2L * canonicalPayload.length + 2L * canonicalCost.length;
        for (PreparedBlob blob : blobs) weight += blob.bytes().length;
        return weight;
    }

    private static IllegalArgumentException wrong(String what, String why) { return new IllegalArgumentException("event " + what + ": " + why); }
}
