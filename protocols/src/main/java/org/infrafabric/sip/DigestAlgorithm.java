package org.infrafabric.sip;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/** Hashes of digest authentication, RFC 8760 §2.1, the weakest first. */
public enum DigestAlgorithm {
    MD5("MD5", "MD5"), SHA_256("SHA-256", "SHA-256"), SHA_512_256("SHA-512-256", "SHA-512/256");

    private final String token;
    private final String jdk;

    DigestAlgorithm(String token, String jdk) {
        this.token = token;
        this.jdk = jdk;
    }

    /** As a challenge names it. */
    public String token() { return token; }

    /** The algorithm of this name, with or without {@code -sess}; a challenge that names none means MD5 (RFC 7616 §3.3). */
    public static Optional<DigestAlgorithm> named(String name) {
        if (name.isEmpty()) return Optional.of(MD5);
        String plain = name.regionMatches(true, name.length() - 5, "-sess", 0, 5) ? name.substring(0, name.length() - 5) : name;
        for (DigestAlgorithm each : values()) {
            if (each.token.equalsIgnoreCase(plain)) return Optional.of(each);
        }
        return Optional.empty();
    }

    /** Lower-case hex of the hash of these bytes. */
    String hex(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(jdk).digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK lacks " + jdk, e); // all three are in every JDK since 9
        }
    }

    /** The same of these texts, joined by colons, one byte a character. */
    String hex(String... texts) {
        return hex(String.join(":", texts).getBytes(ISO_8859_1));
    }
}
