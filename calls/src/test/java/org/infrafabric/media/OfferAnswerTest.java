package org.infrafabric.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.infrafabric.media.AudioPort.Encoding;
import org.infrafabric.media.AudioPort.Negotiated;
import org.infrafabric.media.AudioPort.Wishes;
import org.infrafabric.sdp.Direction;
import org.infrafabric.sdp.MalformedSdp;
import org.infrafabric.sdp.SessionDescription;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Offer and answer, RFC 3264. */
class OfferAnswerTest {
    private static final InetSocketAddress HERE = new InetSocketAddress(InetAddress.getLoopbackAddress(), 20_000);
    private static final String HEAD = "v=0\r\no=alice 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=1 2\r\n";

    @Test
    void shouldOfferBothLawsAndTelephoneEvents() {
        assertThat(text(AudioOffer.offer(HERE, 7, 8))).isEqualTo("""
                v=0
                o=- 7 8 IN IP4 127.0.0.1
                s=-
                c=IN IP4 127.0.0.1
                t=0 0
                m=audio 20000 RTP/AVP 0 8 101
                a=rtpmap:101 telephone-event/8000
                a=fmtp:101 0-16
                a=ptime:20
                """.replace("\n", "\r\n"));
    }

    @Test
    void shouldTakeWhatThePeerLikesBestAndKeepItsNumbers() throws Exception {
        AudioAnswer it = answer(
                "m=audio 4000 RTP/AVP 111 8 0 96 13\r\na=rtpmap:111 opus/48000/2\r\na=rtpmap:96 telephone-event/8000\r\na=fmtp:96 0-15\r\n");
        assertThat(it.media()).isEqualTo(new Negotiated(new InetSocketAddress("192.0.2.1", 4_000), Encoding.PCMA, 8, 96, true, true,
                new Wishes(true, 8_000, 0, 48_000, false)));
        assertThat(text(it.sdp())).contains("t=1 2\r\n", "m=audio 20000 RTP/AVP 8 96 13\r\n", "a=rtpmap:96 telephone-event/8000", "a=sendrecv");
    }

