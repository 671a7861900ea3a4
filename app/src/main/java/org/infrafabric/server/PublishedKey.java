package org.infrafabric.server;

/**
 * A public key of this bus, for whoever checks its signatures.
 *
 * @param publicKey {@code ed25519:} and 32 bytes as unpadded base64url
 * @param since RFC 3339 UTC
 */
public record PublishedKey(String keyId, String publicKey, String since) {}
