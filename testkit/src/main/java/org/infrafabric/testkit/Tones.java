package org.infrafabric.testkit;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;

/** Makes the sound that tells a party from the others. */
public final class Tones {
    private Tones() {}

    /** Writes a sine of -12 dB full scale, 8 kHz, 16 bit, one channel. */
    public static Path write(Path wav, double hertz, double seconds) throws IOException {
        return write(wav, hertz, seconds, 8_000, 1);
    }

    /** The same at another rate, all channels alike. */
    public static Path write(Path wav, double hertz, double seconds, int rate, int channels) throws IOException {
        int frames = (int) (rate * seconds);
        byte[] bytes = new byte[frames * 2 * channels];
        for (int i = 0; i < bytes.length / 2; i++) {
            int sample = (int) (8192 * Math.sin(2 * Math.PI * hertz * (i / channels) / rate));
            bytes[2 * i] = (byte) sample;
            bytes[2 * i + 1] = (byte) (sample >> 8);
        }
        AudioFormat format = new AudioFormat(rate, 16, channels, true, false);
        AudioSystem.write(new AudioInputStream(new ByteArrayInputStream(bytes), format, frames), AudioFileFormat.Type.WAVE, wav.toFile());
        return wav;
    }
}
