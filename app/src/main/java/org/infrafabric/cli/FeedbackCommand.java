package org.infrafabric.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code feedback}: says after the call how useful the expert was. */
@Command(name = "feedback", mixinStandardHelpOptions = true, description = "Say after the call how useful the expert was; kept for routing.")
final class FeedbackCommand implements Callable<Integer> {
    @Parameters(paramLabel = "ESCALATION", description = "Its id.") private String id = "";

    @Option(names = "--usefulness", required = true, paramLabel = "1-5",
            description = "1 of no use, 5 could not have been done without.") private int usefulness;

    @Nullable
    @Option(names = "--note", paramLabel = "TEXT", description = "A word to it, at most 2000 characters.") private String note;

    @Mixin private BusOption bus = new BusOption();
    @Mixin private Output output = new Output();

    @Override
    public Integer call() throws IOException, InterruptedException {
        String token = bus.token().orElseThrow(() -> new IllegalArgumentException(
                "no token: give --token or set IFBUS_TOKEN: that of the agent that asked, of a guardian of its council or of an operator"));
        if (usefulness < 1 || usefulness > 5) throw new IllegalArgumentException("--usefulness is a whole number from 1 to 5");
        if (!id.matches("[A-Za-z0-9._~:-]{1,119}")) throw new IllegalArgumentException("\"" + id + "\" is no escalation's id");
        ObjectNode body = Output.object().put("usefulness", usefulness);
        if (note != null) body.put("note", note);
        JsonNode answer = BusOption.ask(bus.server(), token, "POST", "/v1/escalations/" + id + "/feedback", body.toString());
        output.result(answer, "kept: " + usefulness + " of 5 for " + answer.path("expert").asString("the expert"));
        return ExitCode.DONE;
    }
}
