package org.infrafabric.sip;

import gov.nist.javax.sip.parser.StringMsgParser;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.text.ParseException;
import org.infrafabric.testkit.SipSamples;

/**
 * How many INVITEs a second one core reads: by our parser alone, by parser and validator, and by JAIN-SIP's parser, which does less than the validator.
 * Rounds of them take turns, so that all meet the same machine; what counts is this thread's CPU time. The best round is told: others were disturbed.
 */
public final class ParseRace {
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
    public record Result(int bytes, double parsed, double judged, double jain) {}

    /** @param rounds of each; the first third warms up and does not count */
    public Result run(int rounds) {
        double parsed = 0;
        double judged = 0;
        double theirs = 0;
        for (int round = 0; round < rounds; round++) {
            boolean warm = round * 3 < rounds;
            double parse = rate(this::parse);
            double judge = rate(this::judge);
            double other = rate(this::parseByJain);
            if (warm) continue;
            parsed = Math.max(parsed, parse);
            judged = Math.max(judged, judge);
            theirs = Math.max(theirs, other);
        }
        return new Result(message.length, parsed, judged, theirs);
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

    private void parse() {
        if (read().bodyTo() != message.length) throw new IllegalStateException("misread");
    }

    private void judge() {
        if (Validator.request(read()).isPresent()) throw new IllegalStateException("a sound message was refused");
    }

    private SipMessage read() {
        try {
            return SipParser.parse(message);
        } catch (NotSip e) {
            throw new IllegalStateException(e);
        }
    }

    private void parseByJain() {
        try {
            if (jain.parseSIPMessage(message, true, false, null) == null) throw new IllegalStateException("JAIN-SIP read nothing");
        } catch (ParseException e) {
            throw new IllegalStateException(e);
        }
    }
}
