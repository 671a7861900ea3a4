package org.infrafabric.guard;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.infrafabric.message.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * A change that N of M people must approve before it counts. At most one waits at a time; a later one takes its place, and approvals given to the former are
 * worth nothing then. Owns no clock: it is told what time it is. One owner calls it.
 */
public final class Approvals {
    /**
     * How many must approve a change, and who may.
     *
     * @param need 1 or more
     * @param of ids, at least {@code need} of them
     * @param within so long a change waits
     */
    public record Demand(int need, List<String> of, Duration within) {
        public Demand {
            of = List.copyOf(of);
            if (need < 1 || of.stream().distinct().count() < need)
                throw new IllegalArgumentException(need + " approvals of " + of.size() + " people");
        }
    }

    /**
     * A change that waits.
     *
     * @param hash names it, see {@link #hash}
     * @param by who asked for it
     * @param given who has approved, in order
     */
    public record Change(String hash, String policyHash, String rosterHash, String by, int need, List<String> of, Instant until, List<String> given) {
        public boolean enough() { return given.size() >= need; }

        private Change and(String who) {
            List<String> more = new ArrayList<>(given);
            more.add(who);
            return new Change(hash, policyHash, rosterHash, by, need, of, until, List.copyOf(more));
        }
    }

    /** What became of one approval. */
    public sealed interface Given {
        /** Counted now, or before: the same person counts once. */
        record Counted(Change change, boolean anew) implements Given {}

        /** No change of this hash waits. */
        record Unknown() implements Given {}

        /** This person may not approve it. */
        record NotAsked(Change change) implements Given {}
    }

    private @Nullable Change waiting;

    /** Names a change of policy and roster: hex SHA-256 of both hashes, joined by a line feed. */
    public static String hash(String policyHash, String rosterHash) {
        return Sha256.hex((policyHash + '\n' + rosterHash).getBytes(US_ASCII));
    }

    /** A change begins to wait; what waited before is over. */
    public Change request(Demand demand, String policyHash, String rosterHash, String by, Instant now) {
        Change change = new Change(hash(policyHash, rosterHash), policyHash, rosterHash, by, demand.need(), demand.of(), now.plus(demand.within()),
                List.of());
        waiting = change;
        return change;
    }

    /** Once enough have approved, the change is the caller's to carry out, and waits no more after {@link #end}. */
    public Given approve(String hash, String who, Instant now) {
        Change change = waiting;
        if (change == null || !change.hash().equals(hash) || !now.isBefore(change.until())) return new Given.Unknown();
        if (!change.of().contains(who)) return new Given.NotAsked(change);
        if (change.given().contains(who)) return new Given.Counted(change, false);
        Change more = change.and(who);
        waiting = more;
        return new Given.Counted(more, true);
    }

    /** Takes the approval back that was just given, since it could not be written down. */
    public void undo(Change before) { waiting = before; }

    /** The change that waits. */
    public Optional<Change> waiting(Instant now) {
        return Optional.ofNullable(waiting).filter(change -> now.isBefore(change.until()));
    }

    /** Ends the change whose time is over, if there is one. */
    public Optional<Change> expire(Instant now) {
        Change change = waiting;
        return change == null || now.isBefore(change.until()) ? Optional.empty() : end();
    }

    /** Nothing waits any more; gives what did. */
    public Optional<Change> end() {
        Optional<Change> ended = Optional.ofNullable(waiting);
        waiting = null;
        return ended;
    }
}
