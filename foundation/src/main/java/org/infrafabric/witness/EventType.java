package org.infrafabric.witness;

import java.util.List;

/** Every event that may stand in the log, with its payload's fields; {@code docs/events.md} is made from this list. One line an event. */
public enum EventType {
    // @formatter:off
    KEY_CHANGED("IF.message", "key_changed", "The node signs with another key from the next entry on; this one is signed by the old key.", "keyId", "publicKey"),
    BLOB_DELETED("IF.record", "blob_deleted", "The bytes and the salt of a blob were deleted; its hash stays in the entry that names it.", "blob", "entry", "reason"),
    RECEIVED("IF.escalate", "received", "An escalation began.", "escalation", "requestSha256", "source", "hazards", "request");
    // @formatter:on

    private final String component;
    private final String event;
    private final String meaning;
    private final List<String> fields;

    EventType(String component, String event, String meaning, String... fields) {
        this.component = component;
        this.event = event;
        this.meaning = meaning;
        this.fields = List.of(fields);
    }

    public String component() { return component; }

    public String event() { return event; }

    public String meaning() { return meaning; }

    /** Names that may stand in the payload, in the order in which the docs list them. */
    public List<String> fields() { return fields; }
}
