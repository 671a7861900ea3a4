package org.infrafabric.server;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.infrafabric.message.CanonicalJson;
import org.infrafabric.message.Rfc3339;
import org.infrafabric.message.Sha256;
import org.infrafabric.message.SigningKey;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.witness.Change;
import org.infrafabric.witness.Cosigning;
import org.infrafabric.witness.Draft;
import org.infrafabric.witness.Entry;
import org.infrafabric.witness.EventType;
import org.infrafabric.witness.Subscription;
import org.infrafabric.witness.WitnessLog;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A log in memory whose entries are chained and signed as CONTRACT §5 says, so that what shows or checks them has real ones. */
final class MemoryLog implements LogReader {
    static final SigningKey KEY = SigningKey.ofSeed(new byte[32]);

    private final WitnessLog other = provable(0);
    volatile LogProofs proofs = LogProofs.of(other, Cosigning.none(other));
    private final List<Entry> entries = new ArrayList<>();
    private final List<Consumer<Entry>> listeners = new CopyOnWriteArrayList<>();

    synchronized Entry add(String component, String event, String trace, ObjectNode payload, Instant time) {
        ObjectNode node = JsonMapper.shared().createObjectNode().put("seq", entries.size() + 1).put("time", Rfc3339.format(time))
                .put("node", "node-1")
                .put("component", component).put("event", event).put("traceId", trace);
        node.set("payload", payload);
        node.put("prev", entries.isEmpty() ? "0".repeat(64) : entries.getLast().hash()).put("keyId", KEY.keyId());
        String hash = Sha256.hex(CanonicalJson.of(node));
        node.put("hash", hash).put("sig", KEY.signBase64Url(("ifbus-witness-1:" + hash).getBytes(StandardCharsets.US_ASCII)));
        Entry entry = new Entry(entries.size() + 1, node.get("time").asString(), component, event, trace, hash, node.toString());
        entries.add(entry);
        listeners.forEach(listener -> listener.accept(entry));
        return entry;
    }

    Entry add(String event, String trace, String escalation) {
        return add("IF.escalate", event, trace, JsonMapper.shared().createObjectNode().put("escalation", escalation), Instant.EPOCH);
    }

    @Override
    public synchronized List<Entry> entries(Optional<String> traceId, long from, int limit) {
        return entries.stream().filter(entry -> entry.seq() >= from && traceId.map(entry.traceId()::equals).orElse(true)).limit(limit).toList();
    }

    @Override
    public synchronized Optional<Entry> head() { return entries.isEmpty() ? Optional.empty() : Optional.of(entries.getLast()); }

    @Override
    public Subscription subscribe(Consumer<Entry> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /** Of a log of its own, with entries of which only their number counts. */
    @Override
    public LogProofs proofs() { return proofs; }

    /** Of that same log; its new keys are written nowhere. */
    @Override
    public LogKeeper keeper() {
        return new LogKeeper() {
            @Override
            public Entry rotateKey() { return other.changeKey(SigningKey.generate(), "0".repeat(32)).join(); }

            @Override
            public Entry deleteBlob(String id, String reason) { return other.deleteBlob(id, reason).join(); }
        };
    }

    static WitnessLog provable(int entries) {
        WitnessLog log = WitnessLog.open(SqliteStore.inMemory(), "node-1", KEY, InstantSource.fixed(Instant.EPOCH));
        for (int i = 0; i < entries; i++) {
            ObjectNode payload = JsonMapper.shared().createObjectNode().put("escalation", "esc-" + i);
            log.append(Change.of(new Draft(EventType.RECEIVED, "0af7651916cd43dd8448eb211c80319c", payload))).join();
        }
        return log;
    }

    int listeners() { return listeners.size(); }
}
