package org.infrafabric.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.infrafabric.message.SigningKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

/** What people type by mistake, and what they read then. */
class MistakesTest {
    @TempDir Path folder;

    @Test
    void shouldNeverWriteOverAKeyAndSaySo() throws IOException {
        Path file = folder.resolve("agent.key");
        assertThat(Ifbus.run("key", "generate", file.toString())).isEqualTo(ExitCode.DONE);
        String seed = Files.readString(file);

        assertThat(Ifbus.run("key", "generate", file.toString())).isEqualTo(ExitCode.USAGE);

        assertThat(Files.readString(file)).isEqualTo(seed);
        assertThatThrownBy(() -> SigningKey.generate().write(file))
                .satisfies(failure -> assertThat(Failures.sentence((Exception) failure)).contains("agent.key is there already"));
    }

    @Test
    void shouldSayHowToMakeAKeyThatIsMissing() {
        assertThatThrownBy(() -> SigningKey.read(folder.resolve("no.key"))).satisfies(failure -> {
            assertThat(Failures.exitCode((Exception) failure)).isEqualTo(ExitCode.USAGE);
            assertThat(Failures.sentence((Exception) failure)).startsWith("there is no file").contains("ifbus key generate");
        });
    }

    @Test
    void shouldSayWhoMayOpenWhatThisUserMayNot() {
        AccessDeniedException denied = new AccessDeniedException("/srv/ifbus/ifbus.db");
        assertThat(Failures.sentence(denied)).isEqualTo(
                "this user may not open /srv/ifbus/ifbus.db; run it as the user who runs the bus, or choose another place");
        assertThat(Failures.exitCode(denied)).isEqualTo(ExitCode.FAILED);
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1:8080,http://127.0.0.1:8080", "localhost:8080,http://localhost:8080", "https://bus.example.org,https://bus.example.org",
        "[::1]:8080,http://[::1]:8080"})
    void shouldTakeAServersAddressWithAndWithoutScheme(String typed, String meant) {
        assertThat(new BusOption.Address().convert(typed)).isEqualTo(URI.create(meant));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "http://", "ftp://bus.example.org", "a b"})
    void shouldShowHowAServersAddressIsWritten(String typed) {
        assertThatThrownBy(() -> new BusOption.Address().convert(typed)).isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("write it such as http://127.0.0.1:8080");
    }
}
