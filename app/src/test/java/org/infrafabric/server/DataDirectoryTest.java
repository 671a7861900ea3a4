package org.infrafabric.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
    @TempDir Path folder;

    @Test
    void shouldBeClosedToOthers() throws IOException {
        new DataDirectory(folder.resolve("buses/one")).make();

        assertThat(permissions(folder.resolve("buses/one"))).isEqualTo("rwx------");
        assertThat(permissions(folder.resolve("buses"))).isEqualTo("rwx------");
    }

    @Test
    void shouldLeaveAnOperatorsOwnChoiceAlone() throws IOException {
        Path shared = Files.createDirectory(folder.resolve("shared"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-x---")));

        new DataDirectory(shared).make();

        assertThat(permissions(shared)).isEqualTo("rwxr-x---");
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
