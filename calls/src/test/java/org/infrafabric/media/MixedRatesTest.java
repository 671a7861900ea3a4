package org.infrafabric.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.infrafabric.media.AudioPort.Encoding;
import org.infrafabric.media.AudioPort.Negotiated;
import org.infrafabric.media.AudioPort.Wishes;
import org.junit.jupiter.api.Test;

/** Narrowband and wideband parties on one bridge: who hears what, in which packets. */
class MixedRatesTest {
    private final Codecs codecs = new Codecs(LibOpus.found());
    private final HandBridge hand = new HandBridge();
    private final Map<HandBridge.Party, Caller> callers = new HashMap<>();

    /** Speaks and hears an encoding with codecs of its own. */
    private final class Caller {
        final HandBridge.Party party;
        final Encoding encoding;
        final SpeechEncoder encoder;
        final SpeechDecoder decoder;
        final double hertz;
        final List<short[]> heard = new ArrayList<>();
        int spoken;
        int looked;

        Caller(Encoding encoding, double hertz, Wishes wishes) throws Exception {
            this.encoding = encoding;
            this.hertz = hertz;
            encoder = codecs.encoder(encoding, OpusTerms.USUAL);
            decoder = codecs.decoder(encoding);
            party = hand.party(encoding + " " + hertz);
            int type = encoding == Encoding.OPUS ? 111 : encoding.staticType();
            party.port.connect(new Negotiated(party.address, encoding, type, 101, true, true, wishes));
            party.port.join();
            callers.put(party, this);
        }

        void speak() {
            int[] sound = new int[encoding.frame()];
            for (int i = 0; i < sound.length; i++)
                sound[i] = (int) (6_000 * Math.sin(2 * Math.PI * hertz * (spoken * sound.length + i) / (50 * sound.length)));
            byte[] packet = new byte[400];
            int length = encoder.encode(hertz == 0 ? new int[sound.length] : sound, packet);
            int type = encoding == Encoding.OPUS ? 111 : encoding.staticType();
            byte[] rtp = TestPhone.rtp(type, false, party.sequence++ & 0xffff, spoken++ * encoding.clock() / 50, party.ssrc,
                    Arrays.copyOf(packet, length));
            party.rtp.arriving.add(new HandBridge.Sent(rtp, party.address));
        }

        void listen() {
            for (; looked < party.rtp.sent.size(); looked++) {
                byte[] packet = party.rtp.sent.get(looked).bytes();
                short[] out = new short[1_920];
                int made = decoder.decode(Arrays.copyOfRange(packet, 12, packet.length), packet.length - 12, out, 0);
                heard.add(Arrays.copyOf(out, made));
            }
        }

        /** In dB of full scale, in what it heard last. */
        double hears(double tone) {
            int frames = 40;
            short[] all = new short[frames * encoding.frame()];
            for (int i = 0; i < frames; i++) System.arraycopy(heard.get(heard.size() - frames + i), 0, all, i * encoding.frame(), encoding.frame());
            return Sines.level(all, tone * 160 / encoding.frame());
        }
    }

    @Test
    void shouldLetEachHearTheOthersWhateverTheySpeak() throws Exception {
        Caller[] all = {new Caller(Encoding.PCMU, 440, Wishes.NONE), new Caller(Encoding.G722, 1_000, Wishes.NONE),
            new Caller(Encoding.OPUS, 1_600, Wishes.NONE),
            new Caller(Encoding.PCMA, 2_300, Wishes.NONE)};
        talk(100, all);
        for (Caller listener : all)
            for (Caller speaker : all) {
                if (speaker == listener) assertThat(listener.hears(speaker.hertz)).as("%s hears itself", listener.encoding).isLessThan(-40);
                else assertThat(listener.hears(speaker.hertz)).as("%s hears %s", listener.encoding, speaker.encoding).isBetween(-20.0, -12.0);
            }
    }

    @Test
    void shouldCarryWhatOnlyWidebandHasToThoseWhoCanHearIt() throws Exception {
        Caller high = new Caller(Encoding.G722, 6_000, Wishes.NONE);
        Caller wide = new Caller(Encoding.OPUS, 0, Wishes.NONE);
        Caller narrow = new Caller(Encoding.PCMU, 0, Wishes.NONE);
        talk(100, high, wide, narrow);
        assertThat(wide.hears(6_000)).isGreaterThan(-22);
        assertThat(narrow.hears(2_000)).as("6 kHz does not come back as an alias").isLessThan(-50);
    }

