package org.infrafabric.bench;

import gov.nist.javax.sip.parser.StringMsgParser;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.text.ParseException;
import org.infrafabric.sip.UnwiredAgent;
import org.infrafabric.testkit.SipSamples;

/**
 * How many INVITEs a second one core reads: by our parser and validator, and by JAIN-SIP's parser, which does less than the validator.
 * Rounds of them take turns, so that all meet the same machine; what counts is this thread's CPU time. The best round is told: others were disturbed.
 */
final class ParseRace {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final long ROUND_NANOS = 250_000_000L;
    private static final int BATCH = 200;

    private final byte[] message = SipSamples.invite();
    private final StringMsgParser jain = new StringMsgParser();

    /**
     * Millions of messages a second of CPU.
     *
     * @param bytes of the message
     */
    record Result(int bytes, double judged, double jain) {}

    /** @param rounds of each; the first third warms up and does not count */
    Result run(int rounds) {
        double judged = 0;
        double theirs = 0;
        for (int round = 0; round < rounds; round++) {
            boolean warm = round * 3 < rounds;
            double judge = rate(this::judge);
            double other = rate(this::parseByJain);
            if (warm) continue;
            judged = Math.max(judged, judge);
            theirs = Math.max(theirs, other);
        }
        return new Result(message.length, judged, theirs);
    }

    private static double rate(Runnable one) {
        long begun = THREADS.getCurrentThreadCpuTime();
        long count = 0;
        long spent;
        do {
            for (int i = 0; i < BATCH; i++) one.run();
            count += BATCH;
            spent = THREADS.getCurrentThreadCpuTime() - begun;
        } while (spent < ROUND_NANOS);
        return count * 1_000.0 / spent;
    }

    private void judge() {
        if (UnwiredAgent.judge(message) != 0) throw new IllegalStateException("a sound message was refused");
    }

    private void parseByJain() {
        try {
            if (jain.parseSIPMessage(message, true, false, null) == null) throw new IllegalStateException("JAIN-SIP read nothing");
        } catch (ParseException e) {
            throw new IllegalStateException(e);
        }
    }
}
