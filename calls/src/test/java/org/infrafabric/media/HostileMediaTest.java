package org.infrafabric.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.infrafabric.media.AudioPort.Encoding;
import org.infrafabric.media.AudioPort.Negotiated;
import org.junit.jupiter.api.Test;

/** RTP, RTCP and telephone-events from broken and from hostile peers. */
class HostileMediaTest {
    private static final InetSocketAddress PEER = new InetSocketAddress("198.51.100.7", 6_000);
    private final RtpPacket rtp = new RtpPacket();
    private final RtpReceiver receiver = new RtpReceiver(new Codecs(LibOpus.found()), new PacketPool());
    private long now;

    @Test
    void shouldReadPastCsrcsExtensionAndPadding() {
        byte[] packet = {(byte) 0xb2, (byte) 0x88, 0, 7, 0, 0, 0, 9, 0, 0, 0, 5, 1, 1, 1, 1, 2, 2, 2, 2, (byte) 0xbe, (byte) 0xde, 0, 1, 9, 9, 9, 9,
            42, 43,
            0, 0, 3};
        assertThat(rtp.read(ByteBuffer.wrap(packet))).isTrue();
        assertThat(rtp.payloadType()).isEqualTo(8);
        assertThat(rtp.marker()).isTrue();
        assertThat(List.of(rtp.sequence(), rtp.timestamp(), rtp.ssrc())).containsExactly(7, 9, 5);
        assertThat(packet[rtp.payloadOffset()]).isEqualTo((byte) 42);
        assertThat(rtp.payloadLength()).isEqualTo(2);
    }

    @Property(seed = "1")
    void shouldEitherReadOrRefuseAnyPacketAndStayInsideIt(@ForAll @Size(max = 200) byte[] bytes) {
        if (!rtp.read(ByteBuffer.wrap(bytes))) return;
        assertThat(rtp.payloadOffset()).isGreaterThanOrEqualTo(12);
        assertThat(rtp.payloadLength()).isNotNegative();
        assertThat(rtp.payloadOffset() + rtp.payloadLength()).isLessThanOrEqualTo(bytes.length);
    }

    @Property(seed = "1")
    void shouldTakeOrRefuseAnyStream(@ForAll @Size(max = 30) List<@Size(max = 40) byte[]> packets, @ForAll @IntRange(min = 0, max = 127) int type) {
        receiver.expect(new Negotiated(PEER, Encoding.PCMU, type, 127 - type, true));
        short[] out = new short[160];
        for (byte[] each : packets) {
            byte[] packet = java.util.Arrays.copyOf(each, Math.max(13, each.length));
            packet[0] = (byte) 0x80;
            receiver.take(rtp, ByteBuffer.wrap(packet), PEER, tick(), now);
            receiver.next(out, now / 20_000_000);
        }
    }

    @Property(seed = "1")
    void shouldReadOrRefuseAnyRtcp(@ForAll @Size(max = 100) byte[] bytes, @ForAll boolean dressed) {
        Rtcp rtcp = new Rtcp(1, "x");
        if (dressed && bytes.length > 4) {
            bytes[0] = (byte) (0x80 | bytes[0] & 0x1f);
            bytes[1] = (byte) 200;
            bytes[2] = 0;
        }
        rtcp.read(ByteBuffer.wrap(bytes), 2, 3, 4);
    }

    @Test
    void shouldReadItsOwnReportsAndTellTheRoundTrip() {
        ByteBuffer report = ByteBuffer.allocate(512);
        Rtcp a = new Rtcp(1, "a");
        Rtcp b = new Rtcp(2, "b");
        SequenceTracker tracker = new SequenceTracker();
        tracker.accept(1);
        a.report(report, true, 10, 1_600, 99, false, 0, tracker, 0, 1_800_000_000_000L, false);
        assertThat(b.read(report, 1, 1_000_000_000L, 1_800_000_000_030L)).isTrue();
        b.report(report, false, 0, 0, 0, true, 1, tracker, 1_500_000_000L, 1_800_000_000_530L, true);
        assertThat(a.read(report, 2, 0, 1_800_000_000_560L)).isTrue();
        assertThat(a.roundTripNanos()).isBetween(58_000_000L, 62_000_000L);
    }

    @Test
    void shouldTellADigitOncePerTimestampInAnyOrder() {
        expect();
        StringBuilder told = new StringBuilder();
        event(told, 10, 5, 1_000, 160);
        event(told, 12, 5, 1_000, 480);
        event(told, 11, 5, 1_000, 320);
        event(told, 13, 5, 1_000, 480);                                   // three ends, one of them twice
        event(told, 13, 5, 1_000, 480);
        event(told, 16, 6, 2_000, 160);
        event(told, 14, 5, 1_000, 480);                                   // late, after the next has begun
        event(told, 17, 6, 3_000, 800);                                   // only its end arrived
        event(told, 18, 16, 4_000, 160);                                  // flash is no digit
        assertThat(told).hasToString("566");
    }

