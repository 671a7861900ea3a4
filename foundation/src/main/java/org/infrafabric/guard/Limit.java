package org.infrafabric.guard;

import java.time.Duration;
import java.util.Map;

/**
 * How often a rule may decide; beyond it the message is denied or held, never let through.
 *
 * @param most judgements in one window, 1 to {@link Counters#MOST}
 * @param per the window, which slides
 * @param eachSource one window for each source, or else one for all together
 * @param over what comes of a message beyond it, {@link Rule.Then#DENY} or {@link Rule.Then#HOLD}
 */
public record Limit(int most, Duration per, boolean eachSource, Rule.Then over) {
    static final Map<String, Rule.Then> OVER = Map.of("deny", Rule.Then.DENY, "hold", Rule.Then.HOLD);
    static final Map<String, Boolean> EACH = Map.of("source", true, "rule", false);

    String key(Rule rule, Facts facts) { return "rule:" + rule.name() + (eachSource ? " " + facts.source() : ""); }
}