    @Test
    void shouldEncodeOnceForAllWhoHearTheSame() throws Exception {
        Caller speaker = new Caller(Encoding.PCMU, 440, Wishes.NONE);
        List<Caller> listeners = new ArrayList<>();
        for (int i = 0; i < 3; i++) listeners.add(new Caller(Encoding.OPUS, 0, Wishes.NONE));
        Caller thrifty = new Caller(Encoding.OPUS, 0, new Wishes(false, 8_000, 12_000, 16_000, false));
        talk(60, speaker, listeners.get(0), listeners.get(1), listeners.get(2), thrifty);
        byte[] one = payload(listeners.get(0));
        assertThat(payload(listeners.get(1))).isEqualTo(one);
        assertThat(payload(listeners.get(2))).isEqualTo(one);
        assertThat(payload(thrifty).length).as("12 kbit/s as it asked").isLessThan(one.length);
        assertThat(thrifty.hears(440)).isGreaterThan(-20);
    }

    @Test
    void shouldTellAllApartWhenAListenerBeginsToSpeakAndStopsAgain() throws Exception {
        Caller steady = new Caller(Encoding.PCMU, 440, Wishes.NONE);
        Caller other = new Caller(Encoding.OPUS, 1_000, Wishes.NONE);
        for (int turn = 0; turn < 3; turn++) {
            for (int i = 0; i < 60; i++) {
                steady.speak();
                if (i < 20) other.speak();
                hand.tick();
                steady.listen();
                other.listen();
            }
            assertThat(other.hears(440)).isBetween(-20.0, -12.0);
        }
    }

    @Test
    void shouldPlayAPromptToAWidebandParty() throws Exception {
        Caller wide = new Caller(Encoding.G722, 0, Wishes.NONE);
        wide.party.port.play(Sines.pcm(700, 2), () -> {});
        talk(80, wide);
        assertThat(wide.hears(700)).isBetween(-16.0, -11.0);
        assertThat(wide.hears(7_300)).as("no image above 4 kHz").isLessThan(-45);
    }

    @Test
    void shouldSendNoiseInsteadOfSilenceToWhoUnderstandsIt() throws Exception {
        Caller listener = new Caller(Encoding.PCMU, 0, new Wishes(true, 8_000, 0, 48_000, false));
        Caller speaker = new Caller(Encoding.PCMU, 440, Wishes.NONE);
        hand.ticks(50);
        assertThat(listener.party.rtp.sent).as("five a second").hasSize(5).allSatisfy(it -> {
            assertThat(it.type()).isEqualTo(13);
            assertThat(it.bytes()).hasSize(13).endsWith(70);
        });
        talk(20, speaker);
        HandBridge.Sent first = listener.party.rtp.sent.stream().filter(it -> it.type() == 0).findFirst().orElseThrow();
        assertThat(first.marker()).as("a new talkspurt").isTrue();
        assertThat(first.timestamp() - listener.party.rtp.sent.getFirst().timestamp()).as("its clock ran on").isGreaterThanOrEqualTo(50 * 160);
    }

    @Test
    void shouldCountOpusTimeInFortyEightKilohertzAndG722InEight() throws Exception {
        Caller opus = new Caller(Encoding.OPUS, 0, new Wishes(false, 48_000, 0, 48_000, false));
        Caller g722 = new Caller(Encoding.G722, 0, Wishes.NONE);
        hand.ticks(3);
        assertThat(opus.party.rtp.sent.get(1).timestamp() - opus.party.rtp.sent.get(0).timestamp()).isEqualTo(960);
        assertThat(g722.party.rtp.sent.get(1).timestamp() - g722.party.rtp.sent.get(0).timestamp()).isEqualTo(160);
        opus.party.port.sendDigit('1');
        hand.ticks(8);
        byte[] last = opus.party.rtp.sent.stream().filter(it -> it.type() == 101).reduce((one, two) -> two).orElseThrow().bytes();
        assertThat(ByteBuffer.wrap(last).getShort(14)).as("100 ms on the event's clock").isEqualTo((short) 4_800);
    }

    @Test
    void shouldHearBothLawsAndG722WhateverWasAgreed() throws Exception {
        Caller agreed = new Caller(Encoding.G722, 0, Wishes.NONE);
        Caller listener = new Caller(Encoding.PCMU, 0, Wishes.NONE);
        byte[] codes = new byte[160];
        for (int i = 0; i < 60; i++) {
            for (int k = 0; k < 160; k++) codes[k] = G711.PCMA.encode((int) (6_000 * Math.sin(2 * Math.PI * 440 * (160 * i + k) / 8_000)));
            agreed.party.rtp.arriving.add(new HandBridge.Sent(TestPhone.rtp(8, false, i, 160 * i, agreed.party.ssrc, codes), agreed.party.address));
            hand.tick();
            listener.listen();
        }
        assertThat(listener.hears(440)).isBetween(-20.0, -12.0);
    }

    private void talk(int ticks, Caller... all) {
        for (int i = 0; i < ticks; i++) {
            for (Caller each : all) each.speak();
            hand.tick();
            for (Caller each : all) each.listen();
        }
    }

    private static byte[] payload(Caller caller) {
        byte[] packet = caller.party.last().bytes();
        return Arrays.copyOfRange(packet, 12, packet.length);
    }
}
