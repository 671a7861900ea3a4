package org.infrafabric.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.infrafabric.testkit.Await;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordingTest {
    @TempDir Path folder;

    @Test
    void shouldAlignAllTracksToTheSameTick() throws Exception {
        Recording recording = Recording.into(folder);
        recording.opened(0, "expert", 700);
        recording.said(0, 700, frame(10));
        recording.mix(700, frame(10));
        recording.opened(1, "Sage / of: the hill", 701);
        recording.opened(2, "silent", 701);
        recording.mix(701, frame(0));
        recording.said(1, 702, frame(20));
        recording.mix(702, frame(20));
        recording.mix(703, frame(0));
        recording.ended();
        Recording.Result result = recording.finished().get(5, TimeUnit.SECONDS);

        assertThat(result.failure()).isEmpty();
        assertThat(result.lostMillis()).isZero();
        assertThat(result.files()).extracting(it -> it.file().getFileName().toString()).containsExactly("mix.wav", "1-expert.wav",
                "2-sage-of-the-hill.wav", "3-silent.wav");
        assertThat(result.files()).allSatisfy(it -> assertThat(it.millis()).isEqualTo(80));
        assertThat(firstOfEachFrame(folder.resolve("mix.wav"))).containsExactly(10, 0, 20, 0);
        assertThat(firstOfEachFrame(folder.resolve("1-expert.wav"))).containsExactly(10, 0, 0, 0);
        assertThat(firstOfEachFrame(folder.resolve("2-sage-of-the-hill.wav"))).containsExactly(0, 0, 20, 0);
        assertThat(firstOfEachFrame(folder.resolve("3-silent.wav"))).containsExactly(0, 0, 0, 0);
        byte[] mix = Files.readAllBytes(folder.resolve("mix.wav"));
        assertThat(result.files().getFirst().sha256()).isEqualTo(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(mix)));
    }

    @Test
    void shouldBeReadableByOthersWhileItIsStillBeingWritten() throws Exception {
        WavTrack track = new WavTrack(folder.resolve("crash.wav"), 8_000);
        for (int i = 0; i < 70; i++) track.frame(i, frame(i + 1), 0);
        Path asAfterACrash = folder.resolve("crash.wav");
        try (AudioInputStream in = AudioSystem.getAudioInputStream(asAfterACrash.toFile())) {
            assertThat(in.getFormat().getSampleRate()).isEqualTo(8_000);
            assertThat(in.getFrameLength()).as("one second of the 1.4 has been flushed").isEqualTo(8_000);
        }
        track.finish(75);
        assertThat(firstOfEachFrame(asAfterACrash)).hasSize(75).endsWith(70, 0, 0, 0, 0, 0);
    }

    @Test
    void shouldCountWhatTheDiskWasTooSlowForAndLeaveItSilent() throws Exception {
        Handover full = new Handover(1);
        for (int i = 0; i < 25; i++) assertThat(full.offer(0, i, frame(i))).isTrue();
        assertThat(full.offer(0, 25, frame(25))).as("a full handover refuses at once").isFalse();

        Recording recording = Recording.into(folder, 8_000, 1, 1_000_000);
        for (int i = 0; i < 400; i++) recording.mix(i, frame(1 + i)); // faster than any writer that looks every 100 ms
        recording.ended();
        Recording.Result result = recording.finished().get(5, TimeUnit.SECONDS);
        int[] heard = firstOfEachFrame(folder.resolve("mix.wav"));
        assertThat(heard).as("as long as the talk").hasSize(400);
        assertThat(result.lostMillis()).isEqualTo(20L * Arrays.stream(heard).filter(it -> it == 0).count()).isPositive();
        for (int i = 0; i < 400; i++) assertThat(heard[i]).isIn(0, 1 + i);
    }

    @Test
    void shouldRestWhileNobodySpeaksAndMissNothingOfWhatComesThen() throws Exception {
        Recording recording = Recording.into(folder);
        recording.mix(0, frame(7));
        Await.until("a rest", Duration.ofSeconds(30), recording::resting, resting -> resting);
        recording.mix(1, frame(0));
        assertThat(recording.resting()).as("silence wakes nobody").isTrue();

        recording.said(0, 2, frame(8));
        Await.until("the writer to be awake", Duration.ofSeconds(30), recording::resting, resting -> !resting);
        recording.mix(2, frame(9));
        Await.until("another rest", Duration.ofSeconds(30), recording::resting, resting -> resting);
        assertThat(firstOfEachFrame(folder.resolve("mix.wav"))).as("in the file before anything ends").containsExactly(7, 0, 9);

        recording.ended();
        assertThat(recording.finished().get(5, TimeUnit.SECONDS).failure()).isEmpty();
        assertThat(firstOfEachFrame(folder.resolve("mix.wav"))).containsExactly(7, 0, 9);
    }

    @Test
    void shouldNeverOverwriteAnEarlierRecording() throws Exception {
        for (int i = 0; i < 3; i++) {
            Recording recording = Recording.into(folder);
            recording.opened(0, "expert", 0);
            recording.mix(0, frame(i));
            recording.ended();
            recording.finished().get(5, TimeUnit.SECONDS);
        }
        try (var files = Files.list(folder)) {
            assertThat(files.map(it -> it.getFileName().toString())).containsExactlyInAnyOrder("mix.wav", "1-expert.wav", "mix_take2.wav",
                    "1-expert_take2.wav",
                    "mix_take3.wav", "1-expert_take3.wav");
        }
    }

    @Test
    void shouldGoOnInNewFilesLongBeforeAFileIsTooLong() throws Exception {
        Recording recording = Recording.into(folder, 8_000, 100, 50);
        recording.opened(0, "expert", 0);
        for (int i = 0; i < 175; i++) {
            if (i < 60) recording.said(0, i, frame(i + 1));
            recording.mix(i, frame(i + 1));
        }
        recording.ended();
        Recording.Result result = recording.finished().get(5, TimeUnit.SECONDS);
        assertThat(result.failure()).isEmpty();
        assertThat(result.files()).extracting(it -> it.file().getFileName().toString()).containsExactly("mix.wav", "1-expert.wav", "mix_part2.wav",
                "1-expert_part2.wav", "mix_part3.wav", "1-expert_part3.wav", "mix_part4.wav", "1-expert_part4.wav");
        assertThat(result.files()).extracting(Recording.Track::millis).containsExactly(1_000L, 1_000L, 1_000L, 1_000L, 1_000L, 1_000L, 500L, 500L);
        assertThat(firstOfEachFrame(folder.resolve("mix_part2.wav"))).startsWith(51, 52).endsWith(99, 100).hasSize(50);
        assertThat(firstOfEachFrame(folder.resolve("1-expert_part2.wav"))).startsWith(51, 52).endsWith(0, 0).hasSize(50);
        assertThat(firstOfEachFrame(folder.resolve("mix_part4.wav"))).endsWith(174, 175).hasSize(25);
    }

    @Test
    void shouldKeepAWidebandTrackBesideANarrowOne() throws Exception {
        Recording recording = Recording.into(folder, 16_000);
        recording.opened(0, "wide", 0);
        recording.opened(1, "narrow", 0);
        short[] wide = new short[320];
        Arrays.fill(wide, (short) 7);
        for (int i = 0; i < 10; i++) {
            recording.said(0, i, i < 5 ? wide : frame(7));                // its encoding changes in the middle
            recording.said(1, i, frame(9));
            recording.mix(i, wide);
        }
        recording.ended();
        Recording.Result result = recording.finished().get(5, TimeUnit.SECONDS);
        assertThat(result.files()).extracting(Recording.Track::millis).containsOnly(200L);
        assertThat(Files.size(folder.resolve("mix.wav"))).isEqualTo(44 + 200 * 32);
        assertThat(Files.size(folder.resolve("1-wide.wav"))).isEqualTo(44 + 200 * 32);
        assertThat(Files.size(folder.resolve("2-narrow.wav"))).isEqualTo(44 + 200 * 16);
    }

    @Test
    void shouldSayWhyItCouldNotBeWritten() throws Exception {
        Path file = Files.writeString(folder.resolve("occupied"), "a file where a folder is wanted");
        Recording recording = Recording.into(file);
        recording.opened(0, "expert", 0);
        recording.mix(0, frame(1));
        recording.ended();
        Recording.Result result = recording.finished().get(5, TimeUnit.SECONDS);
        assertThat(result.failure()).hasValueSatisfying(it -> assertThat(it).contains("occupied"));
        assertThat(result.files()).isEmpty();
    }

    @Test
    void shouldKeepIdsInsideTheFolderAndApart() {
        assertThat(RecordingFolder.safe("..")).isEqualTo("%2E.");
        assertThat(RecordingFolder.safe("a/../b")).isEqualTo("a%2F..%2Fb");
        assertThat(RecordingFolder.safe("msg:1~x")).isEqualTo("msg%3A1%7Ex");
        assertThat(List.of(RecordingFolder.safe(":".repeat(119)), RecordingFolder.safe(":".repeat(118)))).doesNotHaveDuplicates()
                .allSatisfy(it -> assertThat(it.length()).isLessThanOrEqualTo(160));
    }

    private static short[] frame(int value) {
        short[] samples = new short[160];
        Arrays.fill(samples, (short) value);
        return samples;
    }

    private static int[] firstOfEachFrame(Path wav) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(wav)).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(bytes.getInt(4)).isEqualTo(bytes.capacity() - 8);
        assertThat(bytes.getInt(40)).isEqualTo(bytes.capacity() - 44);
        int[] first = new int[(bytes.capacity() - 44) / 320];
        for (int i = 0; i < first.length; i++) first[i] = bytes.getShort(44 + 320 * i);
        return first;
    }
}
