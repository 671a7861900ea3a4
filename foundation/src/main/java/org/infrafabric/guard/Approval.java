package org.infrafabric.guard;

import java.util.List;

/**
 * What a council's approval needs beside its majority: so many of these guardians must themselves have approved; else the decision is hold.
 *
 * @param need 1 or more
 * @param of guardians' ids, at least {@code need} of them; empty: any guardian
 */
public record Approval(int need, List<String> of) {
    public Approval {
        of = List.copyOf(of);
    }

    public boolean counts(String guardian) { return of.isEmpty() || of.contains(guardian); }
}
