package org.infrafabric.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code call}: what an operator does with calls (CONTRACT §1, §2). */
@Command(name = "call", mixinStandardHelpOptions = true, description = "List and control the calls of a running bus.")
final class CallCommand {
    @Command(mixinStandardHelpOptions = true, description = "List the legs that are up, an object a line with --json.")
    int list(@Mixin Operator operator, @Mixin Output output) throws Exception {
        for (JsonNode leg : operator.ask("GET", "/v1/calls", "").path("calls")) {
            String of = leg.has("escalation") ? leg.path("escalation").asString() : leg.path("call").asString("");
            output.result(leg, String.format("%-42s %-9s %-9s %-36s %s", leg.path("id").asString(), leg.path("role").asString(),
                    leg.path("held").asBoolean(false) ? "held" : leg.path("state").asString(), leg.path("party").asString(), of));
        }
        return ExitCode.DONE;
    }

    @Command(mixinStandardHelpOptions = true, description = "Call one party, then the other, and join them.")
    int originate(@Parameters(paramLabel = "FROM", description = "Rings first; a sip: URI of the roster.") String from,
            @Parameters(paramLabel = "TO", description = "A sip: URI of the roster.") String to, @Mixin Operator operator, @Mixin Output output)
            throws Exception {
        return told(output, operator.ask("POST", "/v1/calls", Output.object().put("from", from).put("to", to).toString()), "calling");
    }

    @Command(mixinStandardHelpOptions = true, description = "End a call, or one leg of whatever it belongs to.")
    int hangup(@Parameters(paramLabel = "ID", description = "A call or a leg, as list prints it.") String id, @Mixin Operator operator,
            @Mixin Output output) throws Exception {
        return told(output, operator.ask("DELETE", "/v1/calls/" + Operator.part(id), ""), "ending");
    }

    @Command(mixinStandardHelpOptions = true, description = "Give the party of a leg (of a call: its TO) somebody else to talk to.")
    int transfer(@Parameters(paramLabel = "ID", description = "The leg that stays.") String id,
            @Nullable @Option(names = "--to", paramLabel = "URI", description = "Blind: ring this, and put it in the partner's place.") String target,
            @Nullable @Option(names = "--with", paramLabel = "ID", description = "Attended: join with this leg or call.") String with,
            @Mixin Operator operator, @Mixin Output output) throws Exception {
        if ((target == null) == (with == null)) throw new IllegalArgumentException("give either --to URI (blind) or --with ID (attended)");
        ObjectNode how = target != null ? Output.object().put("mode", "blind").put("target", target)
                : Output.object().put("mode", "attended").put("with", with);
        return told(output, operator.ask("POST", "/v1/calls/" + Operator.part(id) + "/transfer", how.toString()), "transferring");
    }

    @Command(mixinStandardHelpOptions = true, description = "Put a call or one leg on hold.")
    int hold(@Parameters(paramLabel = "ID", description = "A call or a leg, as list prints it.") String id, @Mixin Operator operator,
            @Mixin Output output) throws Exception {
        return told(output, operator.ask("POST", "/v1/calls/" + Operator.part(id) + "/hold", ""), "holding");
    }

    @Command(mixinStandardHelpOptions = true, description = "Take a call or one leg off hold.")
    int resume(@Parameters(paramLabel = "ID", description = "A call or a leg, as list prints it.") String id, @Mixin Operator operator,
            @Mixin Output output) throws Exception {
        return told(output, operator.ask("POST", "/v1/calls/" + Operator.part(id) + "/resume", ""), "resuming");
    }

    private static int told(Output output, JsonNode answer, String doing) {
        output.result(answer, doing + " " + answer.path("id").asString());
        return ExitCode.DONE;
    }
}
