package org.infrafabric.message;

import java.time.Duration;
import java.time.Instant;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Signatures of IFMessages (CONTRACT §3): Ed25519 over the canonical form of the message without its {@code signature}. */
public final class Signatures {
    /** How far a new message's timestamp may be off. */
    public static final Duration STALE_AFTER = Duration.ofSeconds(300);

    private Signatures() {}

    /** A copy of the message with the key's signature as its last field; one that it had is replaced. */
    public static ObjectNode sign(ObjectNode message, SigningKey key) {
        ObjectNode signed = message.deepCopy();
        signed.remove("signature");
        String value = key.signBase64Url(CanonicalJson.of(signed));
        signed.putObject("signature").put("algorithm", "ed25519").put("keyId", key.keyId()).put("value", value);
        return signed;
    }

    /** Whether the message carries this key's signature over just what it says. */
    public static boolean verify(IfMessage message, VerifyKey key) {
        return message.signature().filter(s -> holds(s.algorithm(), s.keyId(), s.value(), message.canonical(), key)).isPresent();
    }

    /** The same for a tree that came by another way than {@link IfMessage#parse}. */
    public static boolean verify(ObjectNode message, VerifyKey key) {
        JsonNode signature = message.path("signature");
        ObjectNode bare = message.objectNode();
        bare.setAll(message);
        bare.remove("signature");
        return holds(signature.path("algorithm").asString(""), signature.path("keyId").asString(""), signature.path("value").asString(""),
                CanonicalJson.of(bare), key);
    }

    /** Whether a new message's timestamp is more than 300 s off. */
    public static boolean isStale(Instant timestamp, Instant now) {
        return Duration.between(timestamp, now).abs().compareTo(STALE_AFTER) > 0;
    }

    private static boolean holds(String algorithm, String keyId, String value, byte[] canonical, VerifyKey key) {
        return algorithm.equals("ed25519") && keyId.equals(key.keyId()) && key.verify(canonical, value);
    }
}
