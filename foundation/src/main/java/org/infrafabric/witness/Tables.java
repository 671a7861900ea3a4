package org.infrafabric.witness;

import java.util.List;

/** The log's tables. {@code json} is the entry; the other columns repeat parts of it to find it by. */
final class Tables {
    static final String ROOM = "witness";

    static final List<String> STEPS = List.of(
            "CREATE TABLE witness_node (node TEXT NOT NULL) STRICT",
            "CREATE TABLE witness_entries (seq INTEGER PRIMARY KEY, trace TEXT NOT NULL, escalation TEXT, hash TEXT NOT NULL, json TEXT NOT NULL) STRICT",
            "CREATE INDEX witness_entries_trace ON witness_entries (trace, seq)",
            "CREATE INDEX witness_entries_escalation ON witness_entries (escalation) WHERE escalation IS NOT NULL",
            "CREATE TABLE witness_keys (key_id TEXT PRIMARY KEY, public_key TEXT NOT NULL, since TEXT NOT NULL, from_seq INTEGER NOT NULL) STRICT",
            // a deleted blob keeps its row, without salt and bytes, and names the entry that tells of its deletion
            "CREATE TABLE witness_blobs (id TEXT PRIMARY KEY, seq INTEGER NOT NULL, media_type TEXT NOT NULL, salt BLOB, bytes BLOB, deleted INTEGER) STRICT",
            // the hash tree above the chain, in tiles of 256 hashes: derived from the entries, made again when missing
            "CREATE TABLE witness_tiles (level INTEGER NOT NULL, tile INTEGER NOT NULL, hashes BLOB NOT NULL, PRIMARY KEY (level, tile)) STRICT, WITHOUT ROWID",
            // signed notes; 'cosignatures' counts those of the witnesses that the policy names
            "CREATE TABLE witness_checkpoints (size INTEGER PRIMARY KEY, note TEXT NOT NULL, cosignatures INTEGER NOT NULL) STRICT",
            "ALTER TABLE witness_node ADD COLUMN origin TEXT",
            // what was found to be wrong while the bus ran; the next start looks again before it adds anything
            "CREATE TABLE witness_faults (seq INTEGER NOT NULL, what TEXT NOT NULL) STRICT");

    private Tables() {}
}
