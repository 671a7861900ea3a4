package org.infrafabric.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import org.infrafabric.media.Pcm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FliteVoiceTest {
    @TempDir Path folder;

    private static FliteVoice installed() {
        Optional<FliteVoice> flite = FliteVoice.find(VoiceSettings.defaults());
        if (flite.isEmpty() && "true".equals(System.getenv("CI"))) fail("flite is not installed");
        assumeTrue(flite.isPresent(), "flite is not installed");
        return flite.orElseThrow();
    }

    private FliteVoice script(String body, Duration timeout) throws IOException {
        Path program = Files.writeString(folder.resolve("flite"), "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        return new FliteVoice(program, "slt", timeout);
    }

    @Test
    void shouldSpeakAtTelephoneRate() {
        Pcm speech = installed().speak("Press 1 to accept, 2 to decline.").join();
        assertThat(speech.rate()).isEqualTo(8000);
        assertThat(Sounds.seconds(speech)).isBetween(1.5, 4.0);
        assertThat(Sounds.rms(speech)).isGreaterThan(300);
    }

    @Test
    void shouldSpeakShellCharactersAndOptionsAsText() {
        Path trap = folder.resolve("trap");
        for (String text : new String[] {"$(touch " + trap + ")", "; touch " + trap, "`touch " + trap + "`", "-o " + trap, "--version",
            "\"; touch " + trap})
            assertThat(installed().speak(text).join().samples()).isNotEmpty();
        assertThat(trap).doesNotExist();
    }

    @Test
    void shouldHandTheTextOverInAFileThatIsGoneAfterwards() throws IOException {
        Path seen = folder.resolve("seen");
        FliteVoice voice = script("printf '%s\\n' \"$@\" > " + seen + "; cat \"$4\" >> " + seen + "; env >> " + seen + "; exit 3",
                Duration.ofSeconds(10));
        assertThatThrownBy(() -> voice.speak("secret briefing").join()).hasMessageContaining("exit status 3");
        String[] lines = Files.readString(seen).split("\n");
        assertThat(lines).startsWith("-voice", "slt", "-f").contains("secret briefing").noneMatch(line -> line.startsWith("HOME="));
        assertThat(Path.of(lines[3])).doesNotExist();
        assertThat(Path.of(lines[3]).getParent()).doesNotExist();
    }

    @Test
    void shouldEndAProgramThatHangs() throws IOException {
        FliteVoice voice = script("echo $$ > " + folder.resolve("pid") + "; exec sleep 600", Duration.ofSeconds(1));
        assertThatThrownBy(() -> voice.speak("hello").join()).hasMessageContaining("not done within 1 s");
        long pid = Long.parseLong(Files.readString(folder.resolve("pid")).strip());
        ProcessHandle.of(pid).ifPresent(left -> left.onExit().join());
    }

    @Test
    void shouldSayWhatTheProgramComplainedOf() throws IOException {
        FliteVoice voice = script("echo 'no such voice\nat all' >&2; exit 1", Duration.ofSeconds(10));
        assertThatThrownBy(() -> voice.speak("hello").join()).hasMessageContaining("exit status 1, 'no such voice at all'");
    }

    @Test
    void shouldRefuseWhatIsNoSound() throws IOException {
        FliteVoice voice = script("echo nonsense > \"$6\"", Duration.ofSeconds(10));
        assertThatThrownBy(() -> voice.speak("hello").join()).hasMessageContaining("WAV");
    }

    @Test
    void shouldRefuseVoicesThatAreNoNames() {
        assertThatThrownBy(() -> new FliteVoice(Path.of("/bin/true"), "-ps a.b", Duration.ofSeconds(1))).isInstanceOf(IllegalArgumentException.class);
    }
}
