package org.infrafabric.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.infrafabric.media.Pcm;
import org.junit.jupiter.api.Test;

class WavTest {
    private static final Pcm TONE = Sounds.tone(440, 16_000, 0.05, 9000);

    @Test
    void shouldReadWhatItWrites() throws IOException {
        Pcm read = Wav.read(Wav.bytes(TONE), 10);
        assertThat(read.rate()).isEqualTo(16_000);
        assertThat(read.samples()).isEqualTo(TONE.samples());
    }

    @Test
    void shouldWriteWhatTheJdkReads() throws Exception {
        try (AudioInputStream in = AudioSystem.getAudioInputStream(new ByteArrayInputStream(Wav.bytes(TONE)))) {
            assertThat(in.getFormat().getSampleRate()).isEqualTo(16_000f);
            assertThat(in.getFrameLength()).isEqualTo(TONE.samples().length);
            byte[] first = in.readNBytes(8);
            assertThat(ByteBuffer.wrap(first).order(ByteOrder.LITTLE_ENDIAN).getShort(6)).isEqualTo(TONE.samples()[3]);
        }
    }

    @Test
    void shouldTakeAllThatComesWhenAStreamingServerLeftTheSizesUnset() throws IOException {
        for (int size : new int[] {0, -1, Integer.MAX_VALUE}) {
            byte[] file = Wav.bytes(TONE);
            ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(4, -1).putInt(40, size);
            assertThat(Wav.read(file, 10).samples()).isEqualTo(TONE.samples());
        }
    }

    @Test
    void shouldSkipChunksItDoesNotKnowAndMixChannels() throws IOException {
        ByteBuffer file = ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN);
        file.put("RIFF".getBytes()).putInt(92).put("WAVELIST".getBytes()).putInt(3).put(new byte[] {1, 2, 3, 0}); // odd size: one byte of padding
        file.put("fmt ".getBytes()).putInt(16).putShort((short) 1).putShort((short) 2).putInt(8000).putInt(32_000).putShort((short) 4)
                .putShort((short) 16);
        file.put("data".getBytes()).putInt(8).putShort((short) 100).putShort((short) 300).putShort((short) -50).putShort((short) -150);
        Pcm read = Wav.read(Arrays.copyOf(file.array(), file.position()), 10);
        assertThat(read.samples()).containsExactly((short) 200, (short) -100);
    }

    @Test
    void shouldSayWhatIsWrongWithAFile() {
        assertThatThrownBy(() -> Wav.read("not a sound at all".getBytes(), 10)).isInstanceOf(IOException.class).hasMessageContaining("RIFF");
        byte[] tooLong = Wav.bytes(Sounds.tone(440, 8000, 2, 100));
        assertThatThrownBy(() -> Wav.read(tooLong, 1)).isInstanceOf(IOException.class).hasMessageContaining("longer than 1 s");
        byte[] eightBits = Wav.bytes(TONE);
        eightBits[34] = 8;
        assertThatThrownBy(() -> Wav.read(eightBits, 10)).isInstanceOf(IOException.class).hasMessageContaining("8 bits");
        byte[] headerOnly = Arrays.copyOf(Wav.bytes(TONE), 36);
        assertThatThrownBy(() -> Wav.read(headerOnly, 10)).isInstanceOf(IOException.class).hasMessageContaining("without samples");
    }

    @Property(seed = "1", tries = 2000)
    void shouldNeverFailInAnotherWayOnDamagedFiles(@ForAll @Size(max = 8) byte[] damage, @ForAll @IntRange(max = 60) int at,
            @ForAll @IntRange(max = 200) int length) {
        byte[] file = Arrays.copyOf(Wav.bytes(TONE), length);
        System.arraycopy(damage, 0, file, Math.min(at, length), Math.min(damage.length, Math.max(0, length - at)));
        try {
            assertThat(Wav.read(file, 10).samples().length).isLessThanOrEqualTo(length / 2);
        } catch (IOException expected) {
            assertThat(expected).hasMessageContaining("WAV");
        }
    }
}
