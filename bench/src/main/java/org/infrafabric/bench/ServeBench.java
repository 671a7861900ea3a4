package org.infrafabric.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.infrafabric.testkit.IfbusProcess;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code bench serve}: how long {@code ifbus} takes to be ready, and what it holds when nothing happens. Each run is a process of its own, seen from outside. */
@Command(name = "serve", mixinStandardHelpOptions = true,
        description = "Process start → ready line, memory at rest, witness verify of a small log, --help: lowest, middle and highest of some runs.")
final class ServeBench implements Callable<Integer> {
    private static final Pattern RSS = Pattern.compile("VmRSS:\\s+([0-9]+) kB");
    private static final Pattern OWN = Pattern.compile("Private_Dirty:\\s+([0-9]+) kB");
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Option(names = "--runs", defaultValue = "5", description = "How often (default: 5).") private int runs;

    @Option(names = "--rest", defaultValue = "10",
            description = "Seconds after the ready line at which memory is read (default: 10).") private int rest;

    @Option(names = "--json", description = "Print the figures as one JSON object on the last line of stdout.") private boolean json;

    private final Map<String, List<Long>> figures = new LinkedHashMap<>();

    @Override
    public Integer call() throws Exception {
        Path folder = Files.createTempDirectory("ifbus-bench");
        IfbusProcess.prepare();
        for (int run = 1; run <= runs; run++) {
            System.err.println("bench: run " + run + " of " + runs + " …");
            once(Files.createDirectory(folder.resolve("run-" + run)));
        }
        ObjectNode result = JsonMapper.shared().createObjectNode().put("runs", runs);
        figures.forEach((name, values) -> {
            Spread spread = Spread.of(values);
            long least = spread.sorted()[0], middle = spread.percentile(50), most = spread.sorted()[spread.sorted().length - 1];
            System.out.println(String.format(Locale.ROOT, "  %-28s min %5d, median %5d, max %5d", name, least, middle, most));
            result.putObject(name).put("min", least).put("median", middle).put("max", most);
        });
        if (json) System.out.println(result);
        return 0;
    }

    private void once(Path folder) throws Exception {
        Path config = Files.writeString(folder.resolve("ifbus.yaml"), """
                data: %s
                http: { listen: "127.0.0.1:0" }
                sip: { listen: ["udp:127.0.0.1:0", "tcp:127.0.0.1:0"] }
                """.formatted(folder.resolve("data")));
        try (IfbusProcess bus = IfbusProcess.serve(folder, config)) {
            note("readyMillis", bus.readyAfter().toMillis());
            Thread.sleep(Duration.ofSeconds(rest)); // the figure is memory at rest: what is measured is the resting
            note("idleRssKb", read(bus.pid(), "status", RSS));
            note("idlePrivateDirtyKb", read(bus.pid(), "smaps_rollup", OWN));
        }
        Path log = folder.resolve("log.jsonl");
        Files.writeString(log, IfbusProcess.run(folder, LIMIT, "witness", "export", "--data-dir", folder.resolve("data").toString()).out());
        note("verifyMillis", IfbusProcess.run(folder, LIMIT, "witness", "verify", "--data-dir", folder.resolve("data").toString()).took().toMillis());
        note("verifyExportMillis", IfbusProcess.run(folder, LIMIT, "witness", "verify", "--file", log.toString()).took().toMillis());
        note("helpMillis", IfbusProcess.run(folder, LIMIT, "--help").took().toMillis());
    }

    private void note(String figure, long value) {
        figures.computeIfAbsent(figure, unknown -> new ArrayList<>()).add(value);
    }

    private static long read(long pid, String file, Pattern wanted) throws Exception {
        Matcher found = wanted.matcher(Files.readString(Path.of("/proc", Long.toString(pid), file)));
        return found.find() ? Long.parseLong(found.group(1)) : 0;
    }
}
