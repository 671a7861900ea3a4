package org.infrafabric.guard;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Whom to ring for a message. An expert fits who stands in the roster, has one address, and may be asked about at least one of the message's hazards; rung is who
 * fits and is on duty. Those who fit the main hazard (the first named) come before those who fit only another; within each, the roster's order holds. Nobody is rung in two rungs.
 */
final class Rungs {
    private Rungs() {}

    /** @param now who is off duty then is left out; a rung of whom nobody is left is no rung */
    static List<List<Expert>> choose(Rule rule, List<String> hazards, Roster roster, Instant now) {
        List<Expert> fitting = fitting(hazards, roster).stream().filter(expert -> roster.onDuty(expert, now)).toList();
        if (rule.rungs().isEmpty()) return fitting.stream().map(List::of).toList();
        List<List<Expert>> rungs = new ArrayList<>();
        Set<Expert> seen = new HashSet<>();
        for (List<Rule.Selector> selectors : rule.rungs()) {
            List<Expert> rung = new ArrayList<>();
            for (Rule.Selector selector : selectors) {
                fitting.stream().filter(selected(selector, hazards, roster)).filter(seen::add).forEach(rung::add);
            }
            if (!rung.isEmpty()) rungs.add(List.copyOf(rung));
        }
        return List.copyOf(rungs);
    }

    /** Whether the rule would ring anybody if all were on duty. */
    static boolean anyFit(Rule rule, List<String> hazards, Roster roster) {
        List<Expert> fitting = fitting(hazards, roster);
        if (rule.rungs().isEmpty()) return !fitting.isEmpty();
        return rule.rungs().stream().flatMap(List::stream).anyMatch(selector -> fitting.stream().anyMatch(selected(selector, hazards, roster)));
    }

    /** Why an expert cannot be rung for these hazards; empty when they can. */
    static Optional<String> unfit(Expert expert, List<String> hazards, Roster roster, Instant now) {
        if (hazards.stream().noneMatch(expert.hazards()::contains))
            return Optional.of("may be asked about " + String.join(", ", expert.hazards().stream().sorted().toList()));
        if (!Roster.canBeRung(expert)) return Optional.of("has a pattern for an address, so can only call in");
        if (!roster.onDuty(expert, now)) return Optional.of("is off duty, " + roster.duties().why(UriPattern.parse(expert.uri()).text(), now));
        return Optional.empty();
    }

    private static List<Expert> fitting(List<String> hazards, Roster roster) {
        Predicate<Expert> main = expert -> expert.hazards().contains(hazards.getFirst());
        List<Expert> fitting = roster.reachable().stream().filter(expert -> hazards.stream().anyMatch(expert.hazards()::contains)).toList();
        return Stream.concat(fitting.stream().filter(main), fitting.stream().filter(main.negate())).toList();
    }

    private static Predicate<Expert> selected(Rule.Selector selector, List<String> hazards, Roster roster) {
        return switch (selector) {
            case Rule.Selector.Main() -> expert -> expert.hazards().contains(hazards.getFirst());
            case Rule.Selector.Any() -> _ -> true;
            case Rule.Selector.OfHazard(String hazard) -> expert -> expert.hazards().contains(hazard);
            case Rule.Selector.Named(String uri, int _) -> {
                Optional<Expert> named = roster.expert(uri);
                yield expert -> named.isPresent() && named.get().equals(expert);
            }
        };
    }
}
