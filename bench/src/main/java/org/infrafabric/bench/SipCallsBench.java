package org.infrafabric.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.infrafabric.testkit.Peer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code bench sip-calls}: INVITE, 200, ACK, BYE, 200 over UDP, answered by ifbus's user agent and by Kamailio with tm, one after the other on the same
 * core under the same load from another one.
 */
@Command(name = "sip-calls", mixinStandardHelpOptions = true,
        description = "CPU a call of our user agent beside Kamailio's, and how many clean calls a second one core answers.")
final class SipCallsBench implements Callable<Integer> {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int MOST_LINES = 20; // of what a subject says of its trouble

    @Option(names = "--rate", defaultValue = "1500",
            description = "Calls a second at which CPU a call is compared (default: 1500).") private int rate;

    @Option(names = "--seconds", defaultValue = "15", description = "How long each run lasts (default: 15).") private int seconds;

    @Option(names = "--warm-up", defaultValue = "20", description = "Seconds at that rate before anything counts (default: 20).") private int warmUp;

    @Option(names = "--steps", split = ",", defaultValue = "2000,3000,4000,5000,6000,7000,8000,9000,10000",
            description = "Rates to try for clean calls, rising; the first that is not clean ends it. 0: none.") private List<Integer> steps = List
                    .of();

    @Option(names = "--json", description = "Print the figures as one JSON object on the last line of stdout.") private boolean json;

    @Override
    public Integer call() throws Exception {
        for (String program : List.of("sipp", "kamailio")) {
            if (Peer.installed(program)) continue;
            System.err.println("bench: " + program + " is not installed; apt-get install " + (program.equals("sipp") ? "sip-tester" : program));
            return 1;
        }
        Path folder = Files.createTempDirectory("ifbus-bench");
        if (!Cores.pinning()) System.err.println("bench: nothing can be pinned here; load and subject share their cores");
        Outcome ours;
        Outcome theirs;
        try (CallSubject subject = CallSubject.ifbus(folder)) {
            ours = measure(folder, subject);
        }
        try (CallSubject subject = CallSubject.kamailio(folder)) {
            theirs = measure(folder, subject);
        }
        double ratio = ours.even().cpuMicros() / theirs.even().cpuMicros();
        System.out.printf(Locale.ROOT, """
                INVITE-200-ACK-BYE-200 over UDP on one core; sipp on another%s
                  ours: transactions, dialogs, offer/answer; no media, no witness log. Kamailio: tm, a fixed answer, no dialogs
                %s%s  CPU a call, ours ÷ Kamailio's: %.2f
                """, Cores.pinning() ? "" : " (not pinned)", ours.text(), theirs.text(), ratio);
        if (json) {
            ObjectNode result = JSON.createObjectNode().put("pinned", Cores.pinning()).put("ratio", ratio);
            result.set("ifbus", ours.json());
            result.set("kamailio", theirs.json());
            System.out.println(result);
        }
        return ours.even().failed() == 0 ? 0 : 1;
    }

    private Outcome measure(Path folder, CallSubject subject) throws Exception {
        System.err.println("bench: " + subject.name() + " warms up for " + warmUp + " s …");
        if (warmUp > 0) CallLoad.run(folder, subject, rate, warmUp);
        CallLoad.Run even = tell(subject, CallLoad.run(folder, subject, rate, seconds));
        List<CallLoad.Run> tried = new ArrayList<>();
        for (int step : steps) {
            if (step <= 0) break;
            int said = subject.said().size();
            CallLoad.Run run = tell(subject, CallLoad.run(folder, subject, step, seconds));
            tried.add(run);
            if (run.clean()) continue;
            subject.said().stream().skip(said).limit(MOST_LINES).forEach(line -> System.err.println("bench: " + subject.name() + " " + line));
            break;
        }
        return new Outcome(subject.name(), even, tried);
    }

    private static CallLoad.Run tell(CallSubject subject, CallLoad.Run run) {
        System.err.printf(Locale.ROOT, "bench: %s at %d/s: %.0f/s reached, %d failed, %d repeated, %.0f µs a call, %.0f %% of the core%n",
                subject.name(),
                run.rate(), run.reached(), run.failed(), run.retransmissions(), run.cpuMicros(), 100 * run.load());
        return run;
    }

    /** What one subject showed. */
    private record Outcome(String name, CallLoad.Run even, List<CallLoad.Run> steps) {
        Optional<CallLoad.Run> cleanest() { return steps.stream().filter(CallLoad.Run::clean).reduce((one, next) -> next); }

        String text() {
            return String.format(Locale.ROOT, "  %-9s %6.1f µs of CPU a call at %d calls/s (%d failed, %d repeated); clean up to %s%n", name,
                    even.cpuMicros(), even.rate(), even.failed(), even.retransmissions(),
                    cleanest().map(run -> String.format(Locale.ROOT, "%d calls/s (%.0f %% of the core)", run.rate(), 100 * run.load()))
                            .orElse(steps.isEmpty() ? "(not tried)" : "none of the rates tried"));
        }

        ObjectNode json() {
            ObjectNode into = JSON.createObjectNode().put("cpuMicrosPerCall", even.cpuMicros()).put("rate", even.rate()).put("failed", even.failed())
                    .put("retransmissions", even.retransmissions()).put("cleanCallsPerSecond", cleanest().map(CallLoad.Run::rate).orElse(0));
            ArrayNode tried = into.putArray("steps");
            for (CallLoad.Run run : steps)
                tried.addObject().put("rate", run.rate()).put("reached", run.reached()).put("failed", run.failed())
                        .put("retransmissions", run.retransmissions()).put("cpuMicrosPerCall", run.cpuMicros()).put("load", run.load());
            return into;
        }
    }
}
