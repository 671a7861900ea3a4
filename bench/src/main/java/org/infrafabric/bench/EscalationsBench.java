package org.infrafabric.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code bench escalations}: whole escalations at a fixed rate against {@code ifbus serve} in a process of its own, with sipp as the phones.
 *
 * <p>Arrivals are paced by the clock, not by answers, so a slow bus is not spared (no coordinated omission).
 */
@Command(name = "escalations", mixinStandardHelpOptions = true,
        description = "Message → 180 and → first audio at 1 and 10 escalations a second for 60 s, then full councils of three at 1 a second.")
final class EscalationsBench implements Callable<Integer> {
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    @Option(names = "--seconds", defaultValue = "60", description = "How long each load lasts (default: 60).") private int seconds;

    @Option(names = "--warm-up", defaultValue = "15",
            description = "Seconds of the same before it, not measured; 0 to measure a cold JVM (default: 15).") private int warmUp;

    @Option(names = "--rates", split = ",", defaultValue = "1,10",
            description = "Escalations a second, one run each (default: 1,10).") private List<Integer> rates = List
                    .of(1, 10);

    @Option(names = "--council-rate", defaultValue = "1",
            description = "Councils of three a second; 0 leaves them out (default: 1).") private int councilRate;

    @Option(names = "--json", description = "Print the figures as one JSON object on the last line of stdout.") private boolean json;

    @Override
    public Integer call() throws Exception {
        Path folder = Files.createTempDirectory("ifbus-bench");
        List<Figures> all = new ArrayList<>();
        for (int rate : rates) all.add(measure(folder, Load.experts(rate, Duration.ofSeconds(seconds)).after(Duration.ofSeconds(warmUp))));
        if (councilRate > 0) all.add(measure(folder, Load.councils(councilRate, Duration.ofSeconds(seconds)).after(Duration.ofSeconds(warmUp))));
        if (json) {
            ArrayNode runs = JSON.createArrayNode();
            all.forEach(figures -> runs.add(figures.json(JSON.createObjectNode())));
            ObjectNode result = JSON.createObjectNode().put("machine", Machine.described());
            result.set("runs", runs);
            System.out.println(result);
        }
        return all.stream().allMatch(Figures::whole) ? 0 : 1;
    }

    private static Figures measure(Path folder, Load load) throws Exception {
        System.err.println("bench: " + load.name() + " …");
        Figures figures = new LoadedBus(Files.createTempDirectory(folder, "run"), load).measure();
        System.out.println(figures.text());
        return figures;
    }
}
