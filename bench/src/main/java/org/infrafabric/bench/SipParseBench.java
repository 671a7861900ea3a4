package org.infrafabric.bench;

import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** {@code bench sip-parse}: INVITEs read and judged a second, beside JAIN-SIP in the same process. */
@Command(name = "sip-parse", mixinStandardHelpOptions = true,
        description = "Parse and validate an 829-byte INVITE on one core, beside JAIN-SIP's parser.")
final class SipParseBench implements Callable<Integer> {
    @Option(names = "--rounds", defaultValue = "24", description = "Rounds of a quarter of a second for each (default: 24).") private int rounds;

    @Option(names = "--json", description = "Print the figures as one JSON object on the last line of stdout.") private boolean json;

    @Override
    public Integer call() {
        ParseRace.Result result = new ParseRace().run(Math.max(3, rounds));
        System.out.printf(Locale.ROOT, """
                an INVITE of %d bytes, messages a second of one core's time
                  parsed and validated     %5.2f M
                  parsed by JAIN-SIP       %5.2f M
                  validated ÷ JAIN-SIP's   %5.1f
                """, result.bytes(), result.judged(), result.jain(), result.judged() / result.jain());
        if (json)
            System.out.println(JsonMapper.shared().createObjectNode().put("bytes", result.bytes())
                    .put("validatedMillions", result.judged()).put("jainSipMillions", result.jain()));
        return 0;
    }
}
