package org.infrafabric.witness;

import java.util.HashSet;
import java.util.List;

/**
 * Whose cosignatures make a checkpoint believed: at least {@code need} of these witnesses.
 *
 * @param witnesses each with its own name and key
 * @param need from 0 (nobody's) to their number
 */
public record CosignPolicy(List<NoteKey> witnesses, int need) {
    /** Nobody is asked. */
    public static final CosignPolicy NONE = new CosignPolicy(List.of(), 0);

    public CosignPolicy {
        witnesses = List.copyOf(witnesses);
        for (NoteKey witness : witnesses)
            if (witness.kind() != NoteKey.Kind.COSIGNATURE) throw new IllegalArgumentException(witness.name() + "'s key is a log's, not a witness's");
        if (need < 0 || need > witnesses.size())
            throw new IllegalArgumentException(
                    need + " cosignatures of " + witnesses.size() + " witnesses are needed: 0 to " + witnesses.size() + " can be had");
        if (new HashSet<>(witnesses.stream().map(NoteKey::key).toList()).size() < witnesses.size())
            throw new IllegalArgumentException("two witnesses have one key: they are one witness");
    }

    /**
     * How many of the witnesses cosigned it.
     *
     * @throws IllegalArgumentException a line in the name of one of them does not hold
     */
    public int count(Checkpoint checkpoint) {
        return (int) witnesses.stream().filter(witness -> checkpoint.cosignedBy(witness).isPresent()).count();
    }
}
