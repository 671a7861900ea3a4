package org.infrafabric.message;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Set;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/** An Ed25519 private key (RFC 8032): who may sign as an agent, an edge or a bus. Immutable; any thread may sign. Never printed, never logged. */
public final class SigningKey {
    private static final int SEED_BYTES = 32;
    private static final int LONGEST_FILE = 64;
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> OWNERS = PosixFilePermissions.fromString("rwx------");

    private final byte[] seed;
    private final byte[] publicBytes;
    private final VerifyKey verifyKey;

    private SigningKey(byte[] seed) {
        this.seed = seed;
        this.publicBytes = new byte[32];
        Ed25519.generatePublicKey(seed, 0, publicBytes, 0);
        this.verifyKey = VerifyKey.of(publicBytes);
    }

    /** A new key from the platform's strong randomness. */
    public static SigningKey generate() {
        byte[] seed = new byte[SEED_BYTES];
        new SecureRandom().nextBytes(seed);
        return new SigningKey(seed);
    }

    /** @param seed the 32 bytes of RFC 8032 §5.1.5 */
    public static SigningKey ofSeed(byte[] seed) {
        if (seed.length != SEED_BYTES) throw new IllegalArgumentException("an Ed25519 seed has 32 bytes, not " + seed.length);
        return new SigningKey(seed.clone());
    }

    /** @param seed 43 characters of unpadded base64url */
    public static SigningKey ofSeed(String seed) {
        return new SigningKey(Base64Url.decode(seed, SEED_BYTES, "a key file's seed"));
    }

    /**
     * Reads a key file: the seed as unpadded base64url, in a file that only its owner may read or write (mode 0600 or stricter).
     *
     * @throws IOException when the file is not there, is open to others, or holds no seed; the message names the file and says what to do
     */
    public static SigningKey read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) throw new NoSuchFileException(file.toString(), null, "make one with: ifbus key generate " + file);
        refuseIfOthersCanReach(file);
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(LONGEST_FILE + 1);
        }
        if (bytes.length > LONGEST_FILE)
            throw new IOException("key file " + file + " is too long: it holds 43 characters of unpadded base64url and nothing else");
        try {
            return ofSeed(new String(bytes, ISO_8859_1).strip());
        } catch (IllegalArgumentException e) {
            throw new IOException("key file " + file + " holds no key: " + e.getMessage(), e);
        }
    }

    /**
     * Writes a new key file with mode 0600.
     *
     * @throws java.nio.file.FileAlreadyExistsException rather than write over a key that may be in use
     */
    public void write(Path file) throws IOException {
        FileAttribute<?>[] attributes = posix(file) ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
                : new FileAttribute<?>[0];
        Set<StandardOpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (SeekableByteChannel out = Files.newByteChannel(file, options, attributes)) {
            ByteBuffer bytes = ByteBuffer.wrap(Base64Url.encode(seed).getBytes(US_ASCII));
            while (bytes.hasRemaining()) out.write(bytes);
        }
    }

    public VerifyKey verifyKey() { return verifyKey; }

    /** First 16 lower-case hex digits of SHA-256 over the raw public key. */
    public String keyId() { return verifyKey.keyId(); }

    /** The 64 bytes of RFC 8032 §5.1.6 over exactly these bytes. */
    public byte[] sign(byte[] message) {
        byte[] signature = new byte[64];
        Ed25519.sign(seed, 0, publicBytes, 0, message, 0, message.length, signature, 0);
        return signature;
    }

    /** {@link #sign} as 86 characters of unpadded base64url, the form of every signature on the wire. */
    public String signBase64Url(byte[] message) {
        return Base64Url.encode(sign(message));
    }

    @Override
    public String toString() { return "SigningKey[" + keyId() + "]"; }

    private static void refuseIfOthersCanReach(Path file) throws IOException {
        if (!posix(file)) return;
        Set<PosixFilePermission> given = Files.getPosixFilePermissions(file);
        if (!OWNERS.containsAll(given)) {
            throw new IOException(
                    "key file " + file + " is open to others (" + PosixFilePermissions.toString(given) + "); close it with: chmod 600 " + file);
        }
    }

    private static boolean posix(Path file) { return file.getFileSystem().supportedFileAttributeViews().contains("posix"); }
}
