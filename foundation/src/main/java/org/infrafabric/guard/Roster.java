package org.infrafabric.guard;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Who is known: the agents that may ask, the experts who may be rung or call in and when they are on duty, the guardians who vote. Immutable; any thread. */
public final class Roster {
    private final Map<String, Agent> agents;
    private final List<Expert> experts;
    private final Map<String, Guardian> guardians;
    private final Map<String, Party> byUri = new LinkedHashMap<>();
    private final List<Expert> reachable = new ArrayList<>();
    private final List<PatternOf> patterns = new ArrayList<>();
    private final Duties duties;

    /** Experts who are always on duty; otherwise as below. */
    public Roster(List<Agent> agents, List<Expert> experts, List<Guardian> guardians) {
        this(agents, experts, guardians, Duties.ALWAYS);
    }

    /**
     * Order counts: it is the order in which experts ring.
     *
     * @throws IllegalArgumentException when an id or an expert's URI stands twice, or a URI is none
     */
    public Roster(List<Agent> agents, List<Expert> experts, List<Guardian> guardians, Duties duties) {
        this.duties = duties;
        this.agents = index(agents);
        this.experts = List.copyOf(experts);
        Map<String, Guardian> byId = new LinkedHashMap<>();
        for (Guardian guardian : guardians) {
            if (byId.putIfAbsent(guardian.id(), guardian) != null) throw new IllegalArgumentException("guardian " + guardian.id() + " stands twice");
        }
        this.guardians = byId;
        for (Expert expert : experts) {
            UriPattern pattern = UriPattern.parse(expert.uri());
            if (pattern.isPattern()) {
                patterns.add(new PatternOf(pattern, expert));
            } else if (byUri.putIfAbsent(pattern.text(), expert) != null) {
                throw new IllegalArgumentException("expert " + expert.uri() + " stands twice");
            } else {
                reachable.add(expert);
            }
        }
        // An expert who is a guardian too calls in as what the roster names first: the expert.
        for (Guardian guardian : guardians) byUri.putIfAbsent(UriPattern.parse(guardian.uri()).text(), guardian);
    }

    public Optional<Agent> agent(String id) { return Optional.ofNullable(agents.get(id)); }

    public List<Agent> agents() { return List.copyOf(agents.values()); }

    /** In the order of the config. */
    public List<Expert> experts() { return experts; }

    public Optional<Guardian> guardian(String id) { return Optional.ofNullable(guardians.get(id)); }

    public List<Guardian> guardians() { return List.copyOf(guardians.values()); }

    /** The experts who have one address to ring, in the order of the config. */
    public List<Expert> reachable() { return List.copyOf(reachable); }

    public Duties duties() { return duties; }

    /** Whether this expert is on duty; for one who only calls in it means nothing. */
    public boolean onDuty(Expert expert, Instant now) {
        return duties.onDuty(UriPattern.parse(expert.uri()).text(), now);
    }

    /** Whether this expert has one address to ring; one whose URI is a pattern can only call in. */
    public static boolean canBeRung(Expert expert) {
        return !UriPattern.parse(expert.uri()).isPattern();
    }

    /** The expert of exactly this URI, as the policy names it; never one by pattern. */
    public Optional<Expert> expert(String uri) {
        return normal(uri).flatMap(exact -> byUri.get(exact) instanceof Expert expert ? Optional.of(expert) : Optional.empty());
    }

    /**
     * Who calls in from this URI: an expert or guardian of exactly this address, or else the first expert whose pattern fits. Parameters and display names do
     * not count. Empty for a stranger, and for what is no URI.
     */
    public Optional<Party> mayCallIn(String fromUri) {
        return normal(fromUri).flatMap(uri -> {
            Party exact = byUri.get(uri);
            if (exact != null) return Optional.of(exact);
            return patterns.stream().filter(entry -> entry.pattern().matches(uri)).<Party>map(PatternOf::expert).findFirst();
        });
    }

    private static Map<String, Agent> index(List<Agent> agents) {
        Map<String, Agent> byId = new LinkedHashMap<>();
        for (Agent agent : agents) {
            if (byId.putIfAbsent(agent.id(), agent) != null) throw new IllegalArgumentException("agent " + agent.id() + " stands twice");
        }
        return byId;
    }

    private static Optional<String> normal(String uri) {
        try {
            UriPattern parsed = UriPattern.parse(uri);
            return parsed.isPattern() ? Optional.empty() : Optional.of(parsed.text());
        } catch (IllegalArgumentException stranger) {
            return Optional.empty();
        }
    }

    private record PatternOf(UriPattern pattern, Expert expert) {}
}
