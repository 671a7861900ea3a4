package org.infrafabric.client;

import java.util.List;
import java.util.Optional;
import org.infrafabric.message.Decision;
import org.infrafabric.message.MessageRefused;
import org.infrafabric.message.Signatures;
import org.infrafabric.message.VerifyKey;
import tools.jackson.databind.node.ObjectNode;

/** What makes a decision one that an agent may act on. */
final class DecisionProof {
    private DecisionProof() {}

    /**
     * @param requestSha256 what was asked, where that is known
     * @param keys whose signature counts
     * @throws IfbusException.Unproven saying which of it does not hold
     */
    static SignedDecision of(String id, Optional<String> requestSha256, ObjectNode message, List<VerifyKey> pinned, List<VerifyKey> keys)
            throws IfbusException.Unproven {
        String keyId = message.path("signature").path("keyId").asString("");
        VerifyKey key = keys.stream().filter(k -> k.keyId().equals(keyId)).findFirst()
                .orElseThrow(() -> new IfbusException.Unproven("the decision on " + id + " is signed by key " + keyId + ", which is "
                        + (pinned.isEmpty() ? "not among the server's keys" : "not the pinned one; if the bus has a new key, pin that")));
        if (!Signatures.verify(message, key)) throw new IfbusException.Unproven("the signature under the decision on " + id + " does not hold");
        Decision decision;
        try {
            decision = Decision.read(message);
        } catch (MessageRefused e) {
            throw new IfbusException.Unproven("what was signed is no decision: " + e.field() + " " + e.detail());
        }
        if (!decision.inReplyTo().equals(id)) throw new IfbusException.Unproven("the decision answers " + decision.inReplyTo() + ", not " + id);
        if (requestSha256.isPresent() && !requestSha256.get().equals(decision.requestSha256())) {
            throw new IfbusException.Unproven("the decision on " + id + " answers another message of that id than the one sent");
        }
        return new SignedDecision(decision, message, key, !pinned.isEmpty());
    }
}
