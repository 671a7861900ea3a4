package org.infrafabric.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What a bridge does, tick by tick. */
class BridgeLogicTest {
    private final HandBridge hand = new HandBridge();

    @Test
    void shouldGiveEachTheSumOfTheOthers() throws Exception {
        HandBridge.Party[] all = {hand.party("a"), hand.party("b"), hand.party("c"), hand.party("listener")};
        for (HandBridge.Party each : all) each.port.join();
        talk(6, all[0], 1_000, all[1], 2_000, all[2], 4_000);
        assertThat(all[0].hears()).isCloseTo(6_000, within(200));
        assertThat(all[1].hears()).isCloseTo(5_000, within(200));
        assertThat(all[2].hears()).isCloseTo(3_000, within(200));
        assertThat(all[3].hears()).isCloseTo(7_000, within(200));
    }

    @Test
    void shouldCutOffWhatIsTooLoudInsteadOfWrapping() throws Exception {
        HandBridge.Party a = joined("a");
        HandBridge.Party b = joined("b");
        HandBridge.Party c = joined("c");
        talk(6, a, 30_000, b, 30_000, c, -20_000);
        assertThat(c.hears()).isGreaterThan(31_000);
        assertThat(a.hears()).as("cut only after the sum").isCloseTo(10_000, within(600));
    }

    @Test
    void shouldKeepApartWhoHasNotJoinedOrHasLeft() throws Exception {
        HandBridge.Party a = joined("a");
        HandBridge.Party b = hand.party("b");
        talk(6, a, 1_000, b, 2_000);
        assertThat(List.of(a.hears(), b.hears())).allSatisfy(it -> assertThat(Math.abs(it)).isLessThan(10));
        b.port.join();
        talk(2, a, 1_000, b, 2_000);
        assertThat(a.hears()).isCloseTo(2_000, within(50));
        a.port.leave();
        talk(2, a, 1_000, b, 2_000);
        assertThat(List.of(a.hears(), b.hears())).allSatisfy(it -> assertThat(Math.abs(it)).isLessThan(10));
        assertThat(hand.counters.participants()).isEqualTo(1);
    }

    @Test
    void shouldLetAMutedPartyHearAndNotBeHeard() throws Exception {
        HandBridge.Party a = joined("a");
        HandBridge.Party b = joined("b");
        a.port.mute(true);
        talk(6, a, 1_000, b, 2_000);
        assertThat(a.hears()).as("the whole of what the others say, and nothing of it taken away").isCloseTo(2_000, within(50));
        assertThat(Math.abs(b.hears())).isLessThan(10);
        a.port.mute(false);
        talk(2, a, 1_000, b, 2_000);
        assertThat(b.hears()).isCloseTo(1_000, within(50));
    }

    @Test
    void shouldTurnTheOthersDownUnderAPrivatePromptThatNobodyElseHears() throws Exception {
        HandBridge.Party a = joined("a");
        HandBridge.Party b = joined("b");
        HandBridge.Party c = joined("c");
        talk(6, a, 4_000);
        short[] prompt = new short[800];
        Arrays.fill(prompt, (short) 500);
        List<String> ended = new ArrayList<>();
        b.port.play(new Pcm(prompt, 8_000), () -> ended.add("prompt"));
        talk(2, a, 4_000);
        assertThat(b.hears()).as("a quarter of it, and the prompt").isCloseTo(1_500, within(50));
        assertThat(c.hears()).isCloseTo(4_000, within(100));
        talk(3, a, 4_000);
        assertThat(ended).containsExactly("prompt");
        talk(2, a, 4_000);
        assertThat(b.hears()).isCloseTo(4_000, within(100));
    }

