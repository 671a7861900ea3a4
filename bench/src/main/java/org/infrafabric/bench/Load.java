package org.infrafabric.bench;

import java.time.Duration;

/**
 * What is asked of the bus.
 *
 * @param rate escalations a second
 * @param guardians in the council; 0 for none
 * @param warmUp the same before it, which is not measured: a JVM that has just started is busy compiling
 */
record Load(String name, int rate, Duration lasting, int guardians, Duration warmUp) {
    /** An expert answers, speaks for 5 s and hangs up; no council. */
    static Load experts(int rate, Duration lasting) {
        return new Load(rate + " escalations/s for " + lasting.toSeconds() + " s (expert answers, 5 s of audio)", rate, lasting, 0, Duration.ZERO);
    }

    /** An expert and three guardians meet; the guardians vote over HTTP as soon as voting opens. */
    static Load councils(int rate, Duration lasting) {
        return new Load(rate + " councils of 3/s for " + lasting.toSeconds() + " s (votes over HTTP)", rate, lasting, 3, Duration.ZERO);
    }

    Load after(Duration warm) {
        return new Load(name + (warm.isZero() ? "" : ", after " + warm.toSeconds() + " s of the same"), rate, lasting, guardians, warm);
    }

    int count() { return Math.toIntExact(rate * lasting.toSeconds()); }

    int warmUpCount() { return Math.toIntExact(rate * warmUp.toSeconds()); }
}
