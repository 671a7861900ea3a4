package org.infrafabric.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import org.infrafabric.guard.Explanation;
import org.infrafabric.message.IfMessage;
import org.infrafabric.message.MessageRefused;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code guard explain}. */
@Command(name = "guard", mixinStandardHelpOptions = true, description = "Ask the policy.")
final class GuardCommand {
    @Command(mixinStandardHelpOptions = true, description = "Say which rules a message would fire, on what inputs, and why. Nothing is sent.")
    int explain(@Parameters(paramLabel = "MESSAGE.json", description = "An IFMessage, signed or not.") Path file, @Mixin ConfigOption config,
            @Mixin Output output) throws Exception {
        IfMessage message;
        try {
            message = IfMessage.parse(Files.readAllBytes(file));
        } catch (MessageRefused refused) {
            throw new IllegalArgumentException(file + ": " + Failures.sentence(refused), refused);
        }
        Explanation explanation = config.read().openGuard().explain(message, Instant.now(Clock.systemUTC()));
        output.result(Output.JSON.valueToTree(explanation.toMap()), explanation.text().stripTrailing());
        return ExitCode.DONE;
    }
}
