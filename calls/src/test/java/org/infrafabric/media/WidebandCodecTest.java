package org.infrafabric.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** G.722 against what another implementation (spandsp 0.0.6, Debian's libspandsp2) made of the same samples; Opus of libopus and of Java against each other. */
class WidebandCodecTest {
    private static final int FRAMES = 200;
    private static final Codecs NATIVE = new Codecs(LibOpus.found());
    private static final Codecs JAVA = new Codecs(Optional.empty());

    @Test
    void shouldEncodeG722BitForBitAsOthersDo() throws Exception {
        byte[] loud = g722(noises(0));
        assertThat(HexFormat.of().formatHex(loud, 0, 24)).isEqualTo("14a084208a3a0420120804872b2324240f95a51ca02023b9");
        assertThat(sha256(loud)).isEqualTo("693312b5a36a736cdef80259600224e6233f7f02b52feeeb53a5431e8fe98c59");
        assertThat(sha256(g722(noises(2)))).isEqualTo("e3418e202f141185fedcfb28bfec7c0fa3642e28acd948a539a3c8c26609ff13");
    }

    @Test
    void shouldDecodeG722BitForBitAsOthersDo() throws Exception {
        byte[] codes = g722(noises(2));
        short[] decoded = new short[2 * codes.length];
        G722Decoder decoder = new G722Decoder();
        for (int i = 0; i < FRAMES; i++) decoder.decode(Arrays.copyOfRange(codes, 160 * i, 160 * i + 160), 160, decoded, 320 * i);
        ByteBuffer bytes = ByteBuffer.allocate(2 * decoded.length).order(ByteOrder.LITTLE_ENDIAN);
        for (short sample : decoded) bytes.putShort(sample);
        assertThat(sha256(bytes.array())).isEqualTo("7e3c5e215628fc2b3630bae86e0313901330268216b5c7e7208b7676978fb6c2");
    }

    @Property(seed = "1", tries = 100)
    void shouldDecodeAnyG722(@ForAll @Size(min = 1, max = 400) byte[] codes) {
        short[] out = new short[640];
        assertThat(new G722Decoder().decode(codes, codes.length, out, 0)).isEqualTo(Math.min(640, 2 * codes.length));
    }

    @Test
    void shouldGoOnInACopiedEncoderWithoutAnyBreak() {
        for (SpeechEncoder[] pair : List.of(new SpeechEncoder[] {new G722Encoder(), new G722Encoder()},
                new SpeechEncoder[] {NATIVE.encoder(AudioPort.Encoding.OPUS, OpusTerms.USUAL),
                    NATIVE.encoder(AudioPort.Encoding.OPUS, OpusTerms.USUAL)})) {
            assumeThat(pair[0]).as("libopus (Debian: libopus0)").isNotInstanceOf(JavaOpusEncoder.class);
            byte[] one = new byte[400];
            byte[] other = new byte[400];
            for (int i = 0; i < 30; i++) pair[0].encode(tone(i), one);
            pair[1].copyFrom(pair[0]);
            for (int i = 30; i < 40; i++) {
                int length = pair[0].encode(tone(i), one);
                assertThat(pair[1].encode(tone(i), other)).isEqualTo(length);
                assertThat(Arrays.copyOf(other, length)).isEqualTo(Arrays.copyOf(one, length));
            }
            pair[0].close();
            pair[1].close();
        }
    }

    static Stream<Arguments> pairs() {
        return Stream.of(Arguments.of(NATIVE, NATIVE), Arguments.of(NATIVE, JAVA), Arguments.of(JAVA, NATIVE), Arguments.of(JAVA, JAVA));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void shouldCarryATone(Codecs from, Codecs to) {
        SpeechEncoder encoder = from.encoder(AudioPort.Encoding.OPUS, OpusTerms.USUAL);
        SpeechDecoder decoder = to.decoder(AudioPort.Encoding.OPUS);
        byte[] packet = new byte[400];
        short[] heard = new short[320 * 50];
        int octets = 0;
        for (int i = 0; i < 50; i++) {
            int length = encoder.encode(tone(i), packet);
            octets += length;
            assertThat(decoder.decode(packet, length, heard, 320 * i)).isEqualTo(320);
        }
        assertThat(8 * octets).as("bits a second").isBetween(6_000, 32_000);
        short[] tail = Arrays.copyOfRange(heard, 8_000, 16_000);
        assertThat(Sines.level(tail, 500)).as("1 kHz at 16 kHz stands where 500 Hz does at 8").isGreaterThan(-18);
        assertThat(Sines.level(tail, 800)).isLessThan(-35);
        encoder.close();
        decoder.close();
    }

    @Test
    void shouldFindALostPacketInTheNextOne() {
        assumeThat(LibOpus.found()).as("libopus (Debian: libopus0)").isPresent();
        SpeechEncoder encoder = NATIVE.encoder(AudioPort.Encoding.OPUS, OpusTerms.USUAL);
        SpeechDecoder decoder = NATIVE.decoder(AudioPort.Encoding.OPUS);
        byte[] packet = new byte[400];
        short[] heard = new short[320];
        for (int i = 0; i < 20; i++) decoder.decode(packet, encoder.encode(tone(i), packet), heard, 0);
        encoder.encode(tone(20), packet);                                 // and this one is lost
        int next = encoder.encode(tone(21), packet);
        assertThat(decoder.recover(packet, next, heard, 0, 320)).isTrue();
        assertThat(Sines.level(heard, 500)).isGreaterThan(-20);
        assertThat(decoder.decode(packet, next, heard, 0)).isEqualTo(320);
        assertThat(decoder.conceal(heard, 0, 320)).isTrue();
        encoder.close();
        decoder.close();
    }

    @Property(seed = "1", tries = 300)
    void shouldDecodeOrRefuseAnyOpus(@ForAll @Size(min = 1, max = 200) byte[] payload, @ForAll boolean inJava) {
        SpeechDecoder decoder = (inJava ? JAVA : NATIVE).decoder(AudioPort.Encoding.OPUS);
        short[] out = new short[1_920];
        assertThat(decoder.decode(payload, payload.length, out, 0)).isBetween(0, 1_920);
        decoder.restart();
        decoder.close();
    }

    @Test
    void shouldSayWhenThereIsNoLibrary() {
        assertThat(LibOpus.find(List.of("libno-such-codec.so.0"))).isEmpty();
        assertThat(LibOpus.find(List.of("libc.so.6"))).as("a library without the functions").isEmpty();
    }

    private static byte[] g722(int[] samples) {
        byte[] codes = new byte[samples.length / 2];
        byte[] packet = new byte[400];
        G722Encoder encoder = new G722Encoder();
        for (int i = 0; i < FRAMES; i++) {
            assertThat(encoder.encode(Arrays.copyOfRange(samples, 320 * i, 320 * i + 320), packet)).isEqualTo(160);
            System.arraycopy(packet, 0, codes, 160 * i, 160);
        }
        return codes;
    }

    /** Eight noises of different strength from a linear congruential generator; one of them a square wave at full scale. */
    private static int[] noises(int quieter) {
        int[] shifts = {0, 4, 8, 2, 6, 1, 0, 10};
        int[] samples = new int[320 * FRAMES];
        int x = 1;
        for (int i = 0; i < samples.length; i++) {
            x = (int) (x * 1_103_515_245L + 12_345 & 0x7fff_ffff);
            int part = i / (samples.length / 8);
            int value = (x >> 15) - 32_768 >> shifts[part];
            if (part == 6) value = i / 40 % 2 == 1 ? 32_767 : -32_768;
            samples[i] = value >> quieter;
        }
        return samples;
    }

    /** 20 ms of 1 kHz at 16 kHz, the frames joining. */
    private static int[] tone(int frame) {
        int[] samples = new int[320];
        for (int i = 0; i < 320; i++) samples[i] = (int) (8_000 * Math.sin(2 * Math.PI * 1_000 * (320 * frame + i) / 16_000));
        return samples;
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