    @Test
    void shouldFeedATapWithTracksFirstThenTheMixOfAllWhoAreInIt() throws Exception {
        HandBridge.Party a = joined("a");
        HandBridge.Party b = hand.party("b");
        List<String> seen = new ArrayList<>();
        hand.bridge.record(new AudioBridge.Tap() {
            @Override
            public void opened(int party, String name, long tick) { seen.add("opened " + name); }

            @Override
            public void said(int party, long tick, short[] samples) { seen.add(tick + ": " + party + " said " + samples[80]); }

            @Override
            public void mix(long tick, short[] samples) { seen.add(tick + ": mix " + samples[80]); }

            @Override
            public void ended() { seen.add("ended"); }
        });
        talk(3, a, 848, b, -848);
        hand.bridge.close();
        assertThat(seen).containsExactly("opened a", "opened b", "0: mix 0", "1: mix 0", "2: 0 said 848", "2: 1 said -848", "2: mix 848", "ended");
    }

    @Test
    void shouldSendAContinuousStreamWhateverHappens() throws Exception {
        HandBridge.Party a = joined("a");
        hand.ticks(3);
        a.port.sendDigit('5');
        hand.ticks(12);
        hand.bridge.skip(7);                                              // the loop had no time for seven ticks
        hand.ticks(2);
        List<HandBridge.Sent> sent = a.rtp.sent;
        assertThat(sent).hasSize(17);
        for (int i = 1; i < sent.size(); i++) assertThat(sent.get(i).sequence()).isEqualTo(sent.get(i - 1).sequence() + 1 & 0xffff);
        List<HandBridge.Sent> audio = sent.stream().filter(it -> it.type() == 8).toList();
        assertThat(audio).extracting(HandBridge.Sent::timestamp).containsExactly(-480, -320, -160, 7 * 160, 8 * 160, 9 * 160, 10 * 160, 11 * 160,
                19 * 160, 20 * 160);
        assertThat(audio).extracting(HandBridge.Sent::marker).startsWith(true, false, false);
        assertThat(sent.get(0).sound()).as("silence where there is nothing to say").containsOnly(8);
    }

    @Test
    void shouldSendWhereTheFirstPacketCameFromAndNotWhereTheSdpSaid() throws Exception {
        HandBridge.Party a = joined("a");
        hand.tick();
        assertThat(a.last().to()).isEqualTo(a.address);
        InetSocketAddress behindNat = new InetSocketAddress("203.0.113.9", 61_000);
        a.comes(behindNat, a.ssrc, 100);
        hand.tick();
        assertThat(a.last().to()).isEqualTo(behindNat);
        assertThat(a.news.news).containsExactly("first");
    }

    @Test
    void shouldLetTheNamedAddressTakeOverFromAQuickStrangerButNotForEver() throws Exception {
        InetSocketAddress stranger = new InetSocketAddress("203.0.113.66", 666);
        HandBridge.Party a = joined("a");
        a.comes(stranger, 666, 100);
        hand.tick();
        a.says(100);
        hand.tick();
        assertThat(a.last().to()).isEqualTo(a.address);
        a.event(stranger, 666, 1, 9_000, 160, false);
        a.comes(stranger, 666, 100);
        hand.ticks(400);
        a.comes(stranger, 666, 100);
        hand.tick();
        assertThat(a.port.stats().refused()).isEqualTo(3);
        assertThat(a.news.news).containsExactly("first");
    }

    @Test
    void shouldFollowANewSourceOfTheSameAddressOnlyAfterASilence() throws Exception {
        HandBridge.Party a = joined("a");
        talk(5, a, 100);
        a.comes(a.address, 4_711, 100);
        hand.tick();
        assertThat(a.port.stats().refused()).isEqualTo(1);
        hand.ticks(10);
        a.event(a.address, 4_711, 3, 1, 160, false);
        hand.tick();
        assertThat(a.news.news).containsExactly("first", "digit 3");
    }

    @Test
    void shouldForgetASourceOnlyWhenAReInviteNamesAnotherAddress() throws Exception {
        HandBridge.Party a = joined("a");
        talk(2, a, 100);
        InetSocketAddress moved = new InetSocketAddress("198.51.100.8", 7_000);
        a.port.connect(a.terms(true));
        a.comes(moved, 1, 100);
        hand.tick();
        assertThat(a.port.stats().refused()).isEqualTo(1);
        a.port.connect(new AudioPort.Negotiated(moved, AudioPort.Encoding.PCMA, 8, 96, true));
        a.comes(moved, 1, 100);
        hand.tick();
        assertThat(a.port.stats().refused()).isEqualTo(1);
        assertThat(a.last().to()).isEqualTo(moved);
    }