    @Test
    void shouldTakeAKeyHeldForSecondsAsOneDigit() {
        expect();
        StringBuilder told = new StringBuilder();
        event(told, 1, 1, 1_000, 160);
        event(told, 2, 1, 1_000, 0xffff);
        event(told, 3, 1, 1_000 + 0xffff, 160);                           // RFC 4733 §2.5.1.3: the next segment of the same event
        event(told, 4, 1, 1_000 + 0xffff + 9_000, 160);                   // and this is pressed anew
        assertThat(told).hasToString("11");
    }

    @Test
    void shouldDropAPacketOutOfAllOrderAndFollowARestart() {
        expect();
        StringBuilder told = new StringBuilder();
        event(told, 10, 5, 1_000, 160);
        event(told, 30_000, 7, 9_000, 160);
        assertThat(told).as("one packet 30,000 ahead").hasToString("5");
        event(told, 11, 6, 2_000, 160);
        event(told, 40_000, 8, 10_000, 160);
        event(told, 40_001, 8, 10_000, 320);
        assertThat(told).as("two in a row: begun anew").hasToString("568");
    }

    @Test
    void shouldTakeTheSameKeyAgainFromASourceThatBeganAnew() {
        expect();
        StringBuilder told = new StringBuilder();
        for (int i = 0; i < 10; i++) event(told, 7_984 + i, 1, 13_280, 320 * i);    // a recorded key, as test phones play it
        for (int i = 0; i < 10; i++) event(told, 20_000 + i, 16, 1_000_000, 0);
        for (int i = 0; i < 10; i++) event(told, 7_984 + i, 1, 13_280, 320 * i);    // and played again
        assertThat(told).hasToString("11");
    }

    @Test
    void shouldCountLossAcrossTheWrap() {
        SequenceTracker tracker = new SequenceTracker();
        for (int i = 65_500; i < 65_600; i++) if (i % 10 != 0) tracker.accept(i & 0xffff);
        assertThat(tracker.lost()).isEqualTo(9);                          // 65,500 came before the first
        assertThat(tracker.extendedHighest()).isEqualTo(0x10000 + (65_599 & 0xffff));
        tracker.restart();
        tracker.accept(5);
        assertThat(tracker.lost()).as("kept over a change of source").isEqualTo(9);
    }

    @Test
    void shouldDropKeysThatCannotBeSentInTime() {
        DigitSender digits = new DigitSender();
        List<Boolean> taken = new ArrayList<>();
        for (int i = 0; i < 70; i++) taken.add(digits.press('1'));
        assertThat(taken.subList(0, 64)).containsOnly(true);
        assertThat(taken.subList(64, 70)).containsOnly(false);
        assertThat(digits.press('x')).isFalse();
    }

    @Test
    void shouldHearBothLawsWhicheverWasNamedFirst() {
        expect();
        byte[] codes = new byte[160];
        java.util.Arrays.fill(codes, G711.PCMA.encode(1_000));
        for (int i = 0; i < 4; i++) {
            byte[] packet = TestPhone.rtp(8, false, 10 + i, 160 * i, 5, codes);
            assertThat(receiver.take(rtp, ByteBuffer.wrap(packet), PEER, tick(), now)).isEqualTo(RtpReceiver.Heard.MEDIA);
        }
        short[] out = new short[160];
        for (int i = 0; i < 4; i++) receiver.next(out, i);
        assertThat(out[80]).isEqualTo(G711.PCMA.decode(G711.PCMA.encode(1_000)));
        byte[] other = TestPhone.rtp(18, false, 20, 1_600, 5, codes);
        assertThat(receiver.take(rtp, ByteBuffer.wrap(other), PEER, tick(), now)).isEqualTo(RtpReceiver.Heard.REFUSED);
    }

    private long tick() {
        now += 20_000_000;
        return now / 20_000_000;
    }

    private void expect() { receiver.expect(new Negotiated(PEER, Encoding.PCMU, 0, 96, true)); }

    private void event(StringBuilder told, int sequence, int number, int timestamp, int duration) {
        byte[] payload = {(byte) number, 10, (byte) (duration >> 8), (byte) duration};
        byte[] packet = TestPhone.rtp(96, false, sequence, timestamp, 5, payload);
        if (receiver.take(rtp, ByteBuffer.wrap(packet), PEER, tick(), now) == RtpReceiver.Heard.DIGIT) told.append(receiver.digit());
    }
}
