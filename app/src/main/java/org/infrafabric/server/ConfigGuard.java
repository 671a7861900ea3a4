package org.infrafabric.server;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.infrafabric.guard.Approvals;
import org.infrafabric.guard.CouncilRules;
import org.infrafabric.guard.YamlSection;

/** Reads what a config says of judging: the sections {@code guard} and {@code council}. */
final class ConfigGuard {
    private static final Duration DAY = Duration.ofHours(24);

    private ConfigGuard() {}

    /**
     * The section {@code guard}.
     *
     * @param policy the file that its key {@code policy} names
     * @param operators of the config, who may approve where nobody else is named
     */
    static Config.GuardKeys read(YamlSection section, Optional<Path> policy, List<String> operators) {
        boolean requireSignatures = section.flag("requireSignatures", true);
        int callsPerMinute = section.whole("callsPerMinute", 10, 1, 1000);
        YamlSection approvals = section.section("approvals");
        Optional<Approvals.Demand> change = approvals.has("policyChange") ? demand(approvals.section("policyChange"), operators) : Optional.empty();
        approvals.end();
        section.end();
        return new Config.GuardKeys(policy, requireSignatures, callsPerMinute, change);
    }

    /** @param operators of the config, who may approve where {@code of} names nobody */
    private static Optional<Approvals.Demand> demand(YamlSection section, List<String> operators) {
        section.required("need", "how many operators must approve, such as 2");
        int need = section.whole("need", 1, 1, 20);
        List<String> of = section.has("of") ? section.texts("of") : operators;
        Duration within = section.duration("within", DAY, Duration.ofMinutes(1), DAY.multipliedBy(7));
        section.end();
        for (String id : of) {
            if (!operators.contains(id))
                section.problem("of", id + " is no operator of this config", "operators are: " + String.join(", ", operators));
        }
        if (of.stream().distinct().count() < need) {
            section.problem("need", need + " approvals of " + of.stream().distinct().count() + " operators can never be given",
                    "name more operators, or need fewer");
            return Optional.empty();
        }
        return Optional.of(new Approvals.Demand(need, of.stream().distinct().toList(), within));
    }

    /** The section {@code council}. */
    static CouncilRules council(YamlSection section) {
        CouncilRules rules = new CouncilRules(section.whole("quorum", 2, 0, 100),
                section.duration("deadline", Duration.ofMinutes(5), Duration.ofSeconds(1), DAY),
                section.duration("gather", Duration.ofSeconds(30), Duration.ZERO, DAY),
                section.choice("ring", false, Map.of("early", true, "accepted", false)), section.flag("withoutExpert", false));
        section.end();
        return rules;
    }
}
