package org.infrafabric.escalate;

import java.util.List;
import org.infrafabric.guard.Guardian;
import org.infrafabric.witness.EventType;
import tools.jackson.databind.node.ObjectNode;

/** What the escalation asks of the world. Legs are numbers, never used twice. */
interface Out {
    /** A state was entered: its entry. */
    void entered(State state, ObjectNode detail);

    /** Something else worth an entry. */
    void noted(EventType type, ObjectNode detail);

    /** The last entry and the one decision. */
    void concluded(State end, Verdict verdict);

    /** Call this one; answers with {@code onRinging}, {@code onAnswered}, {@code onEnded}. */
    void dial(int leg, Callee callee);

    /** Say this to one party, after what it is hearing; {@code onSaid} follows, or {@code onUnspoken}. */
    void say(int leg, Phrase phrase);

    /** Press these keys for a party that a switchboard stands before. */
    void press(int leg, PostAnswer keys);

    /** Stop what one party is hearing. */
    void hush(int leg);

    /** Say this to all in the mix; {@code onAnnounced} follows. */
    void announce(Phrase phrase);

    /** Into the mix. */
    void join(int leg);

    void hangUp(int leg, String reason);

    /** No leg is left: close the bridge, write the recording; {@code onTidied} follows. */
    void tidy();

    /** The guardians in the roster now. */
    List<Guardian> guardians();
}
