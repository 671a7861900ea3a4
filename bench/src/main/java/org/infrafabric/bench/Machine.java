package org.infrafabric.bench;

import java.lang.management.ManagementFactory;
import java.util.Locale;

/** The machine that was measured on. */
final class Machine {
    private Machine() {}

    /** CPU time that this process has taken on all cores together, in nanoseconds. */
    static long cpuNanos() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system ? system.getProcessCpuTime()
                : 0;
    }

    static String described() {
        return String.format(Locale.ROOT, "%d cores, Java %s, %s", Runtime.getRuntime().availableProcessors(), System.getProperty("java.vm.version"),
                System.getProperty("os.name"));
    }
}
