package org.infrafabric.witness;

/**
 * A key that signs or has signed this node's entries.
 *
 * @param publicKey {@code ed25519:} and 32 bytes as unpadded base64url
 * @param since RFC 3339 UTC, when it began to sign
 * @param fromSeq the first entry that it may sign
 */
public record NodeKey(String keyId, String publicKey, String since, long fromSeq) {}
