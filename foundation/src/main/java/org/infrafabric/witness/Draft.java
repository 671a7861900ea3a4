package org.infrafabric.witness;

import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * An entry before the log has given it its place.
 *
 * @param type what happened; the payload's fields are those that {@link EventType} lists
 * @param traceId 32 lower-case hex digits
 * @param payload integers, strings, booleans, arrays and objects of these; no fractions (CONTRACT §5)
 * @param blobs payload field → personal or bulky bytes kept beside the log; the field becomes {@code {"blob":{…}}}
 * @param cost what it cost, money in micro-units; empty: the entry has no {@code cost}
 */
public record Draft(EventType type, String traceId, ObjectNode payload, Map<String, Blob> blobs, Optional<ObjectNode> cost) {
    public Draft(EventType type, String traceId, ObjectNode payload) { this(type, traceId, payload, Map.of()); }

    public Draft(EventType type, String traceId, ObjectNode payload, Map<String, Blob> blobs) {
        this(type, traceId, payload, blobs, Optional.empty());
    }

    /** The same with what it cost. */
    public Draft costing(ObjectNode costs) { return new Draft(type, traceId, payload, blobs, Optional.of(costs)); }

    /** Bytes that can be deleted later with the chain whole. */
    public record Blob(String mediaType, byte[] bytes) {}
}