    @Test
    void shouldNotLetAFloodTakeTheOthersTime() throws Exception {
        HandBridge.Party a = joined("a");
        talk(1, a, 100);
        InetSocketAddress stranger = new InetSocketAddress("203.0.113.66", 666);
        for (int i = 0; i < 1_000; i++) a.comes(stranger, 1, 1);
        hand.tick();
        assertThat(a.rtp.arriving).hasSize(968);
    }

    @Test
    void shouldReportToTheRtcpPortAndSayGoodbye() throws Exception {
        HandBridge.Party a = joined("a");
        for (int i = 0; i < 500; i++) {
            if (i % 10 != 5) a.says(100);
            else a.sequence++;                                            // a tenth is lost
            hand.tick();
        }
        assertThat(a.rtcp.sent).hasSizeBetween(1, 4);
        HandBridge.Sent report = a.rtcp.sent.getFirst();
        assertThat(report.to()).isEqualTo(new InetSocketAddress("198.51.100.7", 6_001));
        ByteBuffer bytes = ByteBuffer.wrap(report.bytes());
        assertThat(bytes.get(0)).isEqualTo((byte) 0x81);                  // V=2, one report block
        assertThat(bytes.get(1) & 0xff).isEqualTo(200);
        assertThat(bytes.getInt(4)).isEqualTo(0xabc0);
        assertThat(bytes.getInt(8) - 2_208_988_800L & 0xffff_ffffL).as("NTP seconds").isEqualTo(1_800_000_000L);
        assertThat(bytes.getInt(28)).as("about the peer").isEqualTo(77);
        assertThat(bytes.get(32) & 0xff).as("a tenth lost, in 256ths").isBetween(20, 30);
        assertThat(bytes.get(53) & 0xff).isEqualTo(202);
        assertThat(new String(report.bytes(), 62, 6)).isEqualTo("cname0");
        assertThat(a.port.stats().lost()).isEqualTo(50);

        a.port.close();
        byte[] last = a.rtcp.sent.getLast().bytes();
        assertThat(last[last.length - 7] & 0xff).isEqualTo(203);
        assertThat(a.rtp.closed && a.rtcp.closed).isTrue();
        assertThat(hand.counters.participants()).isZero();
    }

    @Test
    void shouldSpreadItsReports() throws Exception {
        TreeSet<Integer> times = new TreeSet<>();
        HandBridge.Party a = joined("a");
        for (int i = 0; i < 3_000; i++) {
            int before = a.rtcp.sent.size();
            hand.tick();
            if (a.rtcp.sent.size() > before) times.add(i);
        }
        assertThat(times).hasSizeBetween(7, 24);                          // 60 s, one each 2.5 to 7.5 s
    }

    @Test
    void shouldTellTheEndOfEverythingThatWasToBePlayedWhenClosed() throws Exception {
        HandBridge.Party a = joined("a");
        List<String> ended = new ArrayList<>();
        a.port.play(new Pcm(new short[8_000], 8_000), () -> ended.add("one"));
        a.port.play(new Pcm(new short[0], 8_000), () -> ended.add("two"));
        hand.tick();
        hand.bridge.close();
        a.port.play(new Pcm(new short[8_000], 8_000), () -> ended.add("three"));
        assertThat(ended).containsExactly("one", "two", "three");
    }

    private HandBridge.Party joined(String name) throws Exception {
        HandBridge.Party party = hand.party(name);
        party.port.join();
        return party;
    }

    /** {@code ticks} in which each party of {@code partiesAndValues} says its value. */
    private void talk(int ticks, Object... partiesAndValues) {
        for (int i = 0; i < ticks; i++) {
            for (int at = 0; at < partiesAndValues.length; at += 2)
                ((HandBridge.Party) partiesAndValues[at]).says((Integer) partiesAndValues[at + 1]);
            hand.tick();
        }
    }

    private static org.assertj.core.data.Offset<Integer> within(int value) {
        return org.assertj.core.data.Offset.offset(value);
    }
}
