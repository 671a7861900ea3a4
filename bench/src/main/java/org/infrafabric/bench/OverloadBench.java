package org.infrafabric.bench;

import java.nio.file.Files;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code bench overload}: escalations at twice the rate that the bus is set to carry. What is over must be refused with 503 and Retry-After, what is taken must run to its end
 * as if nothing were, and when the load ends a message must be taken again within five seconds.
 */
@Command(name = "overload", mixinStandardHelpOptions = true,
        description = "Twice as many escalations as the bus is set to carry: what is refused, how the others fare, and when it takes new ones again.")
final class OverloadBench implements Callable<Integer> {
    /** An escalation of this load is open so long: rung, answered, 5 s of audio, written. */
    private static final double OPEN_SECONDS = 5.5;
    private static final long RECOVERY_MILLIS = 5_000;
    private static final Duration WARM_UP = Duration.ofSeconds(10);

    @Option(names = "--seconds", defaultValue = "20", description = "How long the load lasts (default: 20).") private int seconds;

    @Option(names = "--rate", defaultValue = "40", description = "Escalations a second that are sent (default: 40).") private int rate;

    @Option(names = "--json", description = "Print the figures as one JSON object on the last line of stdout.") private boolean json;

    @Override
    public Integer call() throws Exception {
        int room = Math.max(1, (int) Math.round(rate / 2.0 * OPEN_SECONDS));
        String limits = "limits: { escalations: " + room + ", requestsPerSecond: 100000, burst: 100000 }\n";
        LoadedBus bus = new LoadedBus(Files.createTempDirectory("ifbus-bench"), Load.experts(rate, Duration.ofSeconds(seconds)).after(WARM_UP),
                limits);
        Figures figures = bus.measure();
        int taken = bus.statuses().getOrDefault(202, 0), refused = bus.statuses().getOrDefault(503, 0);
        int unfinished = figures.outcomes().getOrDefault("none", 0);
        boolean told = bus.withRetryAfter() == refused && taken + refused == bus.statuses().values().stream().mapToInt(Integer::intValue).sum();
        boolean sound = told && unfinished == 0 && bus.recoveryMillis() >= 0 && bus.recoveryMillis() <= RECOVERY_MILLIS;
        System.out.print(String.format(Locale.ROOT, """
                %d escalations/s for %d s; room for %d at a time
                  taken %d, refused with 503 %d (Retry-After in %d); all statuses %s
                  of those taken, without an end: %d
                  message → 180          %s
                  message → first audio  %s
                  takes new ones again %d ms after the load ended
                """, rate, seconds, room, taken, refused, bus.withRetryAfter(), bus.statuses(), unfinished, figures.ring().text(),
                figures.audio().text(),
                bus.recoveryMillis()));
        if (json) {
            ObjectNode result = JsonMapper.shared().createObjectNode().put("rate", rate).put("room", room).put("taken", taken).put("refused", refused)
                    .put("withRetryAfter", bus.withRetryAfter()).put("unfinished", unfinished).put("ringP50", figures.ring().percentile(50))
                    .put("ringP99", figures.ring().percentile(99)).put("recoveryMillis", bus.recoveryMillis()).put("sound", sound);
            System.out.println(result);
        }
        return sound ? 0 : 1;
    }
}
