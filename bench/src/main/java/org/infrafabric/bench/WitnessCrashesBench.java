package org.infrafabric.bench;

import java.nio.file.Files;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** {@code bench witness-crashes}: a node killed with SIGKILL, again and again, on one log. */
@Command(name = "witness-crashes", mixinStandardHelpOptions = true,
        description = "Kill a node that writes at random points; nothing that it acknowledged may be lost.")
final class WitnessCrashesBench implements Callable<Integer> {
    private static final int STEP = 50;

    @Option(names = "--count", defaultValue = "1000", description = "How many times (default: 1000).") private int count;

    @Option(names = "--seed", defaultValue = "1", description = "Decides where each life ends (default: 1).") private long seed;

    @Option(names = "--json", description = "Print the figures as one JSON object on the last line of stdout.") private boolean json;

    @Override
    public Integer call() throws Exception {
        int killed = 0;
        long acknowledged = 0, checkpoints = 0;
        while (killed < count) { // a fresh log now and then, so that verifying does not become the most of it
            int some = Math.min(STEP, count - killed);
            WitnessCrashes crashes = new WitnessCrashes(Files.createTempDirectory("ifbus-crashes"), seed + killed);
            crashes.kill(some);
            killed += some;
            acknowledged += crashes.acknowledged();
            checkpoints += crashes.checkpoints();
            System.err.println("bench: " + killed + " kills, nothing lost");
        }
        System.out.println(String.format(Locale.ROOT,
                "%d kills: all %,d acknowledged entries are there, every chain is whole, and agrees with all %,d checkpoints",
                killed, acknowledged, checkpoints));
        if (json)
            System.out.println(JsonMapper.shared().createObjectNode().put("kills", killed).put("acknowledged", acknowledged)
                    .put("checkpoints", checkpoints).put("whole", true));
        return 0;
    }
}
