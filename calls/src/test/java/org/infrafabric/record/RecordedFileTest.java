package org.infrafabric.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordedFileTest {
    @TempDir Path folder;

    @Test
    void shouldReadTakesAndPartsFromTheNamesThatARecordingGives() throws Exception {
        record("expert", "sage-2", 3); // goes on in a second part
        record("expert", "sage-2", 1);
        assertThat(RecordedFile.in(folder)).extracting(file -> file.take() + "." + file.part() + " " + file.party()).containsExactly("1.1 mix",
                "1.1 expert", "1.1 sage-2", "1.2 mix", "1.2 expert", "1.2 sage-2", "2.1 mix", "2.1 expert", "2.1 sage-2");
        assertThat(RecordedFile.in(folder)).allSatisfy(file -> assertThat(file.file()).isRegularFile());
    }

    @Test
    void shouldLeaveAPartyItsNameAlsoWhereTheMixIsGone() throws Exception {
        record("expert", "sage-1", 1);
        Files.delete(folder.resolve("mix.wav"));
        assertThat(RecordedFile.in(folder)).extracting(RecordedFile::party).containsExactly("expert", "sage-1");
        assertThat(RecordedFile.in(folder)).extracting(RecordedFile::take).containsOnly(1);
    }

    @Test
    void shouldTellAPartyThatIsCalledMixFromTheMix() throws Exception {
        record("mix", "sage", 1);
        assertThat(RecordedFile.in(folder)).extracting(RecordedFile::mix).containsExactly(true, false, false);
    }

    @Test
    void shouldLeaveOutWhatIsNoRecording() throws Exception {
        assertThat(RecordedFile.in(folder.resolve("none"))).isEmpty();
        for (String name : new String[] {"notes.txt", "mix.wav.part", "99999999999-x.wav", ".wav", "mix2.wav"})
            Files.createFile(folder.resolve(name));
        Files.createDirectory(folder.resolve("mix.wav"));
        assertThat(RecordedFile.in(folder)).isEmpty();
    }

    @Test
    void shouldBeginALaterPartWhereTheOneBeforeEnded() {
        assertThat(new RecordedFile(folder, "mix", 1, 1).after()).isZero();
        assertThat(new RecordedFile(folder, "mix", 1, 3).after()).isEqualTo(Duration.ofHours(24));
    }

    /** A part is two ticks long here. */
    private void record(String one, String other, int ticks) throws Exception {
        Recording recording = Recording.into(folder, 8_000, Recording.HANDOVER_BLOCKS, 2);
        recording.opened(0, one, 0);
        recording.opened(1, other, 0);
        for (int tick = 0; tick < ticks; tick++) recording.mix(tick, new short[160]);
        recording.ended();
        assertThat(recording.finished().get(5, TimeUnit.SECONDS).failure()).isEmpty();
    }
}
