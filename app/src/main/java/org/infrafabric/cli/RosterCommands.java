package org.infrafabric.cli;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import org.infrafabric.guard.Agent;
import org.infrafabric.guard.Expert;
import org.infrafabric.guard.Guardian;
import org.infrafabric.message.VerifyKey;
import org.infrafabric.server.Config;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** {@code expert list}, {@code expert on-duty}, {@code guardian list}, {@code agent list}: the rosters as the config gives them, an object a line with {@code --json}. */
final class RosterCommands {
    private RosterCommands() {}

    @Command(name = "expert", mixinStandardHelpOptions = true, description = "Experts who may be called.")
    static final class ExpertCommand {
        @Command(mixinStandardHelpOptions = true, description = "List them, in the order in which they ring.")
        int list(@Mixin ConfigOption config, @Mixin Output output) {
            for (Expert expert : config.read().experts()) {
                ObjectNode line = Output.object().put("uri", expert.uri()).put("name", expert.name());
                line.set("hazards", Output.JSON.valueToTree(expert.hazards()));
                line.put("accept", expert.accept().name().toLowerCase(java.util.Locale.ROOT)).put("ringTimeout", expert.ringTimeout().toString());
                output.result(line, String.format("%-44s %-24s %s; rings %d s", expert.uri(), expert.name(), String.join(", ", expert.hazards()),
                        seconds(expert.ringTimeout())));
            }
            return ExitCode.DONE;
        }

        @Command(name = "on-duty", mixinStandardHelpOptions = true,
                description = "Say who is on duty, for which hazards nobody is, and when that changes next.")
        int onDuty(@Nullable @Option(names = "--at", paramLabel = "TIME",
                description = "At this moment (RFC 3339, such as 2026-12-24T18:00:00Z) instead of now.") String at, @Mixin ConfigOption config,
                @Mixin Output output) {
            Config read = config.read();
            DutyTable table = DutyTable.of(read.roster(), read.hazards(), at == null ? Clock.systemUTC().instant() : moment(at));
            output.result(table.json(), table.text());
            return ExitCode.DONE;
        }

        private static Instant moment(String text) {
            try {
                return OffsetDateTime.parse(text).toInstant();
            } catch (DateTimeParseException none) {
                throw new IllegalArgumentException("--at " + text + " is no moment; write it such as 2026-12-24T18:00:00Z", none);
            }
        }

        private static long seconds(Duration duration) { return duration.toSeconds(); }
    }

    @Command(name = "guardian", mixinStandardHelpOptions = true, description = "Members of the council.")
    static final class GuardianCommand {
        @Command(mixinStandardHelpOptions = true, description = "List them.")
        int list(@Mixin ConfigOption config, @Mixin Output output) {
            for (var entry : config.read().guardians()) {
                Guardian guardian = entry.guardian();
                ObjectNode line = Output.object().put("id", guardian.id()).put("uri", guardian.uri()).put("accept",
                        guardian.accept().name().toLowerCase(java.util.Locale.ROOT));
                output.result(line, String.format("%-16s %s", guardian.id(), guardian.uri()));
            }
            return ExitCode.DONE;
        }
    }

    @Command(name = "agent", mixinStandardHelpOptions = true, description = "Agents that may ask.")
    static final class AgentCommand {
        @Command(mixinStandardHelpOptions = true, description = "List them with their public keys.")
        int list(@Mixin ConfigOption config, @Mixin Output output) {
            for (var entry : config.read().agents()) {
                Agent agent = entry.agent();
                String key = agent.key().map(VerifyKey::toString).orElse("");
                output.result(Output.object().put("id", agent.id()).put("publicKey", key),
                        String.format("%-40s %s", agent.id(), key.isEmpty() ? "(no key)" : key));
            }
            return ExitCode.DONE;
        }
    }
}
