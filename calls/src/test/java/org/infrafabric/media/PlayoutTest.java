package org.infrafabric.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.infrafabric.media.AudioPort.Encoding;
import org.junit.jupiter.api.Test;

/** What is played of the packets that come, tick by tick. */
class PlayoutTest {
    private final Playout playout = new Playout(8_000, new Codecs(LibOpus.found()), new PacketPool());
    private final short[] out = new short[160];
    private long tick;
    private int sequence = 65_530;

    @Test
    void shouldHoldAnUnknownStreamBackFortyMilliseconds() {
        comes(1_000, 100);
        assertThat(take()).isZero();
        comes(1_160, 200);
        assertThat(take()).isZero();
        comes(1_320, 300);
        assertThat(Arrays.asList(take(), take(), take())).containsExactly(heard(100), heard(200), heard(300));
    }

    @Test
    void shouldPutReorderedAndRepeatedPacketsInPlaceAcrossTheWrap() {
        sequence = 65_534;
        int first = sequence;
        put(first, 0, 100, 160);
        assertThat(take()).isZero();
        put(first + 2, 320, 300, 160);
        put(first + 1, 160, 200, 160);
        put(first + 1, 160, 200, 160);
        assertThat(Arrays.asList(take(), take(), take(), take())).containsExactly(0, heard(100), heard(200), heard(300));
    }

    @Test
    void shouldTakePacketsOfAnyLengthUpToTheLongest() {
        for (int i = 0, sent = 0; i < 90; i++) {                          // 30 ms each: two in three ticks
            if (i % 3 != 1) put(sequence++, 240 * sent++, 500, 240);
            if (take() != 0) assertThat(out[80]).as("frame %s", i).isEqualTo((short) heard(500));
        }
        assertThat(out[80]).isEqualTo((short) heard(500));
        assertThat(playout.concealed()).isZero();
        playout.restart();
        for (int i = 0; i < 60; i++) {
            if (i % 6 == 0) put(sequence++, 160 * i, 700, 960);
            take();
        }
        assertThat(out[80]).isEqualTo((short) heard(700));
    }

    @Test
    void shouldFadeOutWithinSixtyMillisecondsAndThenBeSilent() {
        steady(0, 10, 1_000);
        while (playout.take(out, tick * 160) && Math.abs(out[159]) > 900) tick++;
        tick++;
        assertThat((int) out[0]).as("full at first").isBetween(900, 1_050);
        for (int i = 0; i < 3; i++) take();
        assertThat(playout.take(out, tick++ * 160)).as("over").isFalse();
        assertThat(out).containsOnly(0);
    }

    @Test
    void shouldConcealALostPacketAndGoOnWithTheNextInItsPlace() {
        steady(0, 20, 1_000);
        sequence++;                                                       // one is lost
        steady(21 * 160, 20, 1_000);
        assertThat(playout.concealed()).isEqualTo(160);
        assertThat(playout.late()).isZero();
    }

    @Test
    void shouldNotFillTheGapThatADigitLeaves() {
        steady(0, 10, 1_000);
        playout.put(sequence++, 1_600, PacketQueue.EVENT, ByteBuffer.allocate(4), 0, 4, tick * 160);
        int guard = 0;
        while (take() != 0) assertThat(guard++).isLessThan(4);
        assertThat(playout.concealed()).isZero();
    }

    @Test
    void shouldFollowAClockThatWasSetAndForgetWhatIsFarAhead() {
        steady(0, 20, 1_000);
        steady(5_000_000, 20, 2_000);
        assertThat(take()).isEqualTo(heard(2_000));
        sequence += 500;                                                  // its numbers jump as well: nothing of between is waited for
        steady(6_000_000, 10, 3_000);
        assertThat(take()).isEqualTo(heard(3_000));
    }

    @Test
    void shouldGoOnSoonAfterASilenceInWhichTimestampsStoodStill() {
        steady(0, 10, 1_000);
        for (int i = 0; i < 100; i++) take();
        int waited = 0;
        for (int i = 0; i < 10; i++) {
            comes(1_600 + 160 * i, 2_000);
            if (take() == 0) waited++;
        }
        assertThat(waited).isLessThanOrEqualTo(5);                        // the silence looks like a late packet; no more than that is held
        assertThat(out[80]).isEqualTo((short) heard(2_000));
    }

    @Test
    void shouldPlayWhatComesLateInsteadOfThrowingItAway() {
        steady(0, 50, 1_000);
        long before = playout.played();
        for (int i = 0; i < 5; i++) take();                               // a stall of 100 ms, after which all comes at once
        for (int i = 0; i < 5; i++) comes(50 * 160 + i * 160, 2_000);
        int heard = 0;
        for (int i = 0; i < 30; i++) {
            comes(55 * 160 + i * 160, 3_000);
            if (take() == heard(2_000)) heard++;
        }
        assertThat(heard).as("frames of those that were late").isGreaterThanOrEqualTo(3);
        assertThat(playout.late()).isZero();
        assertThat(playout.played()).isGreaterThan(before);
    }

    @Test
    void shouldMakeTheNoiseThatAPeerDescribesUntilItSpeaksAgain() {
        steady(0, 10, 1_000);
        ByteBuffer level = ByteBuffer.wrap(new byte[] {40});
        playout.put(sequence++, 1_600, PacketQueue.NOISE, level, 0, 1, tick * 160);
        for (int i = 0; i < 10; i++) take();
        double power = 0;
        for (int i = 0; i < 50; i++) {
            assertThat(playout.take(out, tick++ * 160)).isTrue();
            for (short sample : out) power += sample * sample;
        }
        assertThat(20 * Math.log10(Math.sqrt(power / 8_000) / 32_768)).isBetween(-41.0, -39.0);
        steady((int) (60 + 10) * 160, 20, 1_000);
        assertThat(take()).isEqualTo(heard(1_000));
    }

    @Test
    void shouldTakeADtxPauseForSilenceAndForNoLoss() {
        steady(0, 50, 1_000);
        for (int i = 0; i < 100; i++) take();
        long before = playout.concealed();
        steady(150 * 160, 50, 1_000);
        assertThat(playout.concealed()).isEqualTo(before);
        assertThat(before).as("the beginning of the pause might have been a loss").isLessThanOrEqualTo(4 * 160);
        assertThat(playout.behind()).isLessThan(800);
    }

    /** As many packets as ticks. */
    private void steady(int timestamp, int count, int value) {
        for (int i = 0; i < count; i++) {
            comes(timestamp + 160 * i, value);
            take();
        }
    }

    private void comes(int timestamp, int value) { put(sequence++, timestamp, value, 160); }

    private void put(int number, long time, int value, int length) {
        byte[] codes = new byte[length];
        Arrays.fill(codes, G711.PCMU.encode(value));
        playout.put(number & 0xffff, time, Encoding.PCMU.ordinal(), ByteBuffer.wrap(codes), 0, length, tick * 160);
    }

    private int take() {
        playout.take(out, tick++ * 160);
        return out[80];
    }

    private static int heard(int value) { return G711.PCMU.decode(G711.PCMU.encode(value)); }
}
