package org.infrafabric.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class JitterBufferTest {
    private final JitterBuffer buffer = new JitterBuffer();
    private final short[] out = new short[160];

    @Test
    void shouldHoldSoundBackFortyMilliseconds() {
        put(1_000, 1);
        assertThat(take()).isZero();
        put(1_160, 2);
        assertThat(take()).isZero();
        put(1_320, 3);
        assertThat(take()).isEqualTo(1);
        assertThat(take()).isEqualTo(2);
        assertThat(take()).isEqualTo(3);
    }

    @Test
    void shouldPutReorderedAndRepeatedPacketsInPlaceAcrossTheWrap() {
        int at = -160;                                                    // the second packet's timestamp is 0
        put(at, 1);
        put(at + 320, 3);
        put(at + 160, 2);
        put(at + 160, 2);
        assertThat(new int[] {take(), take(), take(), take(), take()}).containsExactly(0, 0, 1, 2, 3);
    }

    @Test
    void shouldTakePacketsOfAnyLength() {
        short[] thirty = new short[240];
        Arrays.fill(thirty, (short) 5);
        for (int i = 0; i < 4; i++) buffer.put(240 * i, thirty, 240);
        take();
        take();
        for (int i = 0; i < 6; i++) assertThat(take()).isEqualTo(5);
        buffer.put(999, new short[JitterBuffer.MAX_PACKET + 1], JitterBuffer.MAX_PACKET + 1);
        buffer.put(999, new short[0], 0);
    }

    @Test
    void shouldFadeOutOverALossAndThenBeSilent() {
        put(0, 1_000);
        put(160, 1_000);
        take();
        take();
        take();
        assertThat(take()).isEqualTo(1_000);
        assertThat(buffer.take(out)).isTrue();
        assertThat(out[0]).isEqualTo((short) 1_000);
        assertThat(out[159]).isBetween((short) 600, (short) 700);
        buffer.take(out);
        buffer.take(out);
        assertThat(out[159]).isBetween((short) 0, (short) 10);
        assertThat(buffer.take(out)).as("over").isFalse();
        assertThat(out).containsOnly(0);
    }

    @Test
    void shouldNotFillTheGapThatADigitLeaves() {
        put(0, 1_000);
        for (int i = 0; i < 3; i++) take();
        buffer.quiet();
        assertThat(buffer.take(out)).isFalse();
        assertThat(out).containsOnly(0);
    }

    @Test
    void shouldFollowAStreamThatJumpsAndIgnoreAPacketThatDoes() {
        int at = 0;
        for (int i = 0; i < 10; i++, at += 160) step(at, 7);
        put(at + 1_000_000, 9);                                           // one stray: from a broken or a hostile sender
        for (int i = 0; i < 3; i++, at += 160) {
            step(at, 7);
            assertThat(out).as("frame %s after the stray", i).containsOnly(7);
        }
        int jumped = at - 5_000_000;
        int last = 0;
        for (int i = 0; i < 8; i++) last = step(jumped + 160 * i, 8);
        assertThat(last).isEqualTo(8);
    }

    @Test
    void shouldGoOnAtOnceAfterASilenceInWhichTimestampsStoodStill() {
        for (int i = 0; i < 10; i++) step(160 * i, 7);
        for (int i = 0; i < 100; i++) take();
        int[] heard = new int[4];
        for (int i = 0; i < 4; i++) heard[i] = step(1_600 + 160 * i, 8);
        assertThat(heard).containsExactly(0, 0, 8, 8);
    }

    @Test
    void shouldWaitLongerForAStreamThatKeepsComingLateAndLessForOneThatKeepsComingEarly() {
        int at = 0;
        for (int i = 0; i < 300; i++, at += 160) step(at, 7);
        for (int i = 0; i < 4; i++) take();                               // the network now takes 80 ms longer
        for (int i = 0; i < 2_000; i++, at += 160) step(at, 7);
        assertThat(concealed(at, 200)).as("no more gaps once it has settled").isZero();
        at += 200 * 160;
        for (int i = 0; i < 12; i++, at += 160) put(at, 7);               // and now 240 ms less
        int early = buffer.reserve();
        for (int i = 0; i < 5_000; i++, at += 160) step(at, 7);
        assertThat(buffer.reserve()).isLessThan(Math.max(early, 561)).isLessThanOrEqualTo(560);
        assertThat(concealed(at, 200)).isZero();
    }

    @Test
    void shouldKeepItsReserveAgainstASenderWhoseClockIsSlow() {
        int at = 0;
        for (int fall = 0; fall < 10; fall++) {
            for (int i = 0; i < 600; i++, at += 160) step(at, 7);
            assertThat(buffer.reserve()).as("after %s packets too few", fall).isBetween(80, 560);
            take();                                                       // a tick without a packet: it is 20 ms behind now
        }
    }

    @Property(seed = "1", tries = 50)
    void shouldPlayEverySampleOnceInOrderUnderJitterUpToItsReserve(@ForAll long seed, @ForAll @IntRange(min = 0, max = 39) int jitterMillis) {
        JitterBuffer subject = new JitterBuffer();
        SplittableRandom random = new SplittableRandom(seed);
        int packets = 200;
        int base = random.nextInt();
        long[] arrives = new long[packets];
        for (int i = 0; i < packets; i++) arrives[i] = 20L * i + (i == 0 ? 0 : random.nextInt(jitterMillis + 1));
        int next = 0;
        for (int tick = 0; tick < packets + 10; tick++) {
            long now = 20L * tick;
            for (int i = 0; i < packets; i++) {
                if (arrives[i] > now || arrives[i] <= now - 20) continue;
                short[] samples = new short[160];
                Arrays.fill(samples, (short) (i + 1));
                subject.put(base + 160 * i, samples, 160);
            }
            short[] heard = new short[160];
            if (!subject.take(heard) || next == packets) continue;
            assertThat(heard[0]).isEqualTo((short) ++next);
            assertThat(heard[159]).isEqualTo(heard[0]);
        }
        assertThat(next).isEqualTo(packets);
    }

    @Property(seed = "1")
    void shouldSurviveAnything(@ForAll int[] timestamps, @ForAll @IntRange(min = 0, max = 1_400) int length) {
        short[] samples = new short[2_000];
        for (int timestamp : timestamps) {
            buffer.put(timestamp, samples, Math.min(length, samples.length));
            buffer.take(out);
        }
    }

    private int concealed(int from, int steps) {
        int found = 0;
        for (int i = 0; i < steps; i++) if (step(from + 160 * i, 7) != 7 || out[159] != 7) found++;
        return found;
    }

    private int step(int timestamp, int value) {
        put(timestamp, value);
        return take();
    }

    private void put(int timestamp, int value) {
        short[] samples = new short[160];
        Arrays.fill(samples, (short) value);
        buffer.put(timestamp, samples, 160);
    }

    private int take() {
        buffer.take(out);
        return out[0];
    }
}
