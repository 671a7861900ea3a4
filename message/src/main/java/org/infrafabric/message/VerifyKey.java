package org.infrafabric.message;

import java.util.Arrays;
import java.util.Base64;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * An Ed25519 public key (RFC 8032). Strict: the key must be the canonical encoding of a point in the prime-order subgroup, and a signature's S must be below
 * the group order; so nothing that one verifier takes another may refuse. Immutable; any thread may verify.
 */
public final class VerifyKey {
    private static final String PREFIX = "ed25519:";
    private static final int BYTES = 32;
    private static final int SIGNATURE_BYTES = 64;

    private final byte[] raw;
    private final Ed25519.PublicPoint point;
    private final String keyId;

    private VerifyKey(byte[] raw, Ed25519.PublicPoint point) {
        this.raw = raw;
        this.point = point;
        this.keyId = Sha256.hex(raw).substring(0, 16);
    }

    /**
     * @param raw the 32 bytes of RFC 8032 §5.1.5
     * @throws IllegalArgumentException with a sentence for people when these bytes are no key to trust
     */
    public static VerifyKey of(byte[] raw) {
        if (raw.length != BYTES) throw new IllegalArgumentException("an Ed25519 public key has 32 bytes, not " + raw.length);
        byte[] own = raw.clone();
        Ed25519.PublicPoint point = Ed25519.validatePublicKeyFullExport(own, 0);
        if (point == null)
            throw new IllegalArgumentException("these 32 bytes are no Ed25519 public key: not a canonical point of the prime-order subgroup");
        return new VerifyKey(own, point);
    }

    /**
     * Reads {@code ed25519:} + 43 characters of unpadded base64url.
     *
     * @throws IllegalArgumentException with a sentence for people
     */
    public static VerifyKey parse(String text) {
        if (!text.startsWith(PREFIX)) throw new IllegalArgumentException("a public key begins with " + PREFIX);
        return of(Base64Url.decode(text.substring(PREFIX.length()), BYTES, "a public key"));
    }

    /** First 16 lower-case hex digits of SHA-256 over the raw key. */
    public String keyId() { return keyId; }

    public byte[] raw() { return raw.clone(); }

    /** Whether this key's holder signed exactly these bytes. Never throws: a signature of a wrong length is a wrong signature. */
    public boolean verify(byte[] message, byte[] signature) {
        return signature.length == SIGNATURE_BYTES && Ed25519.verify(signature, 0, point, message, 0, message.length);
    }

    /** {@link #verify(byte[], byte[])} of a signature written as unpadded base64url. */
    public boolean verify(byte[] message, String signature) {
        try {
            return verify(message, Base64Url.decode(signature, SIGNATURE_BYTES, "a signature"));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    @Override
    public boolean equals(Object other) { return other instanceof VerifyKey that && Arrays.equals(raw, that.raw); }

    @Override
    public int hashCode() { return Arrays.hashCode(raw); }

    /** The form that {@link #parse} reads. */
    @Override
    public String toString() { return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(raw); }
}
