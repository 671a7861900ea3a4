package org.infrafabric.escalate;

import java.util.EnumSet;
import java.util.Set;

/** One leg as its escalation sees it, from dialling to its end. Plain state; {@link Escalation} moves it. */
final class Party {
    enum Phase {
        /** Dialled; until the ring timeout. */
        CALLING,
        /** Answered by a switchboard; the keys to the person are being pressed. */
        EXTENSION,
        /** Answered; hears that 1 accepts. */
        ASKED,
        /** The accepted expert hears the case. */
        BRIEFING,
        /** The accepted expert decides alone (quorum 0). */
        DECIDING,
        /** In the mix. */
        JOINED,
        /** Hears its last words. */
        LEAVING,
        /** Told to hang up; its end has not been confirmed. */
        GONE
    }

    final int leg;
    final Callee callee;
    Phase phase = Phase.CALLING;
    long dueNanos; // what this phase waits for next, or Due.NEVER
    int asked; // how often the accept prompt was said
    long joinedNanos;
    final Set<Phrase> unspoken = EnumSet.noneOf(Phrase.class); // told to the log
    boolean unanswered; // given up by us at the ring timeout, so that its end is no answer rather than a cancellation

    Party(int leg, Callee callee) {
        this.leg = leg;
        this.callee = callee;
    }

    boolean expert() { return callee.role == Callee.Role.EXPERT; }
}
