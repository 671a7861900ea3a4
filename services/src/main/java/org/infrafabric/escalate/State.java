package org.infrafabric.escalate;

import org.infrafabric.witness.EventType;

/** Where an escalation stands (CONTRACT §3). Each one entered is one entry of {@code IF.escalate}. */
enum State {
    RECEIVED(EventType.RECEIVED), VALIDATED(EventType.VALIDATED), JUDGED(EventType.JUDGED), RINGING(EventType.RINGING),
    ACCEPTED(EventType.ACCEPTED), BRIEFED(EventType.BRIEFED), IN_COUNCIL(EventType.IN_COUNCIL), DECIDED(EventType.DECIDED),
    CLOSED(EventType.CLOSED), DENIED(EventType.DENIED), HELD(EventType.HELD), SHARED(EventType.SHARED), EXHAUSTED(EventType.EXHAUSTED),
    EXPIRED(EventType.EXPIRED), CANCELLED(EventType.CANCELLED);

    private final EventType event;

    State(EventType event) { this.event = event; }

    EventType event() { return event; }

    /** A decision has been given: nothing but hanging up and tidying comes after. */
    boolean decided() { return ordinal() >= DECIDED.ordinal(); }
}
