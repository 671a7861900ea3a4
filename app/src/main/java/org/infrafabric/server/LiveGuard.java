package org.infrafabric.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.infrafabric.guard.Approvals;
import org.infrafabric.guard.Counters;
import org.infrafabric.guard.Guard;
import org.infrafabric.guard.GuardEntries;
import org.infrafabric.guard.InvalidFile;
import org.infrafabric.guard.Policy;
import org.infrafabric.guard.Problem;
import org.infrafabric.message.CanonicalJson;
import org.infrafabric.message.VerifyKey;
import org.infrafabric.store.SqliteStore;
import org.infrafabric.store.StoreFailure;
import org.infrafabric.witness.Change;
import org.infrafabric.witness.Draft;
import org.infrafabric.witness.Witness;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The guard in force, the config that it came from, and how another takes its place: whole or not at all, and only after the log has it. Policy, roster, rules of
 * the council and tokens can change while the bus runs; the rest of the config counts from the next start. What runs keeps its plan.
 *
 * <p>Any thread. A reload may block for files, the store and the log.
 */
public final class LiveGuard implements Credentials {
    private static final Logger LOG = LoggerFactory.getLogger(LiveGuard.class);
    private static final int LONGEST_FORM = 1_000_000;

    /**
     * What holds together: all of it changes at once.
     *
     * @param approved policy and roster, by as many as had to
     * @param fromLog policy and roster are the log's, since nobody has approved those that the config has
     */
    private record InForce(Config config, Guard guard, Tokens tokens, Instant since, boolean approved, boolean fromLog) {
        InForce(Config config, Guard guard, Tokens tokens, Instant since) { this(config, guard, tokens, since, false, false); }

        String hash() { return Approvals.hash(guard.policy().hash(), guard.rosterHash()); }

        Optional<Approvals.Demand> demand() { return config.guard().policyChange(); }

        InForce approved(boolean given) { return new InForce(config, guard, tokens, since, given, fromLog); }

        /** Whether the other says the same of who may do what. Of what the log does not hold only the demand is known then. */
        boolean same(InForce other) {
            if (fromLog) return hash().equals(other.hash()) && demand().equals(other.demand());
            return hash().equals(other.hash()) && config.agents().equals(other.config.agents()) && config.operators().equals(other.config.operators())
                    && config.edges().equals(other.config.edges())
                    && config.guardians().equals(other.config.guardians()) && config.guard().equals(other.config.guard());
        }
    }

    private final Supplier<Config> source;
    private final Path data;
    private final Witness witness;
    private final InstantSource clock;
    private final Counters counters;
    private final byte[] accessSecret;
    private final Approvals approvals = new Approvals();
    private final Config started;
    private volatile InForce inForce;
    private @Nullable InForce candidate; // what the change that waits for approval would put in force

    private LiveGuard(InForce first, Supplier<Config> source, Path data, Witness witness, InstantSource clock, Counters counters,
            byte[] accessSecret) {
        this.started = first.config;
        this.inForce = first;
        this.source = source;
        this.data = data;
        this.witness = witness;
        this.clock = clock;
        this.counters = counters;
        this.accessSecret = accessSecret;
    }

    /**
     * Puts the first guard in force and writes it down. Where another was in force last, whose change needs approvals, it is that one, from the log: what the
     * config has waits for them.
     *
     * @param policy of that config
     * @param source reads the config anew
     * @param data where tokens are kept
     * @param counters kept in {@code store}
     * @throws IOException a token's file cannot be used
     * @throws InvalidFile the policy does not fit the config
     */
    public static LiveGuard open(Config config, Policy policy, Supplier<Config> source, Path data, SqliteStore store, Witness witness,
            InstantSource clock,
            Counters counters) throws IOException {
        LastInForce last = new LastInForce(store);
        InForce wanted = new InForce(config, config.openGuard(policy, counters), Tokens.open(config, data), clock.instant());
        Optional<Problem> unwritable = unwritable(wanted);
        if (unwritable.isPresent()) throw new InvalidFile(unwritable.get());
        Optional<LastInForce.Kept> before = last.read();
        InForce first = before.map(kept -> afterwards(wanted, kept, last, counters)).orElse(wanted);
        LiveGuard live = new LiveGuard(first, source, data, witness, clock, counters, last.accessSecret());
        if (first.demand().isPresent() && before.flatMap(last::accessHash).filter(hash -> !hash.equals(live.accessHash(first))).isPresent())
            LOG.warn("Tokens or edges are not those that were in force, and nobody has approved them: a start takes them from the files. "
                    + "The log says so: accessHash of roster_loaded");
        if (first.demand().isPresent() && !first.approved)
            LOG.warn(
                    "Policy and roster {} are in force and have not been approved by as many operators as guard.approvals demands of others; the log says so",
                    first.hash());
        live.append(live.loaded(first, "start", "", first.demand().map(demand -> first.approved)), Optional.of(first));
        if (first.fromLog) {
            LOG.error("The config has another policy or roster than was in force, and nobody has approved it: {} of the log goes on. Approve {} with "
                    + "'ifbus guard approve', or put the former files back", first.hash(), wanted.hash());
            var unused = live.await(first.demand().orElseThrow(), wanted, "");
        }
        return live;
    }

