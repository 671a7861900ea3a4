package org.infrafabric.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.infrafabric.testkit.Peer;

/** Which core a program runs on, and what time it takes there. */
final class Cores {
    private static final double TICKS_A_SECOND = 100; // USER_HZ, the same on every Linux

    private Cores() {}

    /** Whether programs can be kept apart. */
    static boolean pinning() {
        return Runtime.getRuntime().availableProcessors() > 1 && Peer.installed("taskset");
    }

    /** The command that runs a program on one core, where that is possible. */
    static List<String> on(int core, List<String> command) {
        if (!pinning()) return command;
        List<String> pinned = new ArrayList<>(List.of("taskset", "-c", Integer.toString(core)));
        pinned.addAll(command);
        return pinned;
    }

    /** Seconds of CPU, in the kernel and outside, that a process and its children have had so far: to a hundredth. */
    static double seconds(ProcessHandle process) {
        return Stream.concat(Stream.of(process), process.descendants()).mapToDouble(each -> ticks(each.pid()) / TICKS_A_SECOND).sum();
    }

    /** Fields 14 and 15 of /proc/PID/stat, counted after the name, which may hold anything. */
    private static double ticks(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return Double.parseDouble(fields[11]) + Double.parseDouble(fields[12]);
        } catch (IOException e) {
            return 0; // it has ended
        }
    }
}
