package org.infrafabric.cli;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.infrafabric.sim.Fault;
import org.infrafabric.sim.SimReport;
import org.infrafabric.sim.SimSettings;
import org.infrafabric.sim.Simulation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** {@code sim}. */
@Command(name = "sim", mixinStandardHelpOptions = true,
        description = "Run escalations by the thousand through whole buses on virtual time, with faults from a seed, and check what became of each.",
        footer = {"", "Exit codes: 0 all promises held; 1 one did not (each is listed)."})
final class SimCommand implements Callable<Integer> {
    private static final int A_LINE = 1_000;

    @Option(names = "--seed", defaultValue = "1", description = "The same seed gives the same log. Default: ${DEFAULT-VALUE}.") long seed;

    @Option(names = "--escalations", defaultValue = "1000", description = "How many messages are sent. Default: ${DEFAULT-VALUE}.") int escalations;

    @Option(names = "--faults", split = ",",
            description = "Which may happen: ${COMPLETION-CANDIDATES}. Default: all.") List<Fault> faults = List.of(Fault.values());

    @Option(names = "--no-faults", description = "Let nothing go wrong but what people do.") boolean none;

    @Mixin private Output output;

    @Override
    public Integer call() {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "off"); // a simulated disk that is full is no news
        Set<Fault> chosen = none ? Set.of() : EnumSet.copyOf(faults);
        SimReport report = Simulation.run(new SimSettings(seed, escalations, chosen), sent -> {
            if (sent > 0 && sent % A_LINE == 0) Output.progress(sent + " of " + escalations + " escalations");
        });
        output.result(json(report), text(report));
        return report.violations().isEmpty() ? ExitCode.DONE : ExitCode.FAILED;
    }

    private static ObjectNode json(SimReport report) {
        ObjectNode all = Output.object().put("seed", report.settings().seed()).put("escalations", report.settings().escalations());
        report.settings().faults().stream().sorted().forEach(all.withArray("/faults")::addPOJO);
        report.ends().forEach(all.withObject("/ends")::put);
        report.refused().forEach(all.withObject("/refused")::put);
        all.put("entries", report.entries()).put("legs", report.legs()).put("restarts", report.restarts()).put("clockJumps", report.clockJumps())
                .put("callbackPosts", report.callbackPosts()).put("simulatedHours", report.simulated().toHours()).put("hash", report.hash());
        report.violations().forEach(all.withArray("/violations")::add);
        return all;
    }

    private static String text(SimReport report) {
        StringBuilder text = new StringBuilder();
        text.append(report.settings().escalations()).append(" escalations in ").append(report.simulated().toHours())
                .append(" simulated hours, seed ").append(report.settings().seed()).append('\n');
        report.ends().forEach((end, count) -> text.append("  %-12s %6d%n".formatted(end.toLowerCase(Locale.ROOT), count)));
        report.refused().forEach((code, count) -> text.append("  refused as %s: %d%n".formatted(code, count)));
        text.append("  %d entries, %d legs, %d restarts, %d clock jumps, %d posts to callbacks%n".formatted(report.entries(), report.legs(),
                report.restarts(), report.clockJumps(), report.callbackPosts()));
        text.append("  hash ").append(report.hash()).append('\n');
        if (report.violations().isEmpty()) return text.append("All promises held.").toString();
        text.append(report.violations().size()).append(" promises did not hold:");
        report.violations().forEach(one -> text.append("\n  ").append(one));
        return text.toString();
    }
}