    /** What comes after the guard that was in force last: the one that the config wants, or, where that has not been approved, the same again. */
    private static InForce afterwards(InForce wanted, LastInForce.Kept kept, LastInForce last, Counters counters) {
        if (kept.demand().isEmpty()) return wanted;
        Guard guard = last.guard(kept, counters);
        InForce same = new InForce(wanted.config.demanding(kept.demand()), guard, wanted.tokens, wanted.since, kept.approved(), true);
        return same.same(wanted) ? wanted.approved(kept.approved()) : same;
    }

    public Guard guard() { return inForce.guard; }

    /** As it was read last; of what cannot change while the bus runs the bus itself knows better. */
    public Config config() { return inForce.config; }

    /** The key of whoever may have signed a call that comes in, the bus's own aside. */
    Optional<VerifyKey> callKey(String keyId) {
        InForce now = inForce;
        return Stream.concat(now.guard.roster().agents().stream().flatMap(agent -> agent.key().stream()),
                now.config.edges().stream().flatMap(edge -> edge.key().stream())).filter(key -> key.keyId().equals(keyId)).findFirst();
    }

    /** Writes an entry that belongs to no escalation; nobody waits for it. */
    void note(Draft draft) {
        var unused = witness.append(Change.of(draft)).whenComplete((entries, failure) -> {
            if (failure != null) LOG.warn("{} could not be written to the log: {}", draft.type().event(), failure.toString());
        });
    }

    @Override
    public Optional<Principal> principal(String token) { return inForce.tokens.principal(token); }

    /** What came of a reload or an approval. */
    public sealed interface Outcome {
        /**
         * In force from now on.
         *
         * @param changed false when it is what was in force before
         * @param needRestart keys of the config that are not as they were at the start, and count only from the next one
         */
        record Loaded(Status status, boolean changed, List<String> needRestart) implements Outcome {}

        /** Operators must approve it first. */
        record Waiting(Approvals.Change change) implements Outcome {}

        /** It cannot be used; what was in force stays. */
        record Rejected(List<Problem> problems) implements Outcome {}

        /** No change of this hash waits. */
        record Unknown() implements Outcome {}

        /** This operator is not among those who may approve it. */
        record NotAsked(Approvals.Change change) implements Outcome {}
    }

    /** What is in force, and what waits. */
    public record Status(String policyHash, String rosterHash, String file, Instant since, Optional<Approvals.Change> waiting) {
        /** Names policy and roster together, as approvals do. */
        public String hash() { return Approvals.hash(policyHash, rosterHash); }
    }

    public synchronized Status status() {
        expire();
        InForce now = inForce;
        return new Status(now.guard.policy().hash(), now.guard.rosterHash(), now.guard.policy().file(), now.since,
                approvals.waiting(clock.instant()));
    }

    /**
     * Reads the config and its policy again. What is broken changes nothing.
     *
     * @param cause {@code signal} or {@code request}
     * @param by the operator who asks, or empty
     * @throws StoreFailure the log cannot take it; nothing has changed
     */
    public synchronized Outcome reload(String cause, String by) {
        expire();
        InForce next;
        try {
            Config read = source.get();
            next = new InForce(read, read.openGuard(read.policy(), counters), Tokens.open(read, data), clock.instant());
        } catch (InvalidFile invalid) {
            return reject(cause, by, invalid.problems());
        } catch (IOException unusable) {
            return reject(cause, by, List.of(new Problem(inForce.config.file(), 1, "", String.valueOf(unusable.getMessage()), "")));
        }
        Optional<Problem> unwritable = unwritable(next);
        if (unwritable.isPresent()) return reject(cause, by, List.of(unwritable.get()));
        boolean changed = !inForce.same(next);
        Optional<Approvals.Demand> demand = inForce.demand(); // the one in force: what is to come cannot excuse itself
        if (changed && demand.isPresent()) return await(demand.get(), next, by);
        InForce entering = next.approved(inForce.approved && !changed);
        List<Draft> drafts = new ArrayList<>(replaced());
        drafts.addAll(loaded(entering, cause, by, demand.map(known -> entering.approved)));
        append(drafts, Optional.of(entering));
        return enter(entering, changed);
    }

