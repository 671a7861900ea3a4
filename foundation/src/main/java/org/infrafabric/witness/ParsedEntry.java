package org.infrafabric.witness;

import java.util.ArrayList;
import java.util.List;
import org.infrafabric.message.CanonicalJson;
import org.infrafabric.message.MessageRefused;
import org.infrafabric.message.Rfc3339;
import org.infrafabric.message.Sha256;
import org.infrafabric.message.StrictJson;
import org.infrafabric.message.VerifyKey;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An entry as somebody claims it, checked as far as it can be alone: form, integers, time, hash. Hostile input.
 *
 * @param leaf its hash in the tree (RFC 6962); empty if something is wrong with it
 * @param announced the key that signs from the next entry on, when this entry says so
 * @param blobs what it says of blobs beside it
 * @param fault what is wrong with it, for people; null if nothing is
 */
record ParsedEntry(long seq, String node, String traceId, String prev, String hash, String keyId, String sig, byte[] leaf,
        @Nullable VerifyKey announced, List<BlobReference> blobs, @Nullable String fault) {

    private static final int PARALLEL_FROM = 8;      // below, waking the other cores costs more than it saves

    record BlobReference(String id, String sha256) {}

    static ParsedEntry read(byte[] line) {
        try {
            return read(StrictJson.parse(line));
        } catch (MessageRefused e) {
            return faulty("is no entry: " + e.detail());
        } catch (Wrong e) {
            return faulty(e.what);
        }
    }

    /** Each of {@code lines}, on all cores. */
    static List<ParsedEntry> readAll(List<byte[]> lines) {
        return (lines.size() < PARALLEL_FROM ? lines.stream() : lines.parallelStream()).map(ParsedEntry::read).toList();
    }

    private static ParsedEntry read(ObjectNode entry) throws Wrong {
        JsonNode seq = entry.get("seq");
        if (seq == null || !seq.isIntegralNumber() || !seq.canConvertToLong()) throw new Wrong("seq is missing or no integer");
        String time = text(entry, "time");
        String node = text(entry, "node");
        String component = text(entry, "component");
        String event = text(entry, "event");
        String traceId = text(entry, "traceId");
        String prev = text(entry, "prev");
        String keyId = text(entry, "keyId");
        String hash = text(entry, "hash");
        String sig = text(entry, "sig");
        if (!(entry.get("payload") instanceof ObjectNode payload)) throw new Wrong("payload is missing or no object");
        entry.remove("hash");
        entry.remove("sig");
        byte[] canonical = canonical(entry);
        if (!Sha256.hex(canonical).equals(hash)) throw new Wrong("its content does not give its hash: one of them was altered");
        integersOnly("", entry);
        if (!isTime(time)) throw new Wrong("time is not RFC 3339 UTC with three decimals");
        VerifyKey announced = isAnnouncement(component, event) ? announced(payload) : null;
        List<BlobReference> blobs = new ArrayList<>(0);
        for (JsonNode field : payload.values()) addBlob(field, blobs);
        return new ParsedEntry(seq.longValue(), node, traceId, prev, hash, keyId, sig, MerkleTree.leafHash(canonical), announced, blobs, null);
    }

    private static byte[] canonical(ObjectNode entry) throws Wrong {
        try {
            return CanonicalJson.of(entry);
        } catch (IllegalArgumentException e) {
            throw new Wrong("has no canonical form: " + e.getMessage());
        }
    }

    /** CONTRACT §5: numbers in entries are integers. */
    private static void integersOnly(String path, JsonNode value) throws Wrong {
        if (value.isNumber() && !value.isIntegralNumber()) throw new Wrong(path + " is " + value + ", not an integer");
        if (value instanceof ObjectNode object) {
            for (var member : object.properties()) integersOnly(path.isEmpty() ? member.getKey() : path + "." + member.getKey(), member.getValue());
        } else if (value.isArray()) {
            for (JsonNode element : value.values()) integersOnly(path, element);
        }
    }

    private static boolean isTime(String text) {
        try {
            return text.length() == 24 && Rfc3339.format(Rfc3339.parse(text)).equals(text);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isAnnouncement(String component, String event) {
        return component.equals(EventType.KEY_CHANGED.component()) && event.equals(EventType.KEY_CHANGED.event());
    }

    private static VerifyKey announced(ObjectNode payload) throws Wrong {
        String keyId = text(payload, "keyId");
        try {
            VerifyKey key = VerifyKey.parse(text(payload, "publicKey"));
            if (key.keyId().equals(keyId)) return key;
        } catch (IllegalArgumentException e) {
            throw new Wrong("the key that it announces " + e.getMessage());
        }
        throw new Wrong("the key that it announces does not have the id that it says");
    }

    private static void addBlob(JsonNode field, List<BlobReference> blobs) {
        JsonNode blob = field.path("blob");
        if (field.size() == 1 && blob.path("id").isString() && blob.path("sha256").isString()) {
            blobs.add(new BlobReference(blob.path("id").stringValue(), blob.path("sha256").stringValue()));
        }
    }

    private static String text(ObjectNode object, String field) throws Wrong {
        JsonNode value = object.get(field);
        if (value == null || !value.isString()) throw new Wrong(field + " is missing or no string");
        return value.stringValue();
    }

    private static ParsedEntry faulty(String what) { return new ParsedEntry(0, "", "", "", "", "", "", new byte[0], null, List.of(), what); }

    /** Leaves the reading of one entry; carries no stack, for there may be millions. */
    private static final class Wrong extends Exception {
        private static final long serialVersionUID = 1;
        private final String what;

        Wrong(String what) {
            super(what, null, false, false);
            this.what = what;
        }
    }
}
