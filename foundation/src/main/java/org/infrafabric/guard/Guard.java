package org.infrafabric.guard;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.infrafabric.message.CanonicalJson;
import org.infrafabric.message.IfMessage;
import org.infrafabric.message.Sha256;
import org.infrafabric.store.Transaction;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Says what may happen: whether a message needs people, who they are, whether one of them may be called now, and who may call in. It never allows what no rule
 * covers, and a guard that cannot answer says no. Immutable but for its {@link Counters}; any thread.
 */
public final class Guard {
    /** Names, among a ruling's inputs, of the limit's counter and of what it had counted before. */
    static final String COUNTER = "counter";
    static final String COUNTED = "counted";

    private static final String CALLS = "calls:";
    private static final Duration CALL_WINDOW = Duration.ofMinutes(1);

    /** Stands for the rule in a {@link Ruling} when no rule covered the message. */
    public static final String NO_RULE = "none";

    /** Stands for the rule in a {@link Ruling} when the message could not be judged at all. */
    public static final String UNFIT = "unfit";

    private final Policy policy;
    private final Roster roster;
    private final GuardSettings settings;
    private final Counters counters;
    private final Set<String> reachable;
    private final ObjectNode rosterTree;
    private final String rosterHash;

    /** With counters of its own, which end with it. */
    public Guard(Policy policy, Roster roster, GuardSettings settings) {
        this(policy, roster, settings, Counters.inMemory());
    }

    /**
     * Throws {@link InvalidFile} when a rule names an expert or guardian who is not in the roster, or leaves nobody to decide.
     *
     * @param counters those of the guard before it, after a reload
     */
    public Guard(Policy policy, Roster roster, GuardSettings settings, Counters counters) {
        this.policy = policy;
        this.roster = roster;
        this.settings = settings;
        this.counters = counters;
        List<Problem> problems = new ArrayList<>();
        for (Rule rule : policy.rules()) check(rule, problems);
        if (!problems.isEmpty()) throw new InvalidFile(problems);
        this.reachable = roster.reachable().stream().map(expert -> UriPattern.parse(expert.uri()).text()).collect(Collectors.toUnmodifiableSet());
        this.rosterTree = RosterForm.write(roster, settings);
        this.rosterHash = Sha256.hex(CanonicalJson.of(rosterTree));
    }

    /**
     * The guard whose policy and roster the log kept, to judge again what it has judged.
     *
     * @param policy canonical form of {@link Policy#tree}
     * @param roster canonical form of {@link #rosterTree}
     * @throws InvalidFile they are none, or of a later version of ifbus
     */
    static Guard ofCanonical(String name, String policy, String roster) { return ofCanonical(name, policy, roster, Counters.inMemory()); }

    private static Guard ofCanonical(String name, String policy, String roster, Counters counters) {
        RosterForm.Read read = RosterForm.read(name, roster);
        return new Guard(Policy.ofCanonical(name, policy), read.roster(), read.settings(), counters);
    }

    /**
     * The guard that two entries of the log tell of, {@code policy_loaded} and {@code roster_loaded}: the same in all that it says, but its experts have no
     * names beside their URIs.
     *
     * @throws InvalidFile they hold none, not the one whose hashes they name, or one of a later version of ifbus
     */
    public static Guard ofEntries(String name, ObjectNode policyLoaded, ObjectNode rosterLoaded, Counters counters) {
        Guard guard = ofCanonical(name, canonical(policyLoaded.path("policy")), canonical(rosterLoaded.path("roster")), counters);
        if (guard.policy.hash().equals(policyLoaded.path("policyHash").asString(""))
                && guard.rosterHash.equals(rosterLoaded.path("rosterHash").asString("")))
            return guard;
        throw new InvalidFile(new Problem(name, 1, "", "the log's policy or roster is not the one that it names", "run ifbus witness verify"));
    }

    private static String canonical(JsonNode form) { return new String(CanonicalJson.of(form), UTF_8); }

    public Policy policy() { return policy; }

    public Roster roster() { return roster; }

    public GuardSettings settings() { return settings; }

    /** Roster and settings as a tree, for the log: without names and tokens. */
    public ObjectNode rosterTree() { return rosterTree.deepCopy(); }

    /** Hex SHA-256 of the canonical form of {@link #rosterTree}; every judgement's inputs hold it. */
    public String rosterHash() {
        return rosterHash;
    }

