package org.infrafabric.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokensTest {
    private static final String CONFIG = """
            guard: { requireSignatures: false }
            agents: [ { id: "if://agent/a", token: token-of-the-first-agent }, { id: "if://agent/b" } ]
            operators: [ { id: op, token: token-of-the-operator } ]
            guardians: [ { id: sage, uri: "sip:sage@127.0.0.1", token: token-of-the-sage }, { id: skeptic, uri: "sip:skeptic@127.0.0.1" } ]
            """;

    @TempDir Path data;

    @Test
    void shouldKnowWhomEachTokenOfTheConfigSpeaksFor() throws IOException {
        Tokens tokens = open();

        assertThat(tokens.principal("token-of-the-first-agent")).contains(new Principal(Role.AGENT, "if://agent/a"));
        assertThat(tokens.principal("token-of-the-operator")).contains(new Principal(Role.OPERATOR, "op"));
        assertThat(tokens.principal("token-of-the-sage")).contains(new Principal(Role.GUARDIAN, "sage"));
    }

    @Test
    void shouldMakeATokenFileForEachRoleAndForEachWhoHasNone() throws IOException {
        Tokens tokens = open();

        assertThat(Files.list(data)).hasSize(5);
        assertThat(tokens.principal(read(Tokens.file(data, Role.OPERATOR)))).contains(new Principal(Role.OPERATOR, "operator"));
        assertThat(tokens.principal(read(Tokens.file(data, Role.AGENT)))).contains(new Principal(Role.AGENT, ""));
        assertThat(tokens.principal(read(Tokens.file(data, Role.GUARDIAN)))).contains(new Principal(Role.GUARDIAN, ""));
        assertThat(tokens.principal(read(Tokens.file(data, Role.AGENT, "if://agent/b")))).contains(new Principal(Role.AGENT, "if://agent/b"));
        assertThat(tokens.principal(read(data.resolve("guardian-skeptic.token")))).contains(new Principal(Role.GUARDIAN, "skeptic"));
    }

    @Test
    void shouldLetOnlyTheOwnerReadTheFiles() throws IOException {
        open();

        for (Path file : Files.list(data).toList())
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
        Path operator = Tokens.file(data, Role.OPERATOR);
        Files.setPosixFilePermissions(operator, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(this::open).isInstanceOf(IOException.class).hasMessageContaining("chmod 600");
    }

    @Test
    void shouldKeepTokensOverARestart() throws IOException {
        open();
        String before = read(Tokens.file(data, Role.OPERATOR));

        assertThat(open().principal(before)).isPresent();
        assertThat(read(Tokens.file(data, Role.OPERATOR))).isEqualTo(before);
    }

    @Test
    void shouldRefuseWhatIsNoToken() throws IOException {
        Tokens tokens = open();

        for (String wrong : List.of("", " ", "token-of-the-sag", "token-of-the-sage ", "TOKEN-OF-THE-SAGE", "x".repeat(100_000))) {
            assertThat(tokens.principal(wrong)).as(wrong.substring(0, Math.min(20, wrong.length()))).isEmpty();
        }
    }

    @Test
    void shouldRefuseAnEmptiedTokenFile() throws IOException {
        open();
        Files.writeString(Tokens.file(data, Role.GUARDIAN), "\n");

        assertThatThrownBy(this::open).isInstanceOf(IOException.class).hasMessageContaining("guardian.token").hasMessageContaining("delete it");
    }

    @Test
    void shouldNameAllOfThemByAHashOnWhichNobodyCanTryGuesses() throws IOException {
        byte[] secret = {1}, another = {2};
        String hash = open().accessHash(secret);

        assertThat(open().accessHash(secret)).as("the same tokens").isEqualTo(hash);
        assertThat(open().accessHash(another)).as("the same tokens under another secret").isNotEqualTo(hash);
        Files.writeString(Tokens.file(data, Role.GUARDIAN), "another-token-of-guardians");
        assertThat(open().accessHash(secret)).isNotEqualTo(hash);
    }

    @Test
    void shouldTellIdsApartThatLookAlikeAsFiles() {
        assertThat(Tokens.file(data, Role.AGENT, "if://a/b")).isNotEqualTo(Tokens.file(data, Role.AGENT, "if:/a/b"));
        assertThat(Tokens.file(data, Role.AGENT, "../../etc/x").getParent()).isEqualTo(data);
    }

    private Tokens open() throws IOException { return Tokens.open(Config.parse("ifbus.yaml", CONFIG, data), data); }

    private static String read(Path file) throws IOException { return Files.readString(file).strip(); }
}
