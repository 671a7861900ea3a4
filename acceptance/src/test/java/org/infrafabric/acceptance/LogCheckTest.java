package org.infrafabric.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checker is checked: it takes the golden export and refuses it with one byte changed. */
class LogCheckTest {
    @TempDir Path folder;

    @Test
    void shouldTakeTheGoldenExport() throws Exception { assertThat(LogCheck.sound(golden(), folder)).hasSize(23); }

    @Test
    void shouldNameTheEntryThatWasChanged() throws Exception {
        Path changed = Files.writeString(folder.resolve("changed.jsonl"),
                Files.readString(golden()).replaceFirst("\"vote\":\"approve\"", "\"vote\":\"reject\""));
        assertThatThrownBy(() -> LogCheck.sound(changed, folder)).hasMessageContaining("seq 5");
    }

    private Path golden() throws Exception {
        Path file = folder.resolve("golden.jsonl");
        try (InputStream in = LogCheckTest.class.getResourceAsStream("/vectors/witness-export.jsonl")) {
            Files.write(file, in.readAllBytes());
        }
        return file;
    }
}
