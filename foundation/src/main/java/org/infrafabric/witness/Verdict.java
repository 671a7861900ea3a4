package org.infrafabric.witness;

import java.util.List;
import java.util.Optional;

/**
 * What the verifier found.
 *
 * @param node whose chain it is
 * @param entries good entries from the beginning, up to the first bad one
 * @param head hash of the last good entry; 64 zeros for none
 * @param root of the hash tree over those entries, hex
 * @param fault the first thing that is wrong; empty if the log is whole
 * @param proven true if the signatures lead to a key that the caller gave; false if only the log's own word says whose keys they are
 * @param keyIds keys that signed, the first first
 */
public record Verdict(String node, long entries, String head, String root, Optional<Fault> fault, boolean proven, List<String> keyIds) {
    /**
     * The first bad entry.
     *
     * @param seq the place in the chain, from 1, where something else was due; 0 for the export's first line
     * @param what for people: what is wrong with it
     */
    public record Fault(long seq, String what) {}

    /** Nothing could be read at all. {@code seq}: where something was due. */
    static Verdict unreadable(String node, long seq, String what) {
        return new Verdict(node, 0, EntryForm.GENESIS, new TreeCheck(List.of(), false).root(), Optional.of(new Fault(seq, what)), false, List.of());
    }

    public boolean intact() { return fault.isEmpty(); }
}
