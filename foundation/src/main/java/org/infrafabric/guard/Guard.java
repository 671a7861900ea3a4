package org.infrafabric.guard;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.infrafabric.message.IfMessage;

/**
 * Says what may happen: whether a message needs people, who they are, whether one of them may be called now, and who may call in. It never allows what no rule
 * covers, and a guard that cannot answer says no. Immutable but for the counts of calls; any thread.
 */
public final class Guard {
    /** Stands for the rule in a {@link Ruling} when no rule covered the message. */
    public static final String NO_RULE = "none";

    /** Stands for the rule in a {@link Ruling} when the message could not be judged at all. */
    public static final String UNFIT = "unfit";

    private final Policy policy;
    private final Roster roster;
    private final GuardSettings settings;
    private final CallRate rate;

    /** Throws {@link InvalidFile} when a rule names an expert who is not in the roster, or leaves nobody to decide. */
    public Guard(Policy policy, Roster roster, GuardSettings settings) {
        this.policy = policy;
        this.roster = roster;
        this.settings = settings;
        List<Problem> problems = new ArrayList<>();
        for (Rule rule : policy.rules()) check(rule, problems);
        if (!problems.isEmpty()) throw new InvalidFile(problems);
        this.rate = new CallRate(roster.reachable().stream().map(expert -> UriPattern.parse(expert.uri()).text()).toList(),
                settings.callsPerMinute());
    }

    public Policy policy() { return policy; }

    public Roster roster() { return roster; }

    public GuardSettings settings() { return settings; }

    /** What is to happen with a message. Never throws. */
    public Judgement judge(IfMessage message, Instant now) {
        return closed(() -> judged(Facts.of(message, now)));
    }

    /** The same from facts, such as those that the log kept. */
    public Judgement judge(Facts facts) { return closed(() -> judged(facts)); }

    /** Every rule with what it looked at, whether it fires, and why; and who would be rung. */
    public Explanation explain(IfMessage message, Instant now) {
        return explain(Facts.of(message, now));
    }

    /** The same from facts. */
    public Explanation explain(Facts facts) {
        List<Policy.Trial> trials = facts.unfit().isPresent() ? List.of() : policy.tryAll(facts);
        return Explanation.of(policy, judge(facts), trials, roster, facts);
    }

    /** Whether this expert may be called now; counts the call if so. Once a ring attempt; {@code nowNanos} is monotonic. */
    public Permit permitCall(String expertUri, long nowNanos) {
        try {
            return rate.permit(UriPattern.parse(expertUri).text(), nowNanos);
        } catch (IllegalArgumentException noUri) {
            return new Permit(false, "no expert has this address", 0);
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

    private Judgement judged(Facts facts) {
        Optional<String> unfit = facts.unfit();
        if (unfit.isPresent()) return new Judgement.Denied(ruling(UNFIT, unfit.get(), Map.of()));
        return judgement(facts, policy.decide(facts));
    }

    /** Fail closed: whatever breaks in here, the answer is no, and the log says what broke. */
    private Judgement closed(Supplier<Judgement> judging) {
        try {
            return judging.get();
        } catch (RuntimeException broken) {
            return new Judgement.Denied(ruling(UNFIT, "the guard failed: " + broken.getClass().getSimpleName(), Map.of()));
        }
    }

    private Judgement judgement(Facts facts, Optional<Policy.Trial> trial) {
        if (trial.isEmpty()) return new Judgement.Denied(ruling(NO_RULE, "no rule of the policy covers this message", facts.inputs()));
        Rule rule = trial.get().rule();
        Optional<String> failure = trial.get().run().failure();
        if (failure.isPresent())
            return new Judgement.Denied(ruling(rule.name(), "the rule could not be evaluated: " + failure.get(), facts.inputs()));
        Ruling ruling = ruling(rule.name(), rule.reason(), facts.inputs());
        return switch (rule.then()) {
            case PEOPLE -> people(facts, rule, ruling);
            case HOLD -> new Judgement.Held(ruling);
            case SHARE -> new Judgement.Shared(ruling);
            case DENY -> new Judgement.Denied(ruling);
        };
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
        if (council.quorum() == 0 && council.withoutExpert()) {
            problems.add(new Problem(policy.file(), rule.line(), "rule \"" + rule.name() + "\"",
                    "without an expert (withoutExpert) and without a council (quorum: 0) nobody decides", "set a quorum, or withoutExpert: false"));
        }
    }
}
