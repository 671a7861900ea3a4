package org.infrafabric.sip;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Map;
import org.infrafabric.message.Sha256;
import org.infrafabric.witness.Change;
import org.infrafabric.witness.Draft;
import org.infrafabric.witness.EventType;
import org.infrafabric.witness.Witness;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Writes the signalling into the witness log: one {@code IF.sip} entry a step, the message beside it as a deletable blob with its secrets masked. */
public final class WitnessedSip implements SipJournal {
    private static final Logger LOG = LoggerFactory.getLogger(WitnessedSip.class);
    private static final String MEDIA_TYPE = "message/sip";
    private static final int TRACE_DIGITS = 32;

    private final Witness witness;

    public WitnessedSip(Witness witness) { this.witness = witness; }

    @Override
    public void happened(Event event) {
        ObjectNode payload = JsonMapper.shared().createObjectNode();
        payload.put("callId", event.callId()).put("party", event.party()).put("peer", event.peer().toString());
        if (event.status() != 0) payload.put("status", event.status());
        if (!event.detail().isEmpty()) payload.put("detail", event.detail());
        Map<String, Draft.Blob> blobs = event.message().length == 0 ? Map.of()
                : Map.of("message", new Draft.Blob(MEDIA_TYPE, SecretMask.mask(event.message())));
        var unused = witness.append(Change.of(new Draft(type(event.kind()), traceId(event), payload, blobs))).exceptionally(failure -> {
            LOG.error("call {}: its {} is not in the witness log: {}", event.callId(), event.kind(), failure.getMessage());
            return null;
        });
    }

    @Override
    public void overload(boolean began, String detail) {
        ObjectNode payload = JsonMapper.shared().createObjectNode().put("detail", detail);
        String trace = Sha256.hex("overload".getBytes(UTF_8)).substring(0, TRACE_DIGITS); // no call's: all of them are found together
        var unused = witness.append(Change.of(new Draft(began ? EventType.OVERLOAD_BEGAN : EventType.OVERLOAD_ENDED, trace, payload, Map.of())))
                .exceptionally(failure -> {
                    LOG.error("an overload is not in the witness log: {}", failure.getMessage());
                    return null;
                });
    }

    /** An ordinary call has no trace; its Call-ID stands for one, so that its entries can be found together. */
    private static String traceId(Event event) {
        return event.traceId().isEmpty() ? Sha256.hex(event.callId().getBytes(UTF_8)).substring(0, TRACE_DIGITS) : event.traceId();
    }

    private static EventType type(Kind kind) {
        return switch (kind) {
            case INVITE_SENT -> EventType.INVITE_SENT;
            case RINGING -> EventType.SIP_RINGING;
            case ANSWERED -> EventType.SIP_ANSWERED;
            case BYE_SENT -> EventType.BYE_SENT;
            case BYE_RECEIVED -> EventType.BYE_RECEIVED;
            case CANCEL_SENT -> EventType.CANCEL_SENT;
            case CANCEL_RECEIVED -> EventType.CANCEL_RECEIVED;
            case CALL_FAILED -> EventType.CALL_FAILED;
            case INVITE_RECEIVED -> EventType.INVITE_RECEIVED;
            case INVITE_ACCEPTED -> EventType.INVITE_ACCEPTED;
            case INVITE_REFUSED -> EventType.INVITE_REFUSED;
        };
    }
}
