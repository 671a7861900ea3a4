package org.infrafabric.escalate;

import java.util.EnumSet;
import java.util.Set;
import org.infrafabric.witness.EventType;

/**
 * Where an escalation stands (CONTRACT §3). Each one entered is one entry of {@code IF.escalate}. {@code docs/interfaces/escalation-states.json} is this table
 * for other programs; a test holds it to the code.
 */
public enum State {
    RECEIVED(EventType.RECEIVED), VALIDATED(EventType.VALIDATED), JUDGED(EventType.JUDGED), RINGING(EventType.RINGING),
    ACCEPTED(EventType.ACCEPTED), BRIEFED(EventType.BRIEFED), IN_COUNCIL(EventType.IN_COUNCIL), DECIDED(EventType.DECIDED),
    CLOSED(EventType.CLOSED), DENIED(EventType.DENIED), HELD(EventType.HELD), SHARED(EventType.SHARED), EXHAUSTED(EventType.EXHAUSTED),
    EXPIRED(EventType.EXPIRED), CANCELLED(EventType.CANCELLED);

    private final EventType event;

    State(EventType event) { this.event = event; }

    /** The entry that is written when it is entered. */
    public EventType event() { return event; }

    /** A decision has been given: nothing but hanging up and tidying comes after. */
    public boolean decided() {
        return ordinal() >= DECIDED.ordinal();
    }

    /** No other comes after it. */
    public boolean last() { return next().isEmpty(); }

    /** What may come after it. The same again is a new entry: the next rung, or the same one after a restart. */
    public Set<State> next() {
        return switch (this) {
            case RECEIVED -> EnumSet.of(VALIDATED, DENIED, CANCELLED); // denied: restarted before the guard had answered
            case VALIDATED -> EnumSet.of(JUDGED, DENIED, CANCELLED);
            case JUDGED -> EnumSet.of(RINGING, DENIED, HELD, SHARED, EXHAUSTED, EXPIRED, CANCELLED);
            case RINGING -> EnumSet.of(RINGING, ACCEPTED, IN_COUNCIL, EXHAUSTED, EXPIRED, CANCELLED); // the council may meet without an expert
            case ACCEPTED -> EnumSet.of(BRIEFED, RINGING, EXHAUSTED, EXPIRED, CANCELLED);
            case BRIEFED -> EnumSet.of(IN_COUNCIL, DECIDED, RINGING, EXHAUSTED, EXPIRED, CANCELLED); // decided: by the expert alone
            case IN_COUNCIL -> EnumSet.of(DECIDED, CANCELLED);
            case DECIDED -> EnumSet.of(CLOSED);
            case CLOSED, DENIED, HELD, SHARED, EXHAUSTED, EXPIRED, CANCELLED -> EnumSet.noneOf(State.class);
        };
    }
}
