package org.infrafabric.bench;

import org.infrafabric.media.SilentPort;
import java.net.InetSocketAddress;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code bench sip-mutations}: spoilt messages by the million against a whole user agent. */
@Command(name = "sip-mutations", mixinStandardHelpOptions = true,
        description = "Send spoilt SIP messages to a user agent; it must neither break nor keep anything of them.")
final class SipMutationsBench implements Callable<Integer> {
    private static final int SHOWN = 12;
    private static final long STEP = 1_000_000;
    /** What the collector leaves may differ by so much between two looks. */
    private static final long SLACK_BYTES = 16L << 20;

    @Option(names = "--count", defaultValue = "10000000", description = "How many (default: 10,000,000).") private long count;

    @Option(names = "--seed", defaultValue = "1", description = "The same seed sends the same messages (default: 1).") private long seed;

    @Option(names = "--json", description = "Print the figures as one JSON object on the last line of stdout.") private boolean json;

    @Override
    public Integer call() {
        MutationRun.Result result = new MutationRun(seed, new SilentPort(new InetSocketAddress("127.0.0.1", 40_000))).run(count, done -> {
            if (done % STEP == 0) System.err.println("bench: " + done + " messages …");
        });
        boolean grown = result.heapAfter() - result.heapBefore() > SLACK_BYTES;
        System.out.printf(Locale.ROOT, "%,d spoilt messages in %.0f s, %,.0f a second; nothing broke, nothing was left over%n", result.messages(),
                result.seconds(), result.messages() / result.seconds());
        System.out.printf(Locale.ROOT, "  heap in use: %.1f MB after the first 20,000, %.1f MB at the end%s%n", result.heapBefore() / 1e6,
                result.heapAfter() / 1e6, grown ? ": IT HAS GROWN" : "");
        System.out.printf(Locale.ROOT, "  %d distinct outcomes, the most frequent:%n", result.outcomes().size());
        result.outcomes().entrySet().stream().sorted(Comparator.comparing(Map.Entry<String, Long>::getValue).reversed()).limit(SHOWN)
                .forEach(each -> System.out.printf(Locale.ROOT, "    %,12d  %s%n", each.getValue(), each.getKey()));
        if (json) {
            ObjectNode all = JsonMapper.shared().createObjectNode().put("messages", result.messages()).put("seconds", result.seconds())
                    .put("heapBefore", result.heapBefore()).put("heapAfter", result.heapAfter()).put("distinct", result.outcomes().size());
            ObjectNode outcomes = all.putObject("outcomes");
            result.outcomes().forEach(outcomes::put);
            System.out.println(all);
        }
        return grown ? 1 : 0;
    }
}
