package org.infrafabric.sip;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.infrafabric.testkit.SipSamples;
import org.junit.jupiter.api.Test;

/** What reading and judging a message costs besides the bytes it came in. */
class ParseCostTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int ROUNDS = 2_000;
    /** The message, its start line, its topmost Via and CSeq, and a long for each of its headers. None of its text. */
    private static final long MOST_BYTES = 512;

    @Test
    void shouldMakeNothingButTheMessageOfASoundInvite() throws NotSip {
        byte[] invite = SipSamples.invite();
        assertThat(invite).hasSize(829);
        judge(invite, ROUNDS); // what is made once, and what the interpreter makes
        long before = THREADS.getCurrentThreadAllocatedBytes();
        judge(invite, ROUNDS);
        long each = (THREADS.getCurrentThreadAllocatedBytes() - before) / ROUNDS;
        assertThat(each).isLessThanOrEqualTo(MOST_BYTES);
    }

    @Test
    void shouldMakeNoMoreOfALongerOne() throws NotSip {
        byte[] longer = new String(SipSamples.invite(), ISO_8859_1).replace("Max-Forwards: 70", "Max-Forwards: 70\r\nSubject: " + "x".repeat(8_000))
                .getBytes(ISO_8859_1);
        judge(longer, ROUNDS);
        long before = THREADS.getCurrentThreadAllocatedBytes();
        judge(longer, ROUNDS);
        assertThat((THREADS.getCurrentThreadAllocatedBytes() - before) / ROUNDS).isLessThanOrEqualTo(MOST_BYTES);
    }

    private static void judge(byte[] message, int rounds) throws NotSip {
        for (int i = 0; i < rounds; i++) {
            if (Validator.request(SipParser.parse(message)).isPresent()) throw new AssertionError("a sound message was refused");
        }
    }
}
