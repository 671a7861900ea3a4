package org.infrafabric.message;

import java.util.Base64;

/** Unpadded base64url (RFC 4648 §5), strict: no padding, no white space, no stray bits in the last character. */
final class Base64Url {
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private Base64Url() {}

    static String encode(byte[] bytes) { return ENCODER.encodeToString(bytes); }

    /**
     * @param bytes how many there must be
     * @param what for the error: "a signature"
     * @throws IllegalArgumentException with a sentence for people; it never quotes the text, which may be a secret
     */
    static byte[] decode(String text, int bytes, String what) {
        byte[] decoded;
        try {
            decoded = Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(what + " is unpadded base64url: A-Z a-z 0-9 - _ and nothing else");
        }
        // The decoder takes padding and ignores stray bits; only the one way to write these bytes is taken here.
        if (decoded.length != bytes || !encode(decoded).equals(text)) {
            throw new IllegalArgumentException(what + " is " + (bytes * 8 + 5) / 6 + " characters of unpadded base64url");
        }
        return decoded;
    }
}
