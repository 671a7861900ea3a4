package org.infrafabric.sip;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * The calculation that both sides of digest authentication make, RFC 7616 §3.4.1 to §3.4.3.
 *
 * @param session one of the {@code -sess} algorithms
 * @param realm and nonce: one byte a character, as they came over the wire
 * @param qop {@code auth}, {@code auth-int}, or empty for the calculation of RFC 2069
 */
record DigestResponse(DigestAlgorithm algorithm, boolean session, String realm, String nonce, String qop, String count, String clientNonce) {
    /** @param uri as it stands in the header's {@code uri} */
    String of(String user, String password, String method, String uri, byte[] body) {
        String secret = algorithm.hex(wire(user), realm, wire(password));
        if (session) secret = algorithm.hex(secret, nonce, clientNonce);
        String request = qop.equals("auth-int") ? algorithm.hex(method, uri, algorithm.hex(body)) : algorithm.hex(method, uri);
        return qop.isEmpty() ? algorithm.hex(secret, nonce, request) : algorithm.hex(secret, nonce, count, clientNonce, qop, request);
    }

    /** What people write goes over the wire as UTF-8 (§4), here with one character a byte. */
    static String wire(String text) {
        return new String(text.getBytes(UTF_8), ISO_8859_1);
    }
}