    /**
     * What is to happen with a message; counts it where the rule that decides has a limit. Never throws.
     *
     * @param nowNanos monotonic, for limits
     */
    public Judgement judge(IfMessage message, Instant now, long nowNanos) {
        return closed(() -> judged(Facts.of(message, now), (rule, limit, facts) -> {
            Counters.Taken taken = counters.take(limit.key(rule, facts), limit.most(), limit.per(), now, nowNanos);
            return taken.before();
        }));
    }

    /** The same from facts, as the first of their kind: nothing is counted. */
    public Judgement judge(Facts facts) { return judge(facts, 0); }

    /**
     * The same from facts, such as those that the log kept; nothing is counted.
     *
     * @param counted what the limit of the rule that decides had counted before
     */
    Judgement judge(Facts facts, int counted) { return closed(() -> judged(facts, (rule, limit, unused) -> counted)); }

    /** Writes down what a judgement or a call has counted, in the transaction of its entry. Nothing where no limit was asked. */
    public void save(Judgement judgement, Transaction tx) {
        if (judgement.ruling().inputs().get(COUNTER) instanceof String key) counters.save(tx, key);
    }

    /** The same for a call to this expert, see {@link #permitCall}. */
    public void saveCall(String expertUri, Transaction tx) {
        normal(expertUri).ifPresent(uri -> counters.save(tx, CALLS + uri));
    }

    /** Every rule with what it looked at, whether it fires, and why; and who would be rung. */
    public Explanation explain(IfMessage message, Instant now) {
        return explain(Facts.of(message, now));
    }

    /** The same from facts. */
    public Explanation explain(Facts facts) {
        List<Policy.Trial> trials = facts.unfit().isPresent() ? List.of() : policy.tryAll(facts);
        return Explanation.of(policy, judge(facts), trials, roster, facts);
    }

    /**
     * Whether this expert may be called now; counts the call if so. Once a ring attempt.
     *
     * @param wall dates what {@link #saveCall} keeps
     * @param nowNanos monotonic
     */
    public Permit permitCall(String expertUri, Instant wall, long nowNanos) {
        return permit(normal(expertUri).filter(reachable::contains), "no expert who can be rung has this address", wall, nowNanos);
    }

    /**
     * Whether an operator may have this party called now, or a call of ours may be sent on to it: an expert who can be rung, counted together with the calls of
     * escalations, or a guardian. Nobody else.
     */
    public Permit permitOperatorCall(String partyUri, Instant wall, long nowNanos) {
        Optional<String> uri = normal(partyUri).filter(
                known -> reachable.contains(known) || roster.mayCallIn(known).filter(party -> party instanceof Guardian).isPresent());
        return permit(uri, "nobody of the roster who can be rung has this address", wall, nowNanos);
    }

    private Permit permit(Optional<String> uri, String otherwise, Instant wall, long nowNanos) {
        if (uri.isEmpty()) return new Permit(false, otherwise, 0);
        int most = settings.callsPerMinute();
        Counters.Taken taken = counters.take(CALLS + uri.get(), most, CALL_WINDOW, wall, nowNanos);
        if (taken.counted()) return Permit.ALLOWED;
        long seconds = Duration.ofNanos(taken.retryAfterNanos()).toSeconds();
        return new Permit(false, most + " calls in the last minute; the next is allowed in " + seconds + " s", taken.retryAfterNanos());
    }

    private static Optional<String> normal(String uri) {
        try {
            return Optional.of(UriPattern.parse(uri).text());
        } catch (IllegalArgumentException none) {
            return Optional.empty();
        }
    }

    /** Who calls in from this URI; empty for a stranger, who is refused. See {@link Roster#mayCallIn}. */
    public Optional<Party> mayCallIn(String fromUri) {
        return roster.mayCallIn(fromUri);
    }

    /** Whether a message of this agent must be signed: always when its key is known. */
    public boolean mustSign(Agent agent) {
        return settings.requireSignatures() || agent.key().isPresent();
    }

    /** How much a rule's limit had counted before this. */
    private interface Tally {
        int of(Rule rule, Limit limit, Facts facts);
    }

    private Judgement judged(Facts facts, Tally tally) {
        Optional<String> unfit = facts.unfit();
        if (unfit.isPresent()) return new Judgement.Denied(ruling(UNFIT, unfit.get(), Map.of()));
        return judgement(facts, policy.decide(facts), tally);
    }

    /** Fail closed: whatever breaks in here, the answer is no, and the log says what broke. */
    private Judgement closed(Supplier<Judgement> judging) {
        try {
            return judging.get();
        } catch (RuntimeException broken) {
            return new Judgement.Denied(ruling(UNFIT, "the guard failed: " + broken.getClass().getSimpleName(), Map.of()));
        }
    }

