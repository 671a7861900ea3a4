package org.infrafabric.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.infrafabric.media.AudioPort.Encoding;
import org.infrafabric.media.AudioPort.Negotiated;
import org.infrafabric.media.AudioPort.Wishes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A talk of two that goes on whatever else is thrown at one of them. */
class HostileStreamsTest {
    private static final InetSocketAddress STRANGER = new InetSocketAddress("203.0.113.66", 666);

    private final HandBridge hand = new HandBridge();
    private HandBridge.Party a;
    private HandBridge.Party b;

    @BeforeEach
    void talkOfTwo() throws Exception {
        a = hand.party("a");
        b = hand.party("b");
        a.port.join();
        b.port.join();
        talk(20);
    }

    @Test
    void shouldHearNothingOfStrangers() {
        for (int i = 0; i < 50; i++) {
            a.comes(STRANGER, a.ssrc, 20_000);                            // even with the right SSRC and numbers that fit
            a.event(STRANGER, a.ssrc, 1, 90_000 + i, 160, false);
            a.sequence -= 2;
            a.timestamp -= 160;
            talk(1);
        }
        undisturbed(100);
        assertThat(a.news.news).containsExactly("first");
    }

    @Test
    void shouldHearNothingOfAnotherSourceAtTheRightAddress() {
        for (int i = 0; i < 50; i++) {
            a.rtp.arriving.add(new HandBridge.Sent(TestPhone.rtp(8, false, i, 160 * i, 4_711, new byte[160]), a.address));
            a.rtp.arriving.add(new HandBridge.Sent(TestPhone.rtp(96, true, 500 + i, 9_000 + i, 4_711, new byte[] {1, 10, 0, (byte) 160}), a.address));
            talk(1);
        }
        undisturbed(100);
        assertThat(a.news.news).containsExactly("first");
    }

    @Test
    void shouldPassOverATimestampThatRunsBackwardsOrLeapsAhead() {
        for (int step : new int[] {-16_000, 1_000_000, -5_000_000, Integer.MIN_VALUE}) {
            int right = a.timestamp;
            a.timestamp += step;
            a.says(2_000);
            a.timestamp = right;
            b.says(1_000);
            hand.tick();
            talk(30);
            assertThat(b.hears()).as("after %s", step).isCloseTo(2_000, org.assertj.core.data.Offset.offset(100));
        }
    }

    @Test
    void shouldPassOverNumbersOutOfAllOrder() {
        for (int step : new int[] {-5_000, 20_000, -200}) {
            int right = a.sequence;
            a.sequence += step;
            a.says(30_000);
            a.sequence = right;
            talk(10);
        }
        undisturbed(3);
    }

    @Test
    void shouldTellADigitThatIsRepeatedForEverOnce() {
        for (int i = 0; i < 500; i++) {
            a.event(a.address, a.ssrc, 5, 77_000, 160, i % 2 == 0);
            talk(1);
        }
        assertThat(a.news.news).containsExactly("first", "digit 5");
    }

    @Test
    void shouldRefuseGiantAndShortPacketsAndGoOn() {
        long before = a.port.stats().refused();
        List<byte[]> packets = List.of(new byte[0], new byte[1], new byte[11], header(8, 2_048 - 12), header(8, 1_300), new byte[] {(byte) 0x80});
        for (byte[] packet : packets) {
            a.bytes(packet);
            talk(2);
        }
        undisturbed(before + packets.size());
        byte[] empty = header(8, 0);
        ByteBuffer.wrap(empty).putShort(2, (short) a.sequence++);
        a.bytes(empty);                                                   // sound RTP, with nothing in it
        talk(20);
        assertThat(b.hears()).isCloseTo(2_000, org.assertj.core.data.Offset.offset(100));
    }

    @Test
    void shouldRefuseWhatIsEncryptedOrNoise() {
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 300; i++) {
            byte[] noise = new byte[random.nextInt(1, 400)];
            random.nextBytes(noise);
            a.bytes(noise);
            talk(1);
        }
        assertThat(b.hears()).isCloseTo(2_000, org.assertj.core.data.Offset.offset(100));
        assertThat(a.news.news).containsExactly("first");
    }

    /** SRTP looks like RTP with noise in it. Whoever sends that under the agreed type is heard as noise, but breaks nothing. */
    @Test
    void shouldOutliveNoiseInThePayloadOfEveryCodec() throws Exception {
        SplittableRandom random = new SplittableRandom(8);
        for (Encoding encoding : Encoding.ALL) {
            HandBridge.Party noisy = hand.party("noisy");
            noisy.port.connect(new Negotiated(noisy.address, encoding, 120, 101, true, true, Wishes.NONE));
            noisy.port.join();
            for (int i = 0; i < 300; i++) {
                byte[] payload = new byte[random.nextInt(0, 1_276)];
                random.nextBytes(payload);
                noisy.bytes(TestPhone.rtp(120, random.nextBoolean(), i, random.nextInt(5) == 0 ? random.nextInt() : i * 160, 99, payload));
                talk(1);
            }
            noisy.port.close();
            talk(30);
            assertThat(b.hears()).as("%s", encoding).isCloseTo(2_000, org.assertj.core.data.Offset.offset(100));
        }
    }

    @Test
    void shouldPassOverRtcpGarbageAndBelieveNoAbsurdReport() {
        SplittableRandom random = new SplittableRandom(9);
        for (int i = 0; i < 200; i++) {
            byte[] noise = new byte[random.nextInt(0, 300)];
            random.nextBytes(noise);
            if (i % 2 == 0 && noise.length > 8) ByteBuffer.wrap(noise).putInt(0, 0x81c8_0000 | noise.length / 4 - 1);
            a.rtcp.arriving.add(new HandBridge.Sent(noise, a.address));
            talk(1);
        }
        ByteBuffer lie = ByteBuffer.allocate(32).putInt(0x81c9_0007).putInt(a.ssrc).putInt(0xabc0).putInt(0x00ff_ffff).putInt(0).putInt(0).putInt(1)
                .putInt(0);
        a.rtcp.arriving.add(new HandBridge.Sent(lie.array(), a.address));
        talk(100);
        assertThat(a.port.stats().quality().roundTripMicros()).as("hours are no round trip").isEqualTo(-1);
        assertThat(a.port.stats().quality().lostThere()).as("-1 of 24 bits").isZero();
        assertThat(b.hears()).isCloseTo(2_000, org.assertj.core.data.Offset.offset(100));
    }

    /** {@code refused}: packets of a's in all. */
    private void undisturbed(long refused) {
        talk(10);
        assertThat(b.hears()).isCloseTo(2_000, org.assertj.core.data.Offset.offset(100));
        assertThat(a.port.stats().refused()).isEqualTo(refused);
    }

    private void talk(int ticks) {
        for (int i = 0; i < ticks; i++) {
            a.says(2_000);
            b.says(1_000);
            hand.tick();
        }
    }

    private byte[] header(int type, int payload) {
        return Arrays.copyOf(TestPhone.rtp(type, false, a.sequence, a.timestamp, a.ssrc, new byte[0]), 12 + payload);
    }
}
