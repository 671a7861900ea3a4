package org.infrafabric.sim;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import org.infrafabric.message.Sha256;

/**
 * Runs escalations by the thousand through whole buses on virtual time, lets everything happen to them, and inspects what became of each (DESIGN §5). A run is
 * many worlds one after another, each with rules, people and faults of its own, all from one seed.
 */
public final class Simulation {
    private static final int A_WORLD = 40;
    /** How long faults go on: longer than messages keep coming. */
    private static final Duration STORM = Duration.ofMinutes(20);
    /** Then time alone must end everything; the last callback is tried again within this. */
    private static final Duration REST = Duration.ofHours(26);

    private Simulation() {}

    /** @param progress told how many messages have been sent */
    public static SimReport run(SimSettings settings, IntConsumer progress) {
        SplittableRandom random = new SplittableRandom(settings.seed());
        Sum sum = new Sum();
        for (int sent = 0; sent < settings.escalations(); sent += A_WORLD) {
            progress.accept(sent);
            try (World world = new World(random.split(), settings.faults())) {
                sum.add(live(world, Math.min(A_WORLD, settings.escalations() - sent), "sim-" + sent / A_WORLD + "-"), world);
            }
        }
        return sum.report(settings);
    }

    private static Lived live(World world, int messages, String prefix) {
        Crowd crowd = new Crowd(world, messages);
        Weather weather = new Weather(world);
        crowd.arrive(prefix);
        weather.begin();
        world.timers.advance(STORM);
        weather.end();
        world.timers.advance(REST);
        world.timers.settle();
        Inspection inspection = new Inspection(world, crowd);
        inspection.look();
        return new Lived(crowd, inspection);
    }

    private record Lived(Crowd crowd, Inspection inspection) {}

    private static final class Sum {
        private final Map<String, Integer> ends = new TreeMap<>();
        private final Map<String, Integer> refused = new TreeMap<>();
        private final List<String> violations = new ArrayList<>();
        private final StringBuilder heads = new StringBuilder();
        private long entries;
        private long legs;
        private int restarts;
        private int clockJumps;
        private long posts;
        private Duration simulated = Duration.ZERO;

        void add(Lived lived, World world) {
            lived.inspection.ends().forEach((end, count) -> ends.merge(end, count, Integer::sum));
            lived.crowd.refused().forEach((code, count) -> refused.merge(code, count, Integer::sum));
            violations.addAll(lived.inspection.violations());
            heads.append(lived.inspection.head()).append('\n');
            entries += lived.inspection.entries();
            legs += world.phones.legs();
            restarts += world.restarts;
            clockJumps += world.clockJumps;
            posts += world.posts;
            simulated = simulated.plus(STORM).plus(REST);
        }

        SimReport report(SimSettings settings) {
            return new SimReport(settings, ends, refused, entries, legs, restarts, clockJumps, posts, simulated,
                    Sha256.hex(heads.toString().getBytes(StandardCharsets.US_ASCII)), violations);
        }
    }
}
