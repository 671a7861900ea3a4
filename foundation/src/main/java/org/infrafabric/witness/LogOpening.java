package org.infrafabric.witness;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.infrafabric.message.SigningKey;
import org.infrafabric.message.VerifyKey;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.store.Transaction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds where a chain ends before anything is added to it, and refuses one that is not this node's, not this key's or broken at its end. */
final class LogOpening {
    private static final Logger LOG = LoggerFactory.getLogger(LogOpening.class);
    /** How many of the last entries are verified with their signatures; {@link Verifier} does all. */
    static final int CHECKED = 64;
    /** How many of the last entries are held against the stored tree, whose root the newest checkpoint signs. */
    static final int HELD_AGAINST_TREE = 1_024;
    private static final int STEP = 4_096;

    /** The log as it was found, or begun. */
    record Found(LogName name, Sealer.Durable durable) {}

    private record Chain(long seq, String hash) {}

    private LogOpening() {}

    static Found open(SqliteStore store, LogName name, SigningKey key, String now) {
        lookAgain(store);
        try {
            return store.write(tx -> open(tx, name, key, now)).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) throw cause;
            throw e;
        }
    }

    private static Found open(Transaction tx, LogName name, SigningKey key, String now) {
        LogName kept = named(tx, name);
        Chain chain = chain(tx, kept.node(), key, now);
        TreeEdge edge = tree(tx, kept, chain.seq());
        return new Found(kept, new Sealer.Durable(new Sealing.End(chain.seq(), chain.hash(), key), edge));
    }

    /** Where a former life found a fault, all is verified before anything is added: the end alone would not show it. */
    private static void lookAgain(SqliteStore store) {
        if (store.read(tx -> tx.first("SELECT 1 FROM witness_faults", row -> true)).isEmpty()) return;
        Optional<Verdict.Fault> fault = new Verifier(List.of(), Optional.empty()).verify(store).fault();
        if (fault.isPresent()) throw broken(fault.get());
        LOG.info("the witness log, in which a fault was found, is whole again");
        store.write(tx -> tx.execute("DELETE FROM witness_faults")).join();
    }

    private static BrokenLog broken(Verdict.Fault fault) {
        return new BrokenLog("the witness log is broken at seq " + fault.seq() + ": " + fault.what() + "; nothing is added to it");
    }

    private static LogName named(Transaction tx, LogName name) {
        Optional<String> known = tx.first("SELECT node FROM witness_node", row -> row.text(0));
        if (known.isEmpty()) tx.execute("INSERT INTO witness_node (node) VALUES (?)", name.node());
        else if (!known.get().equals(name.node())) {
            throw new IllegalArgumentException(
                    "the data directory holds the log of node " + known.get() + ", not of " + name.node() + ": one chain a node");
        }
        tx.execute("UPDATE witness_node SET origin = ? WHERE origin IS NULL", name.origin());
        String origin = tx.first("SELECT origin FROM witness_node", row -> row.text(0)).orElseThrow();
        if (!origin.equals(name.origin()))
            LOG.warn("the witness log keeps the origin that it began with, {}; the config's domain would make it {}", origin,
                    name.origin());
        return new LogName(origin, name.node());
    }

    private static Chain chain(Transaction tx, String node, SigningKey key, String now) {
        List<ChainWalk.Line> last = tx.query("SELECT json, trace, hash FROM witness_entries ORDER BY seq DESC LIMIT ?",
                row -> new ChainWalk.Line(row.text(0).getBytes(UTF_8), row.text(1), row.text(2)), (long) CHECKED + 1);
        if (last.isEmpty()) {
            tx.execute("DELETE FROM witness_keys"); // of an earlier start that wrote nothing
            addKey(tx, key.verifyKey(), now, 1);
            return new Chain(0, EntryForm.GENESIS);
        }
        return checked(tx, new ArrayList<>(last.reversed()), node, key);
    }

    /** The tree's edge, once the stored part is known to be the one that was signed. */
    private static TreeEdge tree(Transaction tx, LogName name, long size) {
        Optional<Checkpoint> newest = Checkpoints.newest(tx);
        newest.ifPresent(checkpoint -> checkSigned(tx, name, checkpoint));
        if (newest.isPresent() && newest.get().size() > size) {
            throw new BrokenLog("the witness log has " + size + " entries, and a checkpoint says that it had " + newest.get().size()
                    + ": entries were removed at its end; nothing is added to it");
        }
        try {
            TreeEdge edge = grown(tx, StoredTree.edge(tx, Math.min(StoredTree.fullTiles(tx) << Tile.SPAN, size)), size);
            if (newest.isEmpty() || agrees(tx, edge, newest.get())) {
                holdAgainstTree(tx, edge);
                return edge;
            }
        } catch (BrokenLog damaged) {
            LOG.warn("the stored hash tree is damaged and is made again from the entries: {}", damaged.getMessage());
        }
        tx.execute("DELETE FROM witness_tiles");
        TreeEdge edge = grown(tx, new TreeEdge(), size);
        if (newest.isPresent() && !agrees(tx, edge, newest.get())) {
            throw new BrokenLog("the witness log is not the one of which checkpoint " + newest.get().size()
                    + " was signed: an entry was altered, removed or added; 'ifbus witness verify' says which; nothing is added to it");
        }
        return edge;
    }

    private static void checkSigned(Transaction tx, LogName name, Checkpoint checkpoint) {
        for (VerifyKey key : keys(tx).values()) {
            try {
                if (checkpoint.origin().equals(name.origin()) && checkpoint.isSignedBy(NoteKey.log(name.origin(), key))) return;
            } catch (IllegalArgumentException forged) {
                break;
            }
        }
        throw new BrokenLog("the newest checkpoint in the database was not signed by this log's key; nothing is added to it");
    }

    private static boolean agrees(Transaction tx, TreeEdge edge, Checkpoint checkpoint) {
        return Arrays.equals(new StoredTree(tx, edge).root(checkpoint.size()), checkpoint.root());
    }

    /** Adds what the tree lacks: nothing usually, all of it in a log that was begun before there was a tree. */
    private static TreeEdge grown(Transaction tx, TreeEdge edge, long size) {
        while (edge.size() < size) {
            long to = Math.min(size, edge.size() + STEP);
            for (byte[] leaf : StoredTree.leaves(tx, edge.size(), to))
                edge.append(leaf, (level, number, tile) -> StoredTree.put(tx, level, number, tile));
        }
        return edge;
    }

    /** The last entries have to be the leaves of the tree; those before them are looked at by who verifies the whole log. */
    private static void holdAgainstTree(Transaction tx, TreeEdge edge) {
        StoredTree tree = new StoredTree(tx, edge);
        long from = Math.max(0, edge.size() - HELD_AGAINST_TREE);
        long index = from;
        for (byte[] leaf : StoredTree.leaves(tx, from, edge.size())) {
            if (!Arrays.equals(leaf, tree.node(0, index))) throw new BrokenLog("the entry " + (index + 1) + " is not the one in the tree");
            index++;
        }
    }

    private static Chain checked(Transaction tx, List<ChainWalk.Line> last, String node, SigningKey key) {
        Map<String, VerifyKey> keys = keys(tx);
        ParsedEntry first = ParsedEntry.read(last.getFirst().json());
        boolean whole = last.size() <= CHECKED;
        long from = whole ? 1 : first.seq();
        ChainWalk walk = new ChainWalk(node, keys, List.of(), from, whole ? EntryForm.GENESIS : first.prev(), true);
        walk.take(last);
        if (walk.fault().isPresent()) {
            throw broken(walk.fault().get());
        }
        if (!walk.activeKeyId().equals(key.keyId())) {
            throw new IllegalArgumentException("the witness log is signed by key " + walk.activeKeyId() + ", not by " + key.keyId()
                    + ": start with that key, and let it announce the new one");
        }
        return new Chain(walk.seq(), walk.head());
    }

    private static Map<String, VerifyKey> keys(Transaction tx) {
        Map<String, VerifyKey> keys = new HashMap<>();
        for (String publicKey : tx.query("SELECT public_key FROM witness_keys", row -> row.text(0))) {
            VerifyKey one = readKey(publicKey);
            keys.put(one.keyId(), one);
        }
        return keys;
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
