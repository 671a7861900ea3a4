package org.infrafabric.guard;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One rule of a policy, as it stands in the file.
 *
 * @param line where it begins
 * @param when a CEL expression that is true when the rule fires
 * @param reason for people and the log
 * @param assume the hazards that a message is taken to have when it names none
 * @param rungs whom to ring; empty for each fitting expert alone, those who fit the main hazard first
 * @param council what this rule changes in the council's rules
 * @param limit how often it may decide
 */
public record Rule(String name, int line, String when, Then then, String reason, List<String> assume, List<List<Selector>> rungs,
        CouncilChange council, Optional<Limit> limit) {

    /** What a rule may say. */
    public enum Then {
        PEOPLE("people"), HOLD("hold"), SHARE("share"), DENY("deny");

        static final Map<String, Then> WORDS = Map.of("people", PEOPLE, "hold", HOLD, "share", SHARE, "deny", DENY);

        private final String word;

        Then(String word) { this.word = word; }

        public String word() { return word; }
    }

    /** Which experts a rung rings; of these, only those who fit the message's hazards are rung. */
    public sealed interface Selector {
        /** All who fit the main hazard. */
        record Main() implements Selector {}

        /** All who fit any hazard of the message. */
        record Any() implements Selector {}

        /** All who fit this hazard; as all others they must fit the message too. */
        record OfHazard(String hazard) implements Selector {}

        /** One by URI. */
        record Named(String uri, int line) implements Selector {}

        /** As the file has it. */
        default String word() {
            return switch (this) {
                case Main() -> "main";
                case Any() -> "any";
                case OfHazard(String hazard) -> "hazard:" + hazard;
                case Named(String uri, int _) -> uri;
            };
        }
    }

    /** Changes to {@link CouncilRules}; what is empty stays. */
    public record CouncilChange(Optional<Integer> quorum, Optional<Duration> deadline, Optional<Duration> gather, Optional<Boolean> ringEarly,
            Optional<Boolean> withoutExpert, Optional<Approval> decide) {
        static final CouncilChange NONE = new CouncilChange(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
                Optional.empty());

        CouncilRules over(CouncilRules base) {
            return new CouncilRules(quorum.orElse(base.quorum()), deadline.orElse(base.deadline()), gather.orElse(base.gather()),
                    ringEarly.orElse(base.ringEarly()), withoutExpert.orElse(base.withoutExpert()), decide.or(base::decide));
        }
    }
}