    /**
     * One operator approves a change; with enough of them it is in force.
     *
     * @throws StoreFailure the log cannot take it; nothing has changed
     */
    public synchronized Outcome approve(String hash, String operator) {
        expire();
        Optional<Approvals.Change> before = approvals.waiting(clock.instant());
        return switch (approvals.approve(hash, operator, clock.instant())) {
            case Approvals.Given.Unknown() -> new Outcome.Unknown();
            case Approvals.Given.NotAsked(Approvals.Change change) -> new Outcome.NotAsked(change);
            case Approvals.Given.Counted(Approvals.Change change, boolean anew) -> {
                InForce next = candidate;
                if (!anew || next == null) yield new Outcome.Waiting(change);
                List<Draft> drafts = new ArrayList<>(List.of(GuardEntries.approved(change, operator)));
                InForce entering = next.approved(true);
                if (change.enough()) drafts.addAll(loaded(entering, "approved", change.by(), Optional.of(true)));
                try {
                    append(drafts, change.enough() ? Optional.of(entering) : Optional.empty());
                } catch (RuntimeException failed) {
                    before.ifPresent(approvals::undo);
                    throw failed;
                }
                yield change.enough() ? enter(entering, true) : new Outcome.Waiting(change);
            }
        };
    }

    private Outcome await(Approvals.Demand demand, InForce next, String by) {
        Optional<Approvals.Change> waiting = approvals.waiting(clock.instant());
        InForce known = candidate;
        if (waiting.isPresent() && known != null && known.same(next)) return new Outcome.Waiting(waiting.get()); // asked for twice
        List<Draft> drafts = new ArrayList<>(replaced());
        Approvals.Change change = approvals.request(demand, next.guard.policy().hash(), next.guard.rosterHash(), by, clock.instant());
        candidate = next;
        drafts.add(GuardEntries.requested(change, accessHash(next)));
        try {
            append(drafts, Optional.empty());
        } catch (RuntimeException failed) {
            var unused = approvals.end();
            candidate = null;
            throw failed;
        }
        LOG.info("Policy and roster {} wait for the approval of {} of {}", change.hash(), change.need(), change.of());
        return new Outcome.Waiting(change);
    }

    private Outcome enter(InForce next, boolean changed) {
        List<String> needRestart = started.fixedKeysUnlike(next.config);
        var unused = approvals.end();
        candidate = null;
        inForce = next;
        LOG.info("Policy {} and roster {} are in force{}", next.guard.policy().hash(), next.guard.rosterHash(),
                needRestart.isEmpty() ? "" : "; these keys of the config count from the next start: " + String.join(", ", needRestart));
        return new Outcome.Loaded(status(), changed, needRestart);
    }

    private Outcome reject(String cause, String by, List<Problem> problems) {
        problems.forEach(problem -> LOG.error("The config is not taken, what was in force stays: {}", problem));
        append(List.of(GuardEntries.rejected(inForce.config.file(), cause, by, problems)), Optional.empty());
        return new Outcome.Rejected(problems);
    }

    private List<Draft> replaced() {
        return approvals.waiting(clock.instant()).map(change -> GuardEntries.ended(change, "replaced")).stream().toList();
    }

    private void expire() {
        approvals.expire(clock.instant()).ifPresent(change -> {
            candidate = null;
            append(List.of(GuardEntries.ended(change, "expired")), Optional.empty());
        });
    }

    private String accessHash(InForce of) { return of.tokens.accessHash(accessSecret); }

    private List<Draft> loaded(InForce entering, String cause, String by, Optional<Boolean> approved) {
        return GuardEntries.loaded(entering.guard, accessHash(entering), cause, by, approved);
    }

    /** What is in force must stand in the log, so what does not fit there cannot be. */
    private static Optional<Problem> unwritable(InForce next) {
        int longest = Math.max(next.guard.policy().canonical().getBytes(UTF_8).length, CanonicalJson.of(next.guard.rosterTree()).length);
        return longest <= LONGEST_FORM ? Optional.empty()
                : Optional.of(new Problem(next.config.file(), 1, "", "policy or roster has " + longest + " bytes as the log writes it",
                        "at most " + LONGEST_FORM + " fit there: shorten it"));
    }

    /** @param entering what is in force with these entries, the last two of which tell of it */
    private void append(List<Draft> drafts, Optional<InForce> entering) {
        try {
            witness.append(new Change(drafts,
                    (tx, sealed) -> entering.ifPresent(next -> LastInForce.keep(tx, sealed, next.approved, next.demand())))).join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof StoreFailure store) throw store;
            throw failed;
        }
    }
}
