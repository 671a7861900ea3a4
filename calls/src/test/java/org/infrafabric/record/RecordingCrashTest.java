package org.infrafabric.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left of a recording when its process is killed, or its disk full. In processes of their own, since both are the system's doing. */
class RecordingCrashTest {
    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(ints = {8_000, 16_000})
    void shouldLoseNoMoreThanTwoSecondsWhenItsProcessIsKilled(int rate) throws Exception {
        Process process = record(List.of(), rate, 10_000);
        long recorded = -1;
        try (BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                if (!line.startsWith("tick ")) continue;
                recorded = Long.parseLong(line.substring(5));
                if (recorded == 170) process.toHandle().destroyForcibly(); // SIGKILL, in the middle of something
            }
        }
        assertThat(process.waitFor()).isEqualTo(128 + 9);
        for (String name : List.of("mix.wav", "1-expert.wav")) {
            short[] samples = readable(folder.resolve(name), rate);
            int frames = samples.length / (rate / 50);
            assertThat(frames).as("%s: frames of %s that were recorded", name, recorded + 1).isGreaterThanOrEqualTo((int) recorded - 100);
            for (int frame = 0; frame < frames; frame++) assertThat(samples[frame * rate / 50]).isEqualTo((short) (frame + 1));
        }
    }

    @Test
    void shouldKeepWhatWasWrittenWhenTheDiskIsFullAndSayWhyItEnded() throws Exception {
        Process process = record(List.of("bash", "-c", "ulimit -f 24 && exec \"$@\"", "bash"), 8_000, 200); // 24 kB a file: a second and a half
        List<String> out = new ArrayList<>(process.inputReader(StandardCharsets.UTF_8).readAllLines());
        assertThat(process.waitFor()).as("the talk went on to its end").isZero();
        assertThat(out).contains("tick 199");
        assertThat(out.getLast()).startsWith("failure ").doesNotContain("failure none").endsWith("files 2");
        for (String name : List.of("mix.wav", "1-expert.wav")) {
            short[] samples = readable(folder.resolve(name), 8_000);
            assertThat(samples.length).as("what fits").isBetween(6_000, 12_300);
            for (int frame = 0; frame < samples.length / 160; frame++) assertThat(samples[160 * frame]).isEqualTo((short) (frame + 1));
        }
    }

    private Process record(List<String> before, int rate, int ticks) throws Exception {
        List<String> command = new ArrayList<>(before);
        command.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData",
                "-Xshare:auto", "-cp", System.getProperty("java.class.path"), RecordingProcess.class.getName(), folder.toString(), "" + rate,
                "" + ticks));
        return new ProcessBuilder(command).redirectError(folder.resolve("errors").toFile()).start();
    }

    /** Reads a file as any player would, and sees that its header does not promise more than there is. */
    private static short[] readable(Path file, int rate) throws Exception {
        try (AudioInputStream in = AudioSystem.getAudioInputStream(file.toFile())) {
            assertThat(in.getFormat().getSampleRate()).isEqualTo(rate);
            byte[] bytes = in.readAllBytes();
            assertThat(bytes.length).isEqualTo(in.getFrameLength() * 2);
            assertThat(Files.size(file)).isGreaterThanOrEqualTo(44 + bytes.length);
            short[] samples = new short[bytes.length / 2];
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer().get(samples);
            return samples;
        }
    }
}
