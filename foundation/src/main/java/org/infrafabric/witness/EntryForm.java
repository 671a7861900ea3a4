package org.infrafabric.witness;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.regex.Pattern;
import org.infrafabric.message.MessageRefused;
import org.infrafabric.message.Sha256;
import org.infrafabric.message.SigningKey;
import org.infrafabric.message.StrictJson;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** How an entry is written, hashed and signed (CONTRACT §5). */
final class EntryForm {
    /** What the first entry names as the hash before it. */
    static final String GENESIS = "0".repeat(64);

    private static final String SIGNED = "ifbus-witness-1:";
    private static final Pattern NODE = Pattern.compile("[A-Za-z0-9._:-]{1,64}"); // needs no escaping in JSON

    private EntryForm() {}

    /** An entry with its signature, and its leaf in the tree. */
    record Sealed(Entry entry, byte[] leaf) {}

    /** An entry with its place and hash, still unsigned: signature and leaf need nothing of other entries, so many can be made side by side. */
    record Hashed(long seq, String time, String node, PreparedDraft draft, String prev, String keyId, String hash, byte[] canonical) {
        Sealed signed(SigningKey key) {
            String sig = key.signBase64Url(signedBytes(hash));
            String cost = draft.costLine().isEmpty() ? "" : ",\"cost\":" + draft.costLine();
            String json = "{\"seq\":" + seq + ",\"time\":\"" + time + "\",\"node\":\"" + node + "\",\"component\":\"" + draft.component()
                    + "\",\"event\":\"" + draft.event() + "\",\"traceId\":\"" + draft.traceId() + "\",\"payload\":" + draft.payloadLine() + cost
                    + ",\"prev\":\"" + prev + "\",\"keyId\":\"" + keyId + "\",\"hash\":\"" + hash + "\",\"sig\":\"" + sig + "\"}";
            Entry entry = new Entry(seq, time, draft.component(), draft.event(), draft.traceId(), hash, json, draft.payload());
            return new Sealed(entry, MerkleTree.leafHash(canonical));
        }
    }

    /** Everything but payload and cost is plain ASCII that needs no escaping, so the canonical form is put together in the order of its names. */
    static Hashed hash(long seq, String time, String node, PreparedDraft draft, String prev, String keyId) {
        byte[] cost = draft.canonicalCost();
        byte[] head = ("{\"component\":\"" + draft.component() + (cost.length == 0 ? "\"" : "\",\"cost\":")).getBytes(US_ASCII);
        byte[] middle = (",\"event\":\"" + draft.event() + "\",\"keyId\":\"" + keyId + "\",\"node\":\"" + node + "\",\"payload\":")
                .getBytes(US_ASCII);
        byte[] end = (",\"prev\":\"" + prev + "\",\"seq\":" + seq + ",\"time\":\"" + time + "\",\"traceId\":\"" + draft.traceId() + "\"}")
                .getBytes(US_ASCII);
        byte[] canonical = joined(head, cost, middle, draft.canonicalPayload(), end);
        return new Hashed(seq, time, node, draft, prev, keyId, Sha256.hex(canonical), canonical);
    }

    private static byte[] joined(byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) length += part.length;
        byte[] whole = new byte[length];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, whole, at, part.length);
            at += part.length;
        }
        return whole;
    }

    /** The bytes that the node's key signs. */
    static byte[] signedBytes(String hash) { return (SIGNED + hash).getBytes(US_ASCII); }

    /** Reads an entry that this store wrote. Throws {@link BrokenLog} if it is none. */
    static Entry read(String json) {
        try {
            ObjectNode entry = StrictJson.parse(json.getBytes(UTF_8));
            if (!(entry.get("payload") instanceof ObjectNode payload)) throw new BrokenLog("an entry in the database has no payload");
            return new Entry(entry.path("seq").longValue(), text(entry, "time"), text(entry, "component"), text(entry, "event"),
                    text(entry, "traceId"), text(entry, "hash"), json, payload);
        } catch (MessageRefused e) {
            throw new BrokenLog("an entry in the database is unreadable: " + e.detail());
        }
    }

    private static String text(ObjectNode entry, String field) {
        JsonNode value = entry.get(field);
        if (value == null || !value.isString()) throw new BrokenLog("an entry in the database has no " + field);
        return value.stringValue();
    }

    /** Throws {@link IllegalArgumentException} for a node name that is not 1–64 of {@code A-Z a-z 0-9 . _ : -}. */
    static String checkedNode(String node) {
        if (!NODE.matcher(node).matches())
            throw new IllegalArgumentException("node name \"" + node + "\": 1 to 64 letters, digits and . _ : - are allowed");
        return node;
    }
}
