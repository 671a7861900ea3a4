package org.infrafabric.witness;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.infrafabric.message.SigningKey;
import org.infrafabric.message.VerifyKey;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.store.Transaction;

/** Finds where a chain ends before anything is added to it, and refuses one that is not this node's, not this key's or broken at its end. */
final class LogOpening {
    /** How many of the last entries are verified; {@link Verifier} does all. */
    static final int CHECKED = 64;

    /** Where the chain ends; seq 0 when it begins. */
    record Found(long seq, String hash) {}

    private LogOpening() {}

    static Found open(SqliteStore store, String node, SigningKey key, String now) {
        try {
            return store.write(tx -> open(tx, node, key, now)).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) throw cause;
            throw e;
        }
    }

    private static Found open(Transaction tx, String node, SigningKey key, String now) {
        Optional<String> known = tx.first("SELECT node FROM witness_node", row -> row.text(0));
        if (known.isEmpty()) tx.execute("INSERT INTO witness_node (node) VALUES (?)", node);
        else if (!known.get().equals(node)) {
            throw new IllegalArgumentException("the data directory holds the log of node " + known.get() + ", not of " + node + ": one chain a node");
        }
        List<ChainWalk.Line> last = tx.query("SELECT json, trace, hash FROM witness_entries ORDER BY seq DESC LIMIT ?",
                row -> new ChainWalk.Line(row.text(0).getBytes(UTF_8), row.text(1), row.text(2)), (long) CHECKED + 1);
        if (last.isEmpty()) {
            tx.execute("DELETE FROM witness_keys"); // of an earlier start that wrote nothing
            addKey(tx, key.verifyKey(), now, 1);
            return new Found(0, EntryForm.GENESIS);
        }
        return checked(tx, new ArrayList<>(last.reversed()), node, key);
    }

    private static Found checked(Transaction tx, List<ChainWalk.Line> last, String node, SigningKey key) {
        Map<String, VerifyKey> keys = new HashMap<>();
        for (String publicKey : tx.query("SELECT public_key FROM witness_keys", row -> row.text(0))) {
            VerifyKey one = readKey(publicKey);
            keys.put(one.keyId(), one);
        }
        ParsedEntry first = ParsedEntry.read(last.getFirst().json());
        boolean whole = last.size() <= CHECKED;
        long from = whole ? 1 : first.seq();
        ChainWalk walk = new ChainWalk(node, keys, List.of(), from, whole ? EntryForm.GENESIS : first.prev());
        walk.take(last);
        if (walk.fault().isPresent()) {
            Verdict.Fault fault = walk.fault().get();
            throw new BrokenLog("the witness log is broken at seq " + fault.seq() + ": " + fault.what() + "; nothing is added to it");
        }
        if (!walk.activeKeyId().equals(key.keyId())) {
            throw new IllegalArgumentException("the witness log is signed by key " + walk.activeKeyId() + ", not by " + key.keyId()
                    + ": start with that key, and let it announce the new one");
        }
        return new Found(walk.seq(), walk.head());
    }

    static void addKey(Transaction tx, VerifyKey key, String since, long fromSeq) {
        // a key that comes back keeps its first date
        tx.execute("INSERT OR IGNORE INTO witness_keys (key_id, public_key, since, from_seq) VALUES (?, ?, ?, ?)", key.keyId(), key.toString(), since,
                fromSeq);
    }

    private static VerifyKey readKey(String publicKey) {
        try {
            return VerifyKey.parse(publicKey);
        } catch (IllegalArgumentException e) {
            throw new BrokenLog("a key in the database cannot be read: " + e.getMessage());
        }
    }
}