    @Test
    void shouldOfferAllThatAPortSpeaksBestFirst() {
        assertThat(text(AudioOffer.offer(HERE, Encoding.ALL, 7, 8, Direction.SENDRECV))).contains("m=audio 20000 RTP/AVP 111 9 0 8 102 101\r\n",
                "a=rtpmap:111 opus/48000/2\r\n", "a=fmtp:111 maxplaybackrate=16000;useinbandfec=1\r\n",
                "a=rtpmap:102 telephone-event/48000\r\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            9 0; ; G722; 9
            0 9 111; a=rtpmap:111 opus/48000/2; PCMU; 0
            96 9; a=rtpmap:96 OPUS/48000/2; OPUS; 96
            96 9; a=rtpmap:96 opus/48000; G722; 9
            96 8; a=rtpmap:96 opus/16000/2; PCMA; 8
            97; a=rtpmap:97 g722/8000/1; G722; 97
            """)
    void shouldPickByTheOrderOfWhoOffers(String formats, String map, Encoding picked, int type) throws Exception {
        String offer = HEAD + "m=audio 4000 RTP/AVP " + formats + "\r\n" + (map == null ? "" : map + "\r\n");
        AudioAnswer it = AudioAnswer.answer(offer.getBytes(StandardCharsets.UTF_8), HERE,
                List.of(Encoding.PCMA, Encoding.PCMU, Encoding.G722, Encoding.OPUS), 5, 6, Direction.SENDRECV);
        assertThat(it.media().encoding()).isEqualTo(picked);
        assertThat(it.media().payloadType()).isEqualTo(type);
        assertThat(text(it.sdp())).contains("a=rtpmap:" + type + " " + picked.map() + "\r\n");
    }

    @Test
    void shouldReadHowAPeerWantsItsOpus() throws Exception {
        String offer = HEAD + "m=audio 4000 RTP/AVP 96 13 97 98\r\na=rtpmap:96 opus/48000/2\r\n"
                + "a=fmtp:96 stereo=1; maxaveragebitrate=12000;cbr=1 ;maxplaybackrate=8000;x=99999999999999\r\n"
                + "a=rtpmap:97 telephone-event/8000\r\na=rtpmap:98 telephone-event/48000\r\n";
        AudioAnswer it = AudioAnswer.answer(offer.getBytes(StandardCharsets.UTF_8), HERE, Encoding.ALL, 5, 6, Direction.SENDRECV);
        assertThat(it.media().wishes()).isEqualTo(new Wishes(false, 48_000, 12_000, 8_000, true));
        assertThat(it.media().telephoneEventType()).isEqualTo(98);
        assertThat(text(it.sdp())).contains("m=audio 20000 RTP/AVP 96 98\r\n", "a=rtpmap:98 telephone-event/48000\r\n");
        assertThat(OpusTerms.of(it.media().wishes())).isEqualTo(new OpusTerms(12_000, false, true));
        assertThat(OpusTerms.of(new Wishes(false, 48_000, 1, 48_000, false)).bitrate()).as("bounded").isEqualTo(6_000);
    }

    @Test
    void shouldKnowOfAnAnswerOnlyWhatItOffered() throws Exception {
        byte[] answer = (HEAD + "m=audio 4000 RTP/AVP 9\r\n").getBytes(StandardCharsets.UTF_8);
        assertThat(AudioAnswer.accept(AudioOffer.offer(HERE, Encoding.ALL, 7, 8, Direction.SENDRECV), answer).encoding()).isEqualTo(Encoding.G722);
        assertThatThrownBy(() -> AudioAnswer.accept(AudioOffer.offer(HERE, 7, 8), answer)).isInstanceOf(NoCommonCodec.class);
    }

    @Test
    void shouldRefuseEveryStreamButOneWithPortZeroInItsPlace() throws Exception {
        SessionDescription it = SessionDescription.parse(answer("m=video 4000 RTP/AVP 96\r\nm=audio 0 RTP/AVP 0\r\nm=audio 4002 RTP/SAVP 0\r\n"
                + "m=audio 4004 RTP/AVP 0\r\nm=audio 4006 RTP/AVP 0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n").sdp());
        assertThat(it.media()).extracting(m -> m.media() + m.port() + m.protocol()).containsExactly("video0RTP/AVP", "audio0RTP/AVP",
                "audio0RTP/SAVP",
                "audio20000RTP/AVP", "audio0RTP/AVP", "application0UDP/DTLS/SCTP");
    }

    @ParameterizedTest
    @CsvSource({"sendrecv,sendrecv,true", "sendonly,recvonly,false", "recvonly,sendonly,true", "inactive,inactive,false"})
    void shouldAnswerEachDirectionWithItsMirror(String theirs, String ours, boolean sending) throws Exception {
        AudioAnswer it = answer("m=audio 4000 RTP/AVP 0\r\na=" + theirs + "\r\n");
        assertThat(text(it.sdp())).contains("a=" + ours + "\r\n");
        assertThat(it.media().sending()).isEqualTo(sending);
    }

    @Test
    void shouldUnderstandTheOldWayToHold() throws Exception {
        AudioAnswer it = answer("m=audio 4000 RTP/AVP 0\r\nc=IN IP4 0.0.0.0\r\n");
        assertThat(it.media().sending()).isFalse();
        assertThat(text(it.sdp())).contains("a=recvonly");
    }

    @Test
    void shouldReadStaticTypesWithoutAMapAndBelieveAMapWhereThereIsOne() throws Exception {
        assertThat(answer("m=audio 4000 RTP/AVP 0\r\na=rtpmap:0 pcmu/8000/1\r\n").media().encoding()).isEqualTo(Encoding.PCMU);
        assertThat(answer("m=audio 4000 RTP/AVP 97\r\na=rtpmap:97 PCMA/8000\r\n").media().payloadType()).isEqualTo(97);
        assertThatThrownBy(() -> answer("m=audio 4000 RTP/AVP 0\r\na=rtpmap:0 PCMU/16000\r\n")).isInstanceOf(NoCommonCodec.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            m=audio 4000 RTP/AVP 9 18
            m=audio 4000 RTP/AVP 101|a=rtpmap:101 telephone-event/8000
            m=audio 4000 RTP/SAVP 0
            m=audio 0 RTP/AVP 0
            m=video 4000 RTP/AVP 0
            m=audio 4000 RTP/AVP 0|c=IN IP4 phone.example.com
            m=audio 4000 RTP/AVP 0|c=IN IP4 239.1.1.1
            m=audio 4000 RTP/AVP abc 999 -1
            """)
    void shouldSayWhatWasOfferedWhenNothingIsCommon(String streams) {
        assertThatThrownBy(() -> answer(streams.replace("|", "\r\n") + "\r\n")).isInstanceOf(NoCommonCodec.class).hasMessageContaining("RTP/");
    }

    @Test
    void shouldAcceptAnAnswerAndNoMoreThanWasOffered() throws Exception {
        byte[] offer = AudioOffer.offer(HERE, 7, 8);
        byte[] held = AudioOffer.offer(HERE, 7, 9, Direction.INACTIVE);
        byte[] plain = (HEAD + "m=audio 4000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n").getBytes(StandardCharsets.UTF_8);
        assertThat(AudioAnswer.accept(offer, plain))
                .isEqualTo(new Negotiated(new InetSocketAddress("192.0.2.1", 4_000), Encoding.PCMA, 8, 101, true));
        assertThat(AudioAnswer.accept(held, plain).sending()).as("we hold, whatever they answer").isFalse();
        byte[] renumbered = (HEAD + "m=audio 4000 RTP/AVP 8 96\r\na=rtpmap:96 telephone-event/8000\r\n").getBytes(StandardCharsets.UTF_8);
        assertThat(AudioAnswer.accept(offer, renumbered).telephoneEventType()).isEqualTo(96);
        assertThatThrownBy(() -> AudioAnswer.accept(offer, (HEAD + "m=audio 0 RTP/AVP 0\r\n").getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(NoCommonCodec.class);
        assertThatThrownBy(() -> AudioAnswer.accept(offer, HEAD.getBytes(StandardCharsets.UTF_8))).isInstanceOf(MalformedSdp.class);
    }

    @Test
    void shouldNotListenToWhomItHoldsWhateverTheyOffer() throws Exception {
        for (Direction theirs : Direction.values()) {
            byte[] offer = AudioOffer.offer(HERE, 7, 8, theirs);
            Direction ours = SessionDescription.parse(AudioAnswer.answer(offer, HERE, 5, 6, Direction.SENDONLY).sdp()).media().getFirst().direction()
                    .orElseThrow();
            assertThat(ours).isEqualTo(theirs.receives() ? Direction.SENDONLY : Direction.INACTIVE);
        }
    }

    @Test
    void shouldAnswerStreamsThatAreWantedNoMoreWithTheSame() throws Exception {
        byte[] gone = (HEAD + "m=audio 0 RTP/AVP 8\r\nm=video 0 RTP/AVP 96\r\n").getBytes(StandardCharsets.UTF_8);
        assertThat(text(AudioAnswer.answerToNothing(gone, HERE, 5, 6).orElseThrow())).contains("m=audio 0 RTP/AVP 8\r\nm=video 0 RTP/AVP 96");
        assertThat(AudioAnswer.answerToNothing((HEAD + "m=audio 4000 RTP/AVP 8\r\n").getBytes(StandardCharsets.UTF_8), HERE, 5, 6)).isEmpty();
    }

    @Property(seed = "1")
    void shouldAgreeWithItself(@ForAll @IntRange(min = 2, max = 65_534) int port, @ForAll Direction direction) throws Exception {
        InetSocketAddress there = new InetSocketAddress("192.0.2.7", port);
        byte[] offer = AudioOffer.offer(HERE, 1, 1, direction);
        AudioAnswer answer = AudioAnswer.answer(offer, there, 2, 2);
        Negotiated accepted = AudioAnswer.accept(offer, answer.sdp());
        assertThat(accepted.remote()).isEqualTo(there);
        assertThat(answer.media().remote()).isEqualTo(HERE);
        assertThat(accepted.payloadType()).isEqualTo(answer.media().payloadType());
        assertThat(accepted.sending()).isEqualTo(direction.sends());
        assertThat(answer.media().sending()).isEqualTo(direction.receives());
    }

    private static AudioAnswer answer(String streams) throws MalformedSdp, NoCommonCodec {
        return AudioAnswer.answer((HEAD + streams).getBytes(StandardCharsets.UTF_8), HERE, 5, 6);
    }

    private static String text(byte[] sdp) {
        return new String(sdp, StandardCharsets.UTF_8);
    }
}
