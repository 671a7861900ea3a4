package org.infrafabric.message;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeysTest {
    private static final BigInteger ORDER = BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));
    private static final SigningKey KEY = SigningKey.ofSeed(new byte[32]);
    private static final byte[] MESSAGE = "ask before you act".getBytes(US_ASCII);

    @TempDir private Path dir;

    /** RFC 8032 §7.1, tests 1 to 3. */
    @ParameterizedTest
    @CsvSource(value = {
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60,d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a,'',"
                + "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb,3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c,72,"
                + "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7,fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025,af82,"
                + "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"})
    void shouldSignAsTheRfcDoes(String seed, String publicKey, String message, String signature) {
        SigningKey key = SigningKey.ofSeed(hex(seed));
        assertThat(key.verifyKey().raw()).isEqualTo(hex(publicKey));
        assertThat(key.sign(hex(message))).isEqualTo(hex(signature));
        assertThat(VerifyKey.of(hex(publicKey)).verify(hex(message), hex(signature))).isTrue();
    }

    @Test
    void shouldRefuseEverySignatureThatIsNotExactlyTheOne() {
        byte[] signature = KEY.sign(MESSAGE);
        assertThat(KEY.verifyKey().verify(MESSAGE, signature)).isTrue();
        for (int bit = 0; bit < 512; bit += 7) {
            byte[] other = signature.clone();
            other[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(KEY.verifyKey().verify(MESSAGE, other)).isFalse();
        }
        assertThat(KEY.verifyKey().verify(MESSAGE, new byte[64])).isFalse();
        assertThat(KEY.verifyKey().verify(MESSAGE, new byte[0])).isFalse();
        assertThat(KEY.verifyKey().verify(MESSAGE, Arrays.copyOf(signature, 63))).isFalse();
        assertThat(KEY.verifyKey().verify(MESSAGE, Arrays.copyOf(signature, 65))).isFalse();
        assertThat(KEY.verifyKey().verify(new byte[0], signature)).isFalse();
    }

    /** RFC 8032 §5.1.7: S must be below the order, else a signature has a second form. */
    @Test
    void shouldRefuseASignatureWhoseSIsNotReduced() {
        byte[] signature = KEY.sign(MESSAGE);
        byte[] s = Arrays.copyOfRange(signature, 32, 64);
        byte[] second = littleEndian(new BigInteger(1, reversed(s)).add(ORDER));
        byte[] forged = Arrays.copyOf(signature, 64);
        System.arraycopy(second, 0, forged, 32, 32);
        assertThat(KEY.verifyKey().verify(MESSAGE, forged)).isFalse();
    }

    /** A key of small order signs anything for anybody; one that is not canonical has two names. */
    @ParameterizedTest
    @ValueSource(strings = {"0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "0200000000000000000000000000000000000000000000000000000000000000"})
    void shouldRefuseKeysThatAreNoPointOfThePrimeOrderGroup(String raw) {
        assertThatThrownBy(() -> VerifyKey.of(hex(raw))).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ed25519:", "vIQkmCn8OK6wvLUFgS9xqW345UUNE_K4PuFvJKRBKOI", "ED25519:vIQkmCn8OK6wvLUFgS9xqW345UUNE_K4PuFvJKRBKOI",
        "ed25519:vIQkmCn8OK6wvLUFgS9xqW345UUNE_K4PuFvJKRBKOI=", "ed25519:vIQkmCn8OK6wvLUFgS9xqW345UUNE/K4PuFvJKRBKOI",
        "ed25519:vIQkmCn8OK6wvLUFgS9xqW345UUNE_K4PuFvJKRBKOJ", "ed25519:vIQkmCn8OK6wvLUFgS9xqW345UUNE_K4PuFvJKRBKO",
        " ed25519:vIQkmCn8OK6wvLUFgS9xqW345UUNE_K4PuFvJKRBKOI"})
    void shouldReadOnlyTheOneWayToWriteAKey(String text) {
        assertThatThrownBy(() -> VerifyKey.parse(text)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("public key");
    }

    @Test
    void shouldVerifyOnManyThreadsAtOnce() {
        VerifyKey key = VerifyKey.parse(KEY.verifyKey().toString());
        assertThat(IntStream.range(0, 200).parallel().allMatch(i -> key.verify(new byte[i], KEY.sign(new byte[i])))).isTrue();
    }

    @Test
    void shouldWriteAKeyFileForItsOwnerOnlyAndReadItBack() throws Exception {
        SigningKey key = SigningKey.generate();
        Path file = dir.resolve("agent.key");
        key.write(file);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
        assertThat(Files.readString(file)).matches("[A-Za-z0-9_-]{43}");
        assertThat(SigningKey.read(file).verifyKey()).isEqualTo(key.verifyKey());
        assertThatThrownBy(() -> key.write(file)).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(key.toString()).doesNotContain(Files.readString(file));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rw-rw-rw-"})
    void shouldRefuseAKeyFileThatOthersCanReach(String mode) throws Exception {
        Path file = dir.resolve("open.key");
        KEY.write(file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        assertThatThrownBy(() -> SigningKey.read(file)).isInstanceOf(IOException.class).hasMessageContaining("chmod 600 " + file);
    }

    @Test
    void shouldTakeAKeyFileThatAnEditorEndedWithANewLine() throws Exception {
        Path file = keyFile("XBEaWfsFxhQicApveHH4xIGNxKV9fqvqtOyyj143nnU\n");
        assertThat(SigningKey.read(file).keyId()).isEqualTo("e35aff40695aa1be");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "hello", "XBEaWfsFxhQicApveHH4xIGNxKV9fqvqtOyyj143nnU=", "XBEaWfsFxhQicApveHH4xIGNxKV9fqvqtOyyj143nn",
        "XBEaWfsFxhQicApveHH4xIGNxKV9fqvqtOyyj143nnUXBEaWfsFxhQicApveHH4xIGNxKV9fqvqtOyyj143nnU"})
    void shouldSayWhatAKeyFileMustHoldAndNeverWhatItHolds(String content) throws Exception {
        Path file = keyFile(content);
        assertThatThrownBy(() -> SigningKey.read(file)).isInstanceOf(IOException.class).hasMessageContaining(file.toString())
                .hasMessageContaining("base64url").message().doesNotContain("XBEa");
    }

    @Test
    void shouldSayHowToMakeAKeyFileThatIsNotThere() {
        assertThatThrownBy(() -> SigningKey.read(dir.resolve("none"))).isInstanceOf(IOException.class).hasMessageContaining("key generate");
    }

    private Path keyFile(String content) throws IOException {
        Path file = dir.resolve("some.key");
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, content);
    }

    private static byte[] littleEndian(BigInteger value) {
        byte[] big = value.toByteArray();
        return Arrays.copyOf(reversed(big), 32);
    }

    private static byte[] reversed(byte[] bytes) {
        byte[] out = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) out[i] = bytes[bytes.length - 1 - i];
        return out;
    }

    private static byte[] hex(String text) { return HexFormat.of().parseHex(text); }
}