    private Judgement judgement(Facts facts, Optional<Policy.Trial> trial, Tally tally) {
        Map<String, Object> inputs = facts.inputs();
        inputs.put("rosterHash", rosterHash);
        if (trial.isEmpty()) return new Judgement.Denied(ruling(NO_RULE, "no rule of the policy covers this message", inputs));
        Rule rule = trial.get().rule();
        Optional<String> failure = trial.get().run().failure();
        if (failure.isPresent()) return new Judgement.Denied(ruling(rule.name(), "the rule could not be evaluated: " + failure.get(), inputs));
        if (rule.limit().isPresent()) {
            Limit limit = rule.limit().get();
            int counted = tally.of(rule, limit, facts);
            inputs.put(COUNTER, limit.key(rule, facts));
            inputs.put(COUNTED, counted);
            if (counted >= limit.most()) return overLimit(rule, limit, inputs);
        }
        Ruling ruling = ruling(rule.name(), rule.reason(), inputs);
        return switch (rule.then()) {
            case PEOPLE -> people(facts, rule, ruling);
            case HOLD -> new Judgement.Held(ruling);
            case SHARE -> new Judgement.Shared(ruling);
            case DENY -> new Judgement.Denied(ruling);
        };
    }

    private Judgement overLimit(Rule rule, Limit limit, Map<String, Object> inputs) {
        Ruling ruling = ruling(rule.name(), rule.reason() + ": but this rule has decided " + limit.most() + " times within " + limit.per()
                + (limit.eachSource() ? " for this source" : "") + ", and may not more often", inputs);
        return limit.over() == Rule.Then.HOLD ? new Judgement.Held(ruling) : new Judgement.Denied(ruling);
    }

    private Judgement people(Facts facts, Rule rule, Ruling ruling) {
        List<String> hazards = facts.hazards().isEmpty() ? rule.assume() : facts.hazards();
        if (hazards.isEmpty()) return denied(ruling, "the message names no hazard, and the rule assumes none, so no expert fits it");
        List<List<Expert>> rungs = Rungs.choose(rule, hazards, roster, facts.now());
        CouncilRules council = rule.council().over(settings.council());
        if (rungs.isEmpty() && !council.withoutExpert() && !Rungs.anyFit(rule, hazards, roster)) {
            return denied(ruling, "no expert in the roster who can be rung fits " + String.join(", ", hazards));
        }
        if (rungs.isEmpty() && council.withoutExpert() && roster.guardians().isEmpty())
            return denied(ruling, "nobody fits " + String.join(", ", hazards) + ", and there are no guardians");
        return new Judgement.People(ruling, hazards, rungs, council);
    }

    private static Judgement denied(Ruling ruling, String why) {
        return new Judgement.Denied(new Ruling(ruling.rule(), ruling.reason() + ": but " + why, ruling.policyHash(), ruling.inputs()));
    }

    private Ruling ruling(String rule, String reason, Map<String, Object> inputs) { return new Ruling(rule, reason, policy.hash(), inputs); }

    private void check(Rule rule, List<Problem> problems) {
        if (rule.then() != Rule.Then.PEOPLE) return;
        for (List<Rule.Selector> rung : rule.rungs()) {
            for (Rule.Selector selector : rung) {
                if (selector instanceof Rule.Selector.Named(String uri, int line) && roster.expert(uri).isEmpty()) {
                    problems.add(new Problem(policy.file(), line, "rule \"" + rule.name() + "\"", uri + " is no expert of the roster",
                            "add the expert to the config, or take the address out of the rung"));
                }
            }
        }
        CouncilRules council = rule.council().over(settings.council());
        council.decide().ifPresent(approval -> check(rule, council, approval, problems));
        if (council.quorum() == 0 && council.withoutExpert()) {
            problems.add(new Problem(policy.file(), rule.line(), "rule \"" + rule.name() + "\"",
                    "without an expert (withoutExpert) and without a council (quorum: 0) nobody decides", "set a quorum, or withoutExpert: false"));
        }
    }

    private void check(Rule rule, CouncilRules council, Approval approval, List<Problem> problems) {
        String where = "rule \"" + rule.name() + "\"";
        for (String id : approval.of()) {
            if (roster.guardian(id).isEmpty())
                problems.add(new Problem(policy.file(), rule.line(), where, id + " is no guardian of the roster",
                        "add the guardian to the config, or take the id out of council.decide.of"));
        }
        if (council.quorum() == 0)
            problems.add(new Problem(policy.file(), rule.line(), where,
                    "approvals of guardians are needed (council.decide), and there is no council (quorum: 0)", "set a quorum, or remove decide"));
    }
}
