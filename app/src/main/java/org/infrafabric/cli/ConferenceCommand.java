package org.infrafabric.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code conference}: what an operator does with conferences (CONTRACT §1, §2). */
@Command(name = "conference", mixinStandardHelpOptions = true, description = "List conferences of a running bus, and change who is in them.")
final class ConferenceCommand {
    @Command(mixinStandardHelpOptions = true, description = "List those that are open with whoever is in them, an object a line with --json.")
    int list(@Mixin Operator operator, @Mixin Output output) throws Exception {
        for (JsonNode conference : operator.ask("GET", "/v1/conferences", "").path("conferences")) output.result(conference, text(conference));
        return ExitCode.DONE;
    }

    @Command(mixinStandardHelpOptions = true, description = "Have somebody called into a conference; they have no vote.")
    int add(@Parameters(paramLabel = "CONFERENCE", description = "As list prints it: the id of an escalation or a call.") String id,
            @Parameters(paramLabel = "URI", description = "A sip: URI of the roster.") String uri,
            @Mixin Operator operator, @Mixin Output output) throws Exception {
        return told(output, operator.ask("POST", participants(id), Output.object().put("uri", uri).toString()));
    }

    @Command(mixinStandardHelpOptions = true, description = "Hang up on a participant.")
    int remove(@Parameters(paramLabel = "CONFERENCE", description = "As list prints it: the id of an escalation or a call.") String id,
            @Parameters(paramLabel = "PARTICIPANT", description = "Its id, from the list.") String who,
            @Mixin Operator operator, @Mixin Output output) throws Exception {
        return told(output, operator.ask("DELETE", participants(id) + "/" + Operator.part(who), ""));
    }

    @Command(mixinStandardHelpOptions = true, description = "Let the others not hear a participant, or with --off hear them again.")
    int mute(@Parameters(paramLabel = "CONFERENCE", description = "As list prints it: the id of an escalation or a call.") String id,
            @Parameters(paramLabel = "PARTICIPANT", description = "Its id, from the list.") String who,
            @Option(names = "--off", description = "Let them be heard again.") boolean off, @Mixin Operator operator, @Mixin Output output)
            throws Exception {
        return told(output, operator.ask("POST", participants(id) + "/" + Operator.part(who) + (off ? "/unmute" : "/mute"), ""));
    }

    private static String participants(String id) { return "/v1/conferences/" + Operator.part(id) + "/participants"; }

    private static int told(Output output, JsonNode conference) {
        output.result(conference, text(conference));
        return ExitCode.DONE;
    }

    private static String text(JsonNode conference) {
        StringBuilder text = new StringBuilder(conference.path("id").asString());
        for (JsonNode each : conference.path("participants")) {
            String how = each.path("held").asBoolean() ? "held" : each.path("muted").asBoolean() ? "muted" : each.path("state").asString();
            text.append(String.format("%n  %-42s %-9s %-12s %s", each.path("id").asString(), how, each.path("name").asString(),
                    each.path("party").asString()));
        }
        return text.toString();
    }
}
