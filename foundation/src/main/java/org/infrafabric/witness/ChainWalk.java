package org.infrafabric.witness;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.infrafabric.message.VerifyKey;
import org.jspecify.annotations.Nullable;

/**
 * Goes along a chain, some entries at a time, up to the first that is wrong. What concerns one entry alone (form, hash, signature) may be checked on all cores;
 * only the links between entries are followed one by one.
 */
final class ChainWalk {
    /**
     * One entry as it stands in its source.
     *
     * @param trace what the database files it under; null if the source has no such thing
     * @param hash likewise
     */
    record Line(byte[] json, @Nullable String trace, @Nullable String hash) {}

    private static final int PARALLEL_FROM = 8;      // below, waking the other cores costs more than it saves

    private final String node;
    private final boolean allCores;
    private final Map<String, VerifyKey> keys;
    private final Set<String> trusted = new LinkedHashSet<>();
    private final Set<String> signers = new LinkedHashSet<>();
    private long seq;
    private String head;
    private @Nullable String active;
    private Verdict.@Nullable Fault fault;

    /**
     * @param keys keys that the chain may begin with, by id
     * @param trusted keys that the caller vouches for
     * @param from seq of the first entry to come
     * @param prev hash of the entry before it
     * @param allCores false: the caller's thread does all of it
     */
    ChainWalk(String node, Map<String, VerifyKey> keys, Collection<VerifyKey> trusted, long from, String prev, boolean allCores) {
        this.node = node;
        this.allCores = allCores;
        this.keys = new HashMap<>(keys);
        for (VerifyKey key : trusted) {
            this.keys.put(key.keyId(), key);
            this.trusted.add(key.keyId());
        }
        this.seq = from - 1;
        this.head = prev;
    }

    /** The last good entry's seq. */
    long seq() { return seq; }

    /** The last good entry's hash. */
    String head() { return head; }

    Optional<Verdict.Fault> fault() { return Optional.ofNullable(fault); }

    /** The key that signs next; empty text before the first entry. */
    String activeKeyId() { return active == null ? "" : active; }

    List<String> signers() { return List.copyOf(signers); }

    /** The keys that signed, and the one that signs next. */
    List<VerifyKey> keys() {
        return keys.values().stream().filter(key -> signers.contains(key.keyId()) || key.keyId().equals(active)).toList();
    }

    boolean signedByTrusted() { return signers.stream().anyMatch(trusted::contains); }

    /** Goes on with {@code lines}; gives those of them that are good. After the first fault it takes no more. */
    List<ParsedEntry> take(List<Line> lines) {
        if (fault != null) return List.of();
        ParsedEntry[] parsed = new ParsedEntry[lines.size()];
        all(lines.size()).forEach(i -> parsed[i] = ParsedEntry.read(lines.get(i).json()));
        Link[] links = link(lines, parsed);
        int bad = all(links.length).filter(i -> !links[i].signed()).min().orElse(links.length);
        if (bad < links.length)
            fault = new Verdict.Fault(seq + bad + 1, "its signature is not by key " + parsed[bad].keyId() + ": forged or altered");
        List<ParsedEntry> good = new ArrayList<>(bad);
        for (int i = 0; i < bad; i++) {
            good.add(parsed[i]);
            signers.add(parsed[i].keyId());
            head = parsed[i].hash();
        }
        seq += bad;
        return good;
    }

    /** A signature still to be checked. */
    private record Link(VerifyKey key, String hash, String sig) {
        boolean signed() { return key.verify(EntryForm.signedBytes(hash), sig); }
    }

    /** Follows the links as far as they hold. */
    private Link[] link(List<Line> lines, ParsedEntry[] parsed) {
        List<Link> links = new ArrayList<>(parsed.length);
        String prev = head;
        for (int i = 0; i < parsed.length; i++) {
            ParsedEntry entry = parsed[i];
            long due = seq + i + 1;
            String wrong = wrong(lines.get(i), entry, due, prev);
            VerifyKey key = keys.get(entry.keyId());
            if (wrong == null && key == null) wrong = "its key " + entry.keyId() + " is not known here and was never announced";
            if (wrong != null || key == null) {
                fault = new Verdict.Fault(due, String.valueOf(wrong));
                break;
            }
            active = key.keyId();
            links.add(new Link(key, entry.hash(), entry.sig()));
            prev = entry.hash();
            VerifyKey announced = entry.announced();
            if (announced != null) {
                keys.put(announced.keyId(), announced);
                active = announced.keyId();
            }
        }
        return links.toArray(Link[]::new);
    }

    private @Nullable String wrong(Line line, ParsedEntry entry, long due, String prev) {
        if (entry.fault() != null) return entry.fault();
        if (!entry.node().equals(node)) return "it is of node " + entry.node() + ", the chain of " + node;
        if (entry.seq() != due) return "seq " + entry.seq() + " stands where " + due + " is due: entries were removed, repeated or moved";
        if (!entry.prev().equals(prev)) return "it does not follow the entry before it: prev is not that entry's hash";
        if (active != null && !entry.keyId().equals(active)) return "it is signed by key " + entry.keyId() + ", but " + active + " signs here";
        if (line.trace() != null && !line.trace().equals(entry.traceId())) return "the database files it under another trace: its index was altered";
        if (line.hash() != null && !line.hash().equals(entry.hash())) return "the database files it under another hash: its index was altered";
        return null;
    }

    private IntStream all(int count) {
        IntStream all = IntStream.range(0, count);
        return allCores && count >= PARALLEL_FROM ? all.parallel() : all;
    }
}
